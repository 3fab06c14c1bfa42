-- Functions of the ledger; put in place at every bootstrap, before the migrations. A migration drops what has other arguments.
-- Those that look something up in a text are PL/pgSQL: a SQL function with a FROM is called as a query of its own, at twice the price.

set local check_function_bodies = off;  -- a body may name what a migration is yet to make

-- 'Pebruari', 'Agt', 'Oct.' as '02', '08', '10'; null when the word is no month. A table would hinder parallel plans.
create or replace function ops.bulan(teks text) returns text language sql immutable parallel safe as $$
    select {{kata_bulan}}::jsonb ->> rtrim(lower(teks), '.')
$$;

-- '14 Pebruari 2025' or 'Jum''at, 14 Feb 2025' as '2025-02-14'; null when the month is no Indonesian or English month.
create or replace function ops.iso_tanggal(teks text) returns text language plpgsql immutable parallel safe as $$
declare
    m constant text[] := regexp_match(teks, '([0-9]{1,2})\s+([[:alpha:]]+\.?),?\s+([0-9]{4}|[0-9]{2})(?![0-9])');
begin
    return case when length(m[3]) = 4 then '' when m[3] < '70' then '20' else '19' end || m[3] || '-' || ops.bulan(m[2]) || '-' || lpad(m[1], 2, '0');
end
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
create or replace function ops.iso_waktu(teks text, zona text) returns text language plpgsql immutable parallel safe as $$
declare
    m constant text[] := regexp_match(teks, '\s([0-9]{1,2})[:.]([0-9]{2})(?:[:.]([0-9]{2}))?\s*([[:alpha:]]+|[+-][0-9]{2}:?[0-9]{2})?(?:\s*\([[:alpha:]]+\))?$');
begin
    return ops.iso_tanggal(teks) || ' ' || m[1] || ':' || m[2] || ':' || coalesce(m[3], '00') || ' ' || coalesce(ops.iso_zona(m[4]), zona);
end
$$;

-- '1/2/2025' or '01-02-25' as '2025-02-01': day, month, year; a year of two digits lies between 1970 and 2069.
create or replace function ops.iso_tanggal_angka(teks text) returns text language plpgsql immutable parallel safe as $$
declare
    m constant text[] := regexp_match(teks, '^([0-9]{1,2})[-/]([0-9]{1,2})[-/]([0-9]{4}|[0-9]{2})(?![0-9])');
begin
    return case when length(m[3]) = 4 then '' when m[3] < '70' then '20' else '19' end || m[3]
        || '-' || lpad(m[2], 2, '0') || '-' || lpad(m[1], 2, '0');
end
$$;

-- '25/04/2023 03.05.33WIB' as '2023-04-25 03:05:33 +07'; with zone `zona` where the text gives none.
create or replace function ops.iso_waktu_angka(teks text, zona text) returns text language plpgsql immutable parallel safe as $$
declare
    m constant text[] := regexp_match(teks, '\s([0-9]{1,2})[:.]([0-9]{2})(?:[:.]([0-9]{2}))?\s*([[:alpha:]]+)?$');
begin
    return ops.iso_tanggal_angka(teks) || ' ' || m[1] || ':' || m[2] || ':' || coalesce(m[3], '00') || ' ' || coalesce(ops.iso_zona(m[4]), zona);
end
$$;

-- '2023-04-25T03:05:33WIB' as '2023-04-25T03:05:33+07'.
create or replace function ops.iso_zona_akhir(teks text) returns text language plpgsql immutable parallel safe as $$
declare
    m constant text[] := regexp_match(teks, '^(.*[0-9])\s*([[:alpha:]]+)$');
begin
    return m[1] || ops.iso_zona(m[2]);
end
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

-- '1 250 000,5-' as '-1250000,5', with the declared mark of decimals; what is written otherwise stays as it is. Where the decimals
-- have the other mark, so get the thousands: '1 250,5' is '1.250,5' where the point is declared. Three digits behind it could be a
-- further group, a minus behind Rp the stroke for no cents: such a text stays as it is, and is then no number.
create or replace function ops.angka_polos(teks text, desimal text) returns text language sql immutable parallel safe as $$
    select case
        when tanda.teks !~ '^[^0-9]*[1-9][0-9]{0,2}((?:[ \u00a0\u2007\u2009\u202f][0-9]{3})+|(?:[''\u2019][0-9]{3})+)([.,][0-9]+)?[^0-9]*$'
            then tanda.teks
        when tanda.teks !~ '[.,][0-9]' or tanda.teks ~ ('[' || desimal || '][0-9]')
            then regexp_replace(tanda.teks, '([0-9])[^0-9.,](?=[0-9])', '\1', 'g')
        when tanda.teks ~ '[.,][0-9]{3}([^0-9]|$)' then tanda.teks
        else regexp_replace(tanda.teks, '([0-9])[^0-9.,](?=[0-9])', '\1' || desimal, 'g')
    end
    from (
        select case when teks ~ '^[0-9]([^[:alpha:]]*[0-9])?-$' then '-' || left(teks, -1) else teks end as teks
    ) as tanda
