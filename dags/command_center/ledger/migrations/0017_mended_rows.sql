-- Cells of rows that were set aside, as their agency mended them in a sheet that it sent back.
create table ops.perbaikan (
    landing_id bigint not null references ops.landing,
    table_name text not null,
    row_number bigint not null,
    column_name text not null,
    expect text,
    nilai text,
    sheet_id bigint not null references ops.rejection_sheet,
    lembar_landing_id bigint not null references ops.landing,
    created_at timestamptz not null default clock_timestamp(),
    primary key (landing_id, table_name, row_number, column_name)
);
