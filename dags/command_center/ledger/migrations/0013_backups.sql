-- Backups that were made, and the proof that they can be restored. What is in the folder of backups says the same of itself.

create table ops.backup (
    label text primary key,
    kind text not null check (kind in ('full', 'incremental')),
    started_at timestamptz not null,
    ended_at timestamptz not null,
    bytes bigint not null,
    files bigint not null
);
create table ops.restore_drill (
    drill_id bigint generated always as identity primary key,
    label text not null,
    started_at timestamptz not null,
    ended_at timestamptz not null,
    restored_to timestamptz not null,
    tables int not null,
    rows bigint not null,
    changed_meanwhile int not null,
    files bigint not null,
    problem text
);
