-- Definitions that were laid before walidata and PPID, each once; what they decided stands in ops.keputusan, by checksum.

create table ops.pengajuan_publik (
    pengajuan_id bigint generated always as identity primary key,
    objek text not null,
    versi int not null,
    checksum text not null,
    submitted_at timestamptz not null default clock_timestamp(),
    deadline timestamptz not null,
    unique (objek, versi),
    unique (objek, checksum)
);