$$;

-- A name as it is compared; command_center/wilayah.py does the same, step by step.
create or replace function ops.ejaan(teks text) returns text language sql immutable strict parallel safe as $$
    select replace(regexp_replace(
        btrim(lower(regexp_replace(teks, '[^A-Za-z0-9]+', ' ', 'g')), ' '),
        '^(kecamatan|kelurahan|kec|kel) ', ''
    ), ' ', '')
$$;

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

create or replace function ops.note_publication() returns trigger language plpgsql as $$
begin
    if new.status = 'published' and (tg_op = 'INSERT' or old.status <> 'published') then
        new.published_xid := pg_current_xact_id();
    end if;
    return new;
end
$$;

-- An edition was read by people: what it said stays as it was.
create or replace function ops.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'An edition is never changed (% of %.%); a correction is a further edition.', tg_op, tg_table_schema, tg_table_name;
end
$$;

-- The hash of an entry of the audit trail: sha256 over its eight fields, one a line. docs/security.md tells the form to whoever
-- computes it elsewhere, so it never changes.
create or replace function ops.hash_entry(
    nomor bigint, created_at timestamptz, jenis text, objek text, pelaku text, login text, rincian jsonb, previous_hash text
) returns text language sql stable parallel safe as $$
    select encode(sha256(convert_to(concat_ws(
        E'\n', nomor, to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), jenis, objek, pelaku, login,
        rincian, previous_hash
    ), 'UTF8')), 'hex')
$$;

create or replace function ops.satu_baris(teks text) returns text language sql immutable parallel safe as $$
    select translate(teks, E'\r\n', '  ')
$$;

-- No writer chooses number, moment, login or hash. One writes at a time until its transaction ends, so that there is one chain
-- without gaps; a transaction that sees an older state (repeatable read) fails at the number.
create or replace function ops.chain_entry() returns trigger language plpgsql set search_path = pg_catalog as $$
declare
    last record;
begin
    perform pg_advisory_xact_lock(hashtextextended('ops.jejak_audit', 0));
    select nomor, hash into last from ops.jejak_audit order by nomor desc limit 1;
    new.nomor := coalesce(last.nomor, 0) + 1;
    new.created_at := clock_timestamp();
    new.login := ops.satu_baris(session_user);
    new.pelaku := coalesce(nullif(btrim(ops.satu_baris(new.pelaku)), ''), new.login);
    new.objek := ops.satu_baris(new.objek);
    new.jenis := ops.satu_baris(new.jenis);
    new.previous_hash := coalesce(last.hash, repeat('0', 64));
    new.hash := ops.hash_entry(
        new.nomor, new.created_at, new.jenis, new.objek, new.pelaku, new.login, new.rincian, new.previous_hash
    );
    return new;
end
$$;

-- For who may do nothing else in the warehouse: Superset, of its accounts and of the files that people take from it.
create or replace function ops.record_outside(jenis text, objek text, pelaku text, rincian jsonb) returns void
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if jenis not in ('akun', 'ekspor') then
        raise exception 'From outside only akun and ekspor are entered into the audit trail, not %.', jenis;
    end if;
    insert into ops.jejak_audit (jenis, objek, pelaku, rincian) values (jenis, objek, pelaku, rincian);
end
$$;

create or replace function ops.refuse_change_of_trail() returns trigger language plpgsql as $$
begin
    raise exception 'The audit trail is never changed (% of %.%); what was done since is a further entry.', tg_op, tg_table_schema, tg_table_name;
end
$$;

create or replace function ops.note_decision() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
    if tg_op = 'INSERT' then
        insert into ops.jejak_audit (jenis, objek, pelaku, rincian) values ('keputusan', new.objek, new.jabatan, to_jsonb(new));
    else
        insert into ops.jejak_audit (jenis, objek, rincian)
        values ('keputusan', old.objek, jsonb_build_object('operasi', tg_op, 'sebelum', to_jsonb(old), 'sesudah', to_jsonb(new)));
    end if;
    return null;
