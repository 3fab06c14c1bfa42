-- The ledger as it was made before its schema had numbered migrations; a test brings it up by them.
-- Do not change: ledgers like this one are in use.

create schema if not exists ops authorization cc_loader;

set role cc_loader;

-- 'Pebruari', 'Agt', 'Oct.' as '02', '08', '10'; null when the word is no month. A table would hinder parallel plans.
create or replace function ops.bulan(teks text) returns text language sql immutable parallel safe as $$
    select case
        when b in ('jan', 'januari', 'january') then '01'
        when b in ('feb', 'februari', 'february', 'febuari', 'peb', 'pebruari', 'pebuari') then '02'
        when b in ('mar', 'maret', 'march') then '03'
        when b in ('apr', 'april') then '04'
        when b in ('mei', 'may') then '05'
        when b in ('jun', 'juni', 'june') then '06'
        when b in ('jul', 'juli', 'july') then '07'
        when b in ('agu', 'ags', 'agt', 'agst', 'agust', 'agustus', 'aug', 'august') then '08'
        when b in ('sep', 'sept', 'september') then '09'
        when b in ('okt', 'oktober', 'oct', 'october') then '10'
        when b in ('nov', 'november', 'nop', 'nopember') then '11'
        when b in ('des', 'desember', 'dec', 'december') then '12'
    end
    from rtrim(lower(teks), '.') as b
$$;

-- '14 Pebruari 2025' or 'Jum''at, 14 Feb 2025' as '2025-02-14'; null when the month is no Indonesian or English month.
create or replace function ops.iso_tanggal(teks text) returns text language sql immutable parallel safe as $$
    select case when length(m[3]) = 4 then '' when m[3] < '70' then '20' else '19' end || m[3] || '-' || ops.bulan(m[2]) || '-' || lpad(m[1], 2, '0')
    from regexp_match(teks, '([0-9]{1,2})\s+([[:alpha:]]+\.?),?\s+([0-9]{4}|[0-9]{2})(?![0-9])') as m
$$;

-- The offset that a zone's short name stands for; an offset is given back as it is, anything else is null.
create or replace function ops.iso_zona(teks text) returns text language sql immutable parallel safe as $$
    select case upper(teks)
        when 'WIB' then '+07' when 'WITA' then '+08' when 'WIT' then '+09'
        when 'GMT' then '+00' when 'UTC' then '+00' when 'UT' then '+00' when 'Z' then '+00'
        when 'EST' then '-05' when 'EDT' then '-04' when 'CST' then '-06' when 'CDT' then '-05'
        when 'MST' then '-07' when 'MDT' then '-06' when 'PST' then '-08' when 'PDT' then '-07'
        else substring(teks from '^[+-][0-9]{2}:?[0-9]{2}$')
    end
$$;

-- '20 Agustus 2021 pukul 07.15 WIB' as '2021-08-20 07:15:00 +07'; with zone `zona` where the text gives none.
drop function if exists ops.iso_waktu(text);
create or replace function ops.iso_waktu(teks text, zona text) returns text language sql immutable parallel safe as $$
    select ops.iso_tanggal(teks) || ' ' || m[1] || ':' || m[2] || ':' || coalesce(m[3], '00') || ' ' || coalesce(ops.iso_zona(m[4]), zona)
    from regexp_match(teks, '\s([0-9]{1,2})[:.]([0-9]{2})(?:[:.]([0-9]{2}))?\s*([[:alpha:]]+|[+-][0-9]{2}:?[0-9]{2})?(?:\s*\([[:alpha:]]+\))?$') as m
$$;

-- '1/2/2025' or '01-02-25' as '2025-02-01': day, month, year; a year of two digits lies between 1970 and 2069.
create or replace function ops.iso_tanggal_angka(teks text) returns text language sql immutable parallel safe as $$
    select case when length(m[3]) = 4 then '' when m[3] < '70' then '20' else '19' end || m[3]
        || '-' || lpad(m[2], 2, '0') || '-' || lpad(m[1], 2, '0')
    from regexp_match(teks, '^([0-9]{1,2})[-/]([0-9]{1,2})[-/]([0-9]{4}|[0-9]{2})(?![0-9])') as m
$$;

-- '25/04/2023 03.05.33WIB' as '2023-04-25 03:05:33 +07'; with zone `zona` where the text gives none.
create or replace function ops.iso_waktu_angka(teks text, zona text) returns text language sql immutable parallel safe as $$
    select ops.iso_tanggal_angka(teks) || ' ' || m[1] || ':' || m[2] || ':' || coalesce(m[3], '00') || ' ' || coalesce(ops.iso_zona(m[4]), zona)
    from regexp_match(teks, '\s([0-9]{1,2})[:.]([0-9]{2})(?:[:.]([0-9]{2}))?\s*([[:alpha:]]+)?$') as m
$$;

-- '2023-04-25T03:05:33WIB' as '2023-04-25T03:05:33+07'.
create or replace function ops.iso_zona_akhir(teks text) returns text language sql immutable parallel safe as $$
    select m[1] || ops.iso_zona(m[2]) from regexp_match(teks, '^(.*[0-9])\s*([[:alpha:]]+)$') as m
