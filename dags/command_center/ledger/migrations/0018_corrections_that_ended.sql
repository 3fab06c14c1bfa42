-- Corrections of figures that were applied, by what their record says: once one finds its value no more, it has ended.
create table ops.koreksi (
    sidik text primary key,
    koreksi_kode text not null,
    tabel text not null,
    berlaku_at timestamptz not null default clock_timestamp(),
    berakhir_at timestamptz,
    is_tercatat boolean not null default true
);