end
$$;

create or replace function ops.note_edition() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
    insert into ops.jejak_audit (jenis, objek, rincian)
    values ('edisi', concat_ws(' ', new.kind, new.wilayah_kode, new.periode, 'edisi', new.number), to_jsonb(new));
    return null;
end
$$;

-- Mails that went out or came back; addresses stay out of the trail, for nothing can be taken out of it.
create or replace function ops.note_delivery() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
    if new.status in ('sent', 'bounced') and (tg_op = 'INSERT' or old.status <> new.status) then
        insert into ops.jejak_audit (jenis, objek, rincian)
        values ('pengiriman', new.message_id, jsonb_build_object(
            'delivery_id', new.delivery_id, 'edition_id', new.edition_id, 'yth', new.yth, 'status', new.status
        ) || case when new.sheet_id is null then '{}' else (
            select jsonb_build_object('sheet_id', sheet_id, 'opd', opd, 'rows', rows, 'new_rows', new_rows, 'sha256', sha256)
            from ops.rejection_sheet where sheet_id = new.sheet_id
        ) end);
    end if;
    return null;
end
$$;

create or replace function ops.note_correction() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
    insert into ops.jejak_audit (jenis, objek, rincian)
    values ('koreksi', 'balasan ' || new.correction_id, jsonb_build_object(
        'edition_id', new.edition_id, 'dari', old.state, 'menjadi', new.state
    ));
    return null;
end
$$;

create or replace function ops.note_erasure() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
    insert into ops.jejak_audit (jenis, objek, rincian)
    values ('penghapusan', concat_ws(' ', new.source, new.part), jsonb_build_object(
        'landing_id', new.landing_id, 'sha256', new.sha256, 'expires_at', new.expires_at
    ));
    return null;
end
$$;

-- {{…}} here and below: a pattern of command_center/personal.py or personal_names.py.
-- Whether a text may hold a telephone or e-mail. Looks for two signs first, which costs a tenth of what a pattern costs, and for
-- signs of other widths only where there is more than ASCII.
create or replace function ops.memuat_kontak(teks text) returns boolean language sql immutable parallel safe as $$
    select case
        when teks like '%@%' then true
        when octet_length(teks) < 9 then false
        when (teks like '%08%' or teks like '%62%' or teks like '%751%')
            and teks ~ '(?:08[1-9]|08[ .-][1-9][0-9][ .-][0-9]{2}[ .-]|62[ .()0\u00a0-]{0,6}8[1-9]|751[) ./-]{0,3}[0-9])[^a-zA-Z]{4}'
            then true
        when octet_length(teks) = char_length(teks) then false
        else teks ~ {{asing}} and teks ~ {{asing_angka}}
    end
$$;

-- Whether a text may hold a NIK or KK.
create or replace function ops.memuat_nik(teks text) returns boolean language sql immutable parallel safe as $$
    select case
        when octet_length(teks) < 16 then false
        when teks ~ '[0-9]{9}|[0-9]{4}[ .\u00a0-][0-9]{4}' then true
        when (teks like '%K%' or teks like '%k%') and teks ~ '(?:[iI]|[kK]|[tT])(?:[kK]|[pP])[ .:=]{1,3}[0-9]' then true
        when octet_length(teks) = char_length(teks) then false
        else teks ~ {{asing}} and teks ~ {{asing_angka}}
    end
$$;

-- Whether a text may hold a name that no number beside it tells.
create or replace function ops.memuat_nama(teks text) returns boolean language sql immutable parallel safe as $$
    select octet_length(teks) >= 5
        and (teks ~ {{huruf}} or (teks ~ {{huruf_kecil}} and regexp_replace(teks, {{sehari_hari}}, '', 'g') ~ {{kecil_lain}}))
        and teks ~* {{cari}}
$$;

-- Whether a text may hold what ops.samarkan hides.
create or replace function ops.memuat_pribadi(teks text) returns boolean language sql immutable parallel safe as $$
    select ops.memuat_kontak(teks) or ops.memuat_nik(teks) or ops.memuat_nama(teks)
$$;

-- In plain signs, where a number or an address shows in them; else as it is.
create or replace function ops.lipat(teks text) returns text language sql immutable parallel safe as $$
    select case
        when octet_length(teks) = char_length(teks) or teks !~ {{asing}} then teks
        when p ~* {{surel}} or p ~ {{nik}} or p ~* {{nik_berlabel}} or p ~* {{telepon}} then p
        else teks
    end
    from translate(teks, {{asing_tanda}}, {{asing_jelas}}) as p
