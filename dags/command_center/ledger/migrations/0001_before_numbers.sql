-- The ledger as it was before migrations had numbers. Every statement leaves alone what is there already, so that an older
-- ledger is brought up by the same file that makes a new one.

drop function if exists ops.iso_waktu(text);

create table if not exists ops.ref_wilayah (
    kode_wilayah text primary key,
    tingkat text not null
);
alter table ops.ref_wilayah add column if not exists nama text;

create table if not exists ops.ref_ejaan (
    ejaan text not null,
    tingkat text not null,
    kode_wilayah text not null,
    primary key (ejaan, tingkat, kode_wilayah)
);

create table if not exists ops.throttle (
    host text primary key,
    next_at timestamptz not null
);

create table if not exists ops.landing (
    landing_id bigint generated always as identity primary key,
    source text not null,
    part text not null,
    sha256 text not null,
    uri text not null,
    byte_size bigint not null,
    content_type text not null,
    fetched_from text not null,
    fetched_at timestamptz not null,
    simulated_paths text not null,
    wrapped_key text,
    window_start timestamptz,
    window_end timestamptz,
    expires_at timestamptz not null,
    erased_at timestamptz,
    unique (source, part, sha256, simulated_paths)
);
alter table ops.landing add column if not exists request text;
alter table ops.landing add column if not exists known jsonb not null default '{}';
alter table ops.landing add column if not exists validator text;
alter table ops.landing add column if not exists seen_at timestamptz not null default clock_timestamp();

create table if not exists ops.batch (
    batch_id bigint generated always as identity primary key,
    source text not null,
    table_name text not null,
    part text not null,
    window_start timestamptz,
    window_end timestamptz,
    landing_id bigint not null references ops.landing,
    sha256 text not null,
    fingerprint text not null,
    run_id text not null,
    status text not null check (status in ('loading', 'published', 'unchanged', 'held', 'failed')),
    reason text,
    is_simulasi boolean not null,
    quality text check (quality in ('lolos', 'peringatan')),
    rows_read bigint,
    rows_published bigint,
    rows_unchanged bigint,
    rows_quarantined bigint,
    rows_deleted bigint,
    started_at timestamptz not null default clock_timestamp(),
    observed_at timestamptz not null,
    finished_at timestamptz
);
alter table ops.batch add column if not exists rows_ignored bigint;
alter table ops.batch add column if not exists data_as_of timestamptz;
alter table ops.batch add column if not exists published_xid xid8;
create index if not exists batch_key on ops.batch (source, table_name, part, batch_id);

create table if not exists ops.quarantine (
    quarantine_id bigint generated always as identity primary key,
    batch_id bigint not null references ops.batch,
    source text not null,
    table_name text not null,
    row_number bigint not null,
    place text not null,
    column_name text not null,
    value text,
    reason text not null,
    payload jsonb not null,
    sha256 text not null,
    opd text not null,
    created_at timestamptz not null default clock_timestamp(),
    unique (batch_id, row_number, column_name, reason)
);

create table if not exists ops.audit (
    batch_id bigint primary key references ops.batch,
    success boolean not null,
    result jsonb not null,
    created_at timestamptz not null default clock_timestamp()
);

create table if not exists ops.raw_state (
    table_name text primary key,
    row_count bigint not null,
    checksum bigint not null,
    batch_id bigint not null,
    changed_at timestamptz not null default clock_timestamp()
);

-- Which rows of raw were changed or deleted, by whatever hand, so that the warehouse need not compare what stayed.
create table if not exists ops.raw_change (
    table_name text not null,
    kunci jsonb not null,
    changed_xid xid8 not null default pg_current_xact_id()
);
create index if not exists raw_change_table on ops.raw_change (table_name);

create table if not exists ops.boundary (
    kode_wilayah text primary key,
    tingkat text not null,
    geometri text not null,
    bujur numeric not null,
    lintang numeric not null,
    berkas text not null,
    sha256 text not null,
    dimuat_at timestamptz not null default clock_timestamp()
);

create table if not exists ops.source_catalogue (
    source text primary key,
    title text not null,
    opd text not null,
    opd_name text not null,
    owner text not null,
    steward text not null,
    schedule text,
    freshness_hours numeric not null,
    attribution text,
    maturity int not null,
    declared jsonb not null
);

create table if not exists ops.keputusan (
    keputusan_id bigint generated always as identity primary key,
    jenis text not null,
    objek text not null,
    checksum text not null,
    jabatan text not null,
    alasan text not null,
    berlaku_sampai timestamptz,
    created_at timestamptz not null default clock_timestamp()
);

create table if not exists ops.log_alert (
    alert_id bigint generated always as identity primary key,
    source text not null,
    batch_id bigint references ops.batch,
    message text not null,
    created_at timestamptz not null default clock_timestamp()
);

create table if not exists ops.dbt_result (
    invocation_id text not null,
    unique_id text not null,
    resource_type text not null,
    status text not null,
    message text,
    failures bigint,
    execution_s numeric not null,
    finished_at timestamptz not null default clock_timestamp(),
    primary key (invocation_id, unique_id)
);

create table if not exists ops.dbt_build (
    invocation_id text primary key,
    command text not null check (command in ('build', 'retry')),
    raw_state text not null,
    success boolean not null,
    models_built int not null,
    tests_passed int not null,
    swapped_at timestamptz,
    started_at timestamptz not null,
    finished_at timestamptz not null default clock_timestamp()
);
alter table ops.dbt_build add column if not exists snapshot pg_snapshot;
alter table ops.dbt_build add column if not exists raw_tables jsonb;

create table if not exists ops.dbt_span (
    is_only boolean primary key default true check (is_only),
    since pg_snapshot,
    until pg_snapshot not null
);
alter table ops.dbt_span add column if not exists is_prepared boolean not null default false;

create table if not exists ops.dbt_standing (
    is_only boolean primary key default true check (is_only),
    project text
);

create table if not exists ops.outbox (
    outbox_id bigint generated always as identity primary key,
    edition text not null,
    recipient text not null,
    kode_kecamatan text,
    message_id text not null unique,
    document_sha256 text not null,
    status text not null check (status in ('sending', 'sent', 'failed')),
    attempts int not null default 1,
    last_error text,
    created_at timestamptz not null default clock_timestamp(),
    sent_at timestamptz,
    unique (edition, recipient)
);
