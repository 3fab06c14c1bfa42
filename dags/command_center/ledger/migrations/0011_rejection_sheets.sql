-- Sheets of rows that were set aside, each mailed to one agency, and what each of them was the first to tell.
create table ops.rejection_sheet (
    sheet_id bigint generated always as identity primary key,
    opd text not null,
    opd_name text not null,
    token text not null unique,
    sha256 text not null,
    rows int not null,
    new_rows int not null,
    made_at timestamptz not null default clock_timestamp()
);
create index on ops.rejection_sheet (opd, sheet_id);

create table ops.rejection_told (
    sheet_id bigint not null references ops.rejection_sheet,
    fingerprint text not null,
    quarantine_id bigint not null references ops.quarantine on delete cascade,
    primary key (sheet_id, fingerprint)
);
create index on ops.rejection_told (fingerprint);
create index on ops.rejection_told (quarantine_id);

alter table ops.delivery add column sheet_id bigint unique references ops.rejection_sheet;
alter table ops.correction add column sheet_id bigint references ops.rejection_sheet;

-- A problem that people are told of: when it began, when it is over, and what its last mail said.
create table ops.alert (
    alert_id bigint generated always as identity primary key,
    source text not null,
    problem text not null,
    opd text not null,
    message text not null,
    told text not null check (told in ('dibuka', 'diingatkan', 'selesai')),
    told_at timestamptz not null default clock_timestamp(),
    reminders int not null default 0,
    opened_at timestamptz not null default clock_timestamp(),
    closed_at timestamptz
);
create unique index on ops.alert (source, problem) where closed_at is null;
