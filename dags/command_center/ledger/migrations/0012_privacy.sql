-- Persons whose data were erased, and what leaked when; objects of the archive are looked up by their place.

create index landing_uri on ops.landing (uri);

-- What must not come back, as keyed digests: whoever has the table learns no number and no name from it.
create table ops.penghapusan (
    penghapusan_id bigint generated always as identity primary key,
    jabatan text not null,
    alasan text not null,
    diminta_pada date not null,
    kunci jsonb not null,
    ditemukan jsonb not null,
    created_at timestamptz not null default clock_timestamp(),
    selesai_at timestamptz
);
create table ops.batu_nisan (
    digest text primary key,
    jenis text not null check (jenis in ('nik', 'telepon', 'surel', 'nama')),
    kata int not null,
    awal text not null,
    penghapusan_id bigint not null references ops.penghapusan
);

-- A breach of personal data: written notice to subjects and authority is due 72 hours after it became known (UU 27/2022, Pasal 46).
create table ops.insiden (
    insiden_id bigint generated always as identity primary key,
    uraian text not null,
    data_terdampak text not null,
    diketahui_at timestamptz not null,
    batas_at timestamptz not null,
    jabatan text not null,
    created_at timestamptz not null default clock_timestamp(),
    dilaporkan_at timestamptz,
    ditutup_at timestamptz
);
create table ops.insiden_catatan (
    catatan_id bigint generated always as identity primary key,
    insiden_id bigint not null references ops.insiden,
    jenis text not null check (jenis in ('catatan', 'lapor', 'tutup')),
    jabatan text not null,
    isi text not null,
    created_at timestamptz not null default clock_timestamp()
);