$$;

-- The three kinds of command_center/personal.py, which says what their parts are.
create or replace function ops.samarkan_surel(teks text) returns text language sql immutable parallel safe as $$
    select regexp_replace(teks, {{surel}}, '[surel dihapus]', 'gi')
$$;
create or replace function ops.samarkan_nik(teks text) returns text language sql immutable parallel safe as $$
    select regexp_replace(
        regexp_replace(teks, {{nik}}, '[NIK/KK dihapus]', 'g'), {{nik_berlabel}}, E'\\1[NIK/KK dihapus]', 'gi'
    )
$$;
create or replace function ops.samarkan_telepon(teks text) returns text language sql immutable parallel safe as $$
    select regexp_replace(teks, {{telepon}}, '[telepon dihapus]', 'gi')
$$;

-- Names, once numbers are hidden: the steps of command_center/personal_names.py, which says what each is.
create or replace function ops.samarkan_nama(teks text) returns text language plpgsql immutable parallel safe as $$
declare
    t text := replace(replace(replace(
        teks, '[NIK/KK dihapus]', E'\uFDEA'), '[telepon dihapus]', E'\uFDEB'), '[surel dihapus]', E'\uFDEC'
    );
begin
    if t !~ E'[\uFDEA-\uFDEC]' and not ops.memuat_nama(t) then
        return teks;
    end if;
    t := regexp_replace(t, {{panggilan}}, E'\\1\uFDD0\\2\uFDE0', 'gi');
    t := regexp_replace(t, {{bin}}, E'\\1\uFDD1\\2\uFDE1', 'gi');
    t := regexp_replace(t, {{dekat}}, E'\\1\uFDD2\\2\uFDE2', 'gi');
    t := regexp_replace(t, {{wilayah}}, E'\\1\uFDD3\\2\uFDE3', 'gi');
    t := regexp_replace(t, {{tempat}}, E'\\1\uFDD4\\2\uFDE4', 'gi');
    t := regexp_replace(t, {{tetap}}, E'\\1\uFDD5\\2\uFDE5', 'gi');
    t := regexp_replace(t, {{di_belakang}}, E'\\1\\2\uFDD6\\3\uFDE6', 'g');
    t := regexp_replace(t, {{kecil}}, E'\\1\\3\uFDD6\\2\\4\uFDE6', 'g');
    t := regexp_replace(t, {{di_depan}}, E'\\1\\2\uFDD6\\3\uFDE6', 'g');
    t := regexp_replace(t, {{nama}}, '[nama dihapus]', 'g');
    t := regexp_replace(t, E'[\uFDD0-\uFDD6\uFDE0-\uFDE6]', '', 'g');
    return replace(replace(replace(
        t, E'\uFDEA', '[NIK/KK dihapus]'), E'\uFDEB', '[telepon dihapus]'), E'\uFDEC', '[surel dihapus]'
    );
end
$$;

-- 'hubungi 0812 3456 7890' as 'hubungi [telepon dihapus]', as command_center/personal.py does it.
create or replace function ops.samarkan(teks text) returns text language sql immutable parallel safe as $$
    select ops.samarkan_nama(ops.samarkan_telepon(ops.samarkan_nik(ops.samarkan_surel(ops.lipat(teks)))))
$$;

-- What a correction of figures is known by: all that its record says.
create or replace function ops.sidik_koreksi(catatan jsonb) returns text language sql immutable parallel safe as $$
    select encode(sha256(convert_to(catatan::text, 'UTF8')), 'hex')
$$;

-- Takes corrections that have ended out of the seed's table: with the swap, and when dbt has just loaded it whole, which tells too
-- which of them somebody still has written down.
create or replace function ops.akhiri_koreksi(tabel regclass, baru_dimuat boolean) returns bigint language plpgsql as $$
declare
    berapa bigint;
begin
    if baru_dimuat then
        execute format(
            'update ops.koreksi as o set is_tercatat = exists (select from %s as k where ops.sidik_koreksi(to_jsonb(k)) = o.sidik)', tabel
        );
    end if;
    execute format(
        'delete from %s as k using ops.koreksi as o where o.sidik = ops.sidik_koreksi(to_jsonb(k)) and o.berakhir_at is not null', tabel
    );
    get diagnostics berapa = row_count;
    return berapa;
end
$$;
