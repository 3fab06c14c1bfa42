-- Cells that the public does not see beyond what the rule of the warehouse hides by itself, and those that must stay hidden.
create table ops.sel_tersembunyi (
    indikator_kode text not null,
    wilayah_kode text not null,
    periode_mulai date not null,
    is_disamarkan boolean not null,
    is_sementara boolean not null,
    created_at timestamptz not null default clock_timestamp(),
    primary key (indikator_kode, wilayah_kode, periode_mulai)
);
