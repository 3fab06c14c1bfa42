-- How good the published content of a table was on a day, in percent; null = nothing is known of it.
create table ops.mutu_harian (
    source text not null,
    table_name text not null,
    hari date not null,
    kelengkapan numeric(5, 2) check (kelengkapan between 0 and 100),
    keabsahan numeric(5, 2) check (keabsahan between 0 and 100),
    ketepatan_waktu numeric(5, 2) check (ketepatan_waktu between 0 and 100),
    keunikan numeric(5, 2) check (keunikan between 0 and 100),
    keselarasan numeric(5, 2) check (keselarasan between 0 and 100),
    baris_dibaca bigint,
    dihitung_at timestamptz not null,
    skor numeric(5, 2),
    bagian_diketahui int not null,
    primary key (source, table_name, hari)
);
create index on ops.mutu_harian (hari);