$$;

-- '1708070400', in units of which `per_detik` make a second, as '2024-02-16 08:00:00+00'; null outside 1970 to 2099.
create or replace function ops.iso_epoch(teks text, per_detik int) returns text language sql immutable parallel safe as $$
    select case when teks ~ '^[0-9]{1,13}(\.[0-9]{1,9})?$' and teks::numeric / per_detik < 4102444800 then
        to_char(
            timestamp 'epoch' + trunc(teks::numeric / per_detik)::int8 * interval '1 second'
            + round((teks::numeric / per_detik) % 1 * 1000000)::int8 * interval '1 microsecond',
            'YYYY-MM-DD HH24:MI:SS.US"+00"'
        )
    end
$$;

-- 'Rp 2.160,38 M' as '2160380000000'; null when it is no Indonesian number with a unit.
create or replace function ops.angka_singkat(teks text) returns text language sql immutable parallel safe as $$
    select case when m[1] is null and m[2] = '' then '' else '-' end || trim_scale(
        translate(m[3], ',.', '.')::numeric * case lower(m[4])
            when 'rb' then 1e3 when 'ribu' then 1e3
            when 'jt' then 1e6 when 'juta' then 1e6
            when 'm' then 1e9 when 'miliar' then 1e9 when 'milyar' then 1e9
            when 't' then 1e12 when 'triliun' then 1e12 when 'trilyun' then 1e12
            when '' then 1
        end
    )::text
    from regexp_match(
        teks, '^(\()?(?:Rp\.?\s*)?(-?)([0-9][0-9.]{0,40}(?:,[0-9]{1,30})?)\s*([[:alpha:]]*)\.?\)?$', 'i'
    ) as m
$$;

-- A name as it is compared; command_center/wilayah.py does the same, step by step.
create or replace function ops.ejaan(teks text) returns text language sql immutable strict parallel safe as $$
    select replace(regexp_replace(
        btrim(lower(regexp_replace(teks, '[^A-Za-z0-9]+', ' ', 'g')), ' '),
        '^(kecamatan|kelurahan|kec|kel) ', ''
    ), ' ', '')
$$;

create table if not exists ops.ref_wilayah (
    kode_wilayah text primary key,
    tingkat text not null
);
comment on table ops.ref_wilayah is 'Area codes that references are checked against; loaded from the seed ref_wilayah';

alter table ops.ref_wilayah add column if not exists nama text;

create table if not exists ops.ref_ejaan (
    ejaan text not null,
    tingkat text not null,
    kode_wilayah text not null,
    primary key (ejaan, tingkat, kode_wilayah)
);
comment on table ops.ref_ejaan is 'Spellings of the names of areas, lower case without spaces; some names stand for two areas';

create table if not exists ops.throttle (
    host text primary key,
    next_at timestamptz not null
);
comment on table ops.throttle is 'When a host that counts requests may be asked again, over all processes';

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
    simulated_paths text not null,          -- '' = nothing, '*' = all, else record paths the demo city names as simulated
    wrapped_key text,                       -- null = not encrypted; own data key under the master key
    window_start timestamptz,
    window_end timestamptz,
    expires_at timestamptz not null,
    erased_at timestamptz,
    unique (source, part, sha256, simulated_paths)
);
alter table ops.landing add column if not exists request text;      -- the declared part that was asked; null = part
alter table ops.landing add column if not exists known jsonb not null default '{}';  -- what rows know as @name
alter table ops.landing add column if not exists validator text;    -- ETag, or size and time of a file
alter table ops.landing add column if not exists seen_at timestamptz not null default clock_timestamp();
comment on table ops.landing is 'One row per distinct archived answer of a source';

