-- What monitoring said last of the server that a source depends on.
create table ops.peladen (
    source text primary key,
    host text not null,
    keadaan text not null check (keadaan in ('terganggu', 'perawatan', 'baik', 'tidak_diketahui')),
    sejak timestamptz,
    kalimat text not null,
    diperiksa_at timestamptz not null
);
