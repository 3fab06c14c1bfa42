-- Figures that people saw as final and that are another one now, with what told it.
create table ops.restatement (
    restatement_id bigint generated always as identity primary key,
    invocation_id text not null,
    indikator_kode text not null,
    indikator_nama text not null,
    domain text not null,
    wilayah_kode text not null,
    wilayah_nama text not null,
    periode_mulai date not null,
    periode_label text not null,
    nilai_lama numeric not null,
    nilai_baru numeric,
    lama_teks text not null,
    baru_teks text,
    sebab text not null check (sebab in ('data', 'proyek')),
    batches bigint[] not null,
    is_simulasi boolean not null,
    edition_at timestamptz not null,
    created_at timestamptz not null default clock_timestamp()
);
create index on ops.restatement (created_at);