create table if not exists ops.batch (
    batch_id bigint generated always as identity primary key,
    source text not null,
    table_name text not null,
    part text not null,
    window_start timestamptz,
    window_end timestamptz,
    landing_id bigint not null references ops.landing,
    sha256 text not null,
    fingerprint text not null,              -- of the declaration and expectations it was judged by
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
alter table ops.batch add column if not exists rows_ignored bigint;         -- totals and the like, left out as declared
alter table ops.batch add column if not exists data_as_of timestamptz;      -- newest value of the table's as_of column
comment on table ops.batch is 'Ledger of every attempt to load one table from one landed answer';
create index if not exists batch_key on ops.batch (source, table_name, part, batch_id);

create table if not exists ops.quarantine (
    quarantine_id bigint generated always as identity primary key,
    batch_id bigint not null references ops.batch,
    source text not null,
    table_name text not null,
    row_number bigint not null,
    place text not null,                    -- where a person finds the row in the file
    column_name text not null,              -- '' = the whole row
    value text,
    reason text not null,
    payload jsonb not null,                 -- without rahasia columns
    sha256 text not null,
    opd text not null,
    created_at timestamptz not null default clock_timestamp(),
    unique (batch_id, row_number, column_name, reason)
);
comment on table ops.quarantine is 'One row per broken rule of one rejected row';

create table if not exists ops.audit (
    batch_id bigint primary key references ops.batch,
    success boolean not null,
    result jsonb not null,
    created_at timestamptz not null default clock_timestamp()
);
comment on table ops.audit is 'Great Expectations validation result of a batch';

create table if not exists ops.raw_state (
    table_name text primary key,
    row_count bigint not null,
    checksum bigint not null,
    batch_id bigint not null,
    changed_at timestamptz not null default clock_timestamp()
);
comment on table ops.raw_state is 'Row count and XOR of row hashes that each raw table must have';

-- Which rows of raw were changed or deleted, by whatever hand, so that the warehouse need not compare what stayed.
create table if not exists ops.raw_change (
    table_name text not null,
    kunci jsonb not null,                   -- the declared key of the row as it was
    changed_xid xid8 not null default pg_current_xact_id()
);
comment on table ops.raw_change is 'Keys of raw rows changed or deleted since the last good build; inserted rows are found by their batch';
create index if not exists raw_change_table on ops.raw_change (table_name);

-- Statement trigger on each raw table; its arguments are the key columns.
create or replace function ops.note_change() returns trigger language plpgsql as $$
begin
    execute format(
        'insert into ops.raw_change (table_name, kunci) select %L, jsonb_build_object(%s) from lama', tg_table_name,
        (select string_agg(format('%L, %I', arg, arg), ', ') from unnest(tg_argv) as arg)
    );
    return null;
end
$$;

-- The transaction in which a batch was published: batch numbers are given before, and in another order.
alter table ops.batch add column if not exists published_xid xid8;
create or replace function ops.note_publication() returns trigger language plpgsql as $$
begin
    if new.status = 'published' and (tg_op = 'INSERT' or old.status <> 'published') then
        new.published_xid := pg_current_xact_id();
    end if;
    return new;
end
$$;
create or replace trigger note_publication before insert or update of status on ops.batch
    for each row execute function ops.note_publication();

create table if not exists ops.boundary (
    kode_wilayah text primary key,
    tingkat text not null,
    geometri text not null,                 -- GeoJSON, longitude and latitude in degrees
    bujur numeric not null,                 -- a point within it, where a label stands
    lintang numeric not null,
    berkas text not null,
    sha256 text not null,
    dimuat_at timestamptz not null default clock_timestamp()
);
comment on table ops.boundary is 'Official boundaries, as loaded by make boundaries; empty = the map is schematic';

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
comment on table ops.source_catalogue is 'The declarations, as the warehouse last saw them';

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
comment on table ops.keputusan is 'Decisions of people: releasing a held batch, approving a publication';

create table if not exists ops.log_alert (
    alert_id bigint generated always as identity primary key,
    source text not null,
    batch_id bigint references ops.batch,
    message text not null,
    created_at timestamptz not null default clock_timestamp()
);
comment on table ops.log_alert is 'What an owner was told';

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
comment on table ops.dbt_result is 'Outcome of every dbt node of every build';

create table if not exists ops.dbt_build (
    invocation_id text primary key,
    command text not null check (command in ('build', 'retry')),
    raw_state text not null,                -- digest of ops.raw_state that the build read
    success boolean not null,
    models_built int not null,
    tests_passed int not null,
    swapped_at timestamptz,
    started_at timestamptz not null,
    finished_at timestamptz not null default clock_timestamp()
);
alter table ops.dbt_build add column if not exists snapshot pg_snapshot;  -- changes visible in it were read
alter table ops.dbt_build add column if not exists raw_tables jsonb;      -- raw_state as the build read it, by table
create table if not exists ops.dbt_span (
    is_only boolean primary key default true check (is_only),
    since pg_snapshot,                      -- of the last good build; null = nothing was read yet
    until pg_snapshot not null
);
alter table ops.dbt_span add column if not exists is_prepared boolean not null default false;  -- until is set already
create table if not exists ops.dbt_standing (
    is_only boolean primary key default true check (is_only),
    project text                            -- null while tables of two projects stand side by side
);
comment on table ops.dbt_standing is 'The project from which all standing tables of the warehouse were built';
comment on table ops.dbt_span is 'The changes of raw that the build under way takes: those visible in until and not in since';
comment on table ops.dbt_build is 'One row per dbt build; a retry is allowed only while raw_state is the same';

create table if not exists ops.outbox (
    outbox_id bigint generated always as identity primary key,
    edition text not null,                  -- e.g. camat/2026-10
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
comment on table ops.outbox is 'One row per edition and recipient: a mail is sent once';

reset role;

grant usage on schema ops to cc_transformer;
grant select on ops.batch, ops.source_catalogue, ops.raw_state, ops.landing, ops.boundary to cc_transformer;
grant insert, update, select on ops.dbt_result, ops.dbt_build, ops.dbt_span, ops.dbt_standing to cc_transformer;
grant select, delete on ops.raw_change to cc_transformer;
