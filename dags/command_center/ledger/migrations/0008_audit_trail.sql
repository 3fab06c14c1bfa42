-- What people and services did that somebody may ask about: numbered without a gap, and each entry holds the hash of the one before.

create table ops.jejak_audit (
    nomor bigint primary key,
    created_at timestamptz not null,
    jenis text not null,
    objek text not null,
    pelaku text not null,
    login text not null,
    rincian jsonb not null,
    previous_hash text not null,
    hash text not null
);

-- The ends of the chain that were mailed out, which the chain must still have.
create table ops.jejak_kepala (
    tanggal date primary key,
    nomor bigint not null,
    hash text not null,
    dikirim_ke text not null,
    mailed_at timestamptz not null default clock_timestamp()
);

create trigger chained before insert on ops.jejak_audit for each row execute function ops.chain_entry();

-- What was done before there was a trail, with its own moment; nobody vouches for that.
insert into ops.jejak_audit (jenis, objek, pelaku, rincian)
select jenis, objek, pelaku, jsonb_build_object('sebelum_jejak', true, 'saat', saat) || rincian
from (
    select created_at as saat, 'keputusan' as jenis, objek, jabatan as pelaku, keputusan_id as urutan, to_jsonb(k) as rincian
    from ops.keputusan as k
    union all
    select made_at, 'edisi', concat_ws(' ', kind, wilayah_kode, periode, 'edisi', number), null, edition_id, to_jsonb(e)
    from ops.edition as e
    union all
    select coalesce(sent_at, changed_at), 'pengiriman', message_id, null, delivery_id,
        jsonb_build_object('delivery_id', delivery_id, 'edition_id', edition_id, 'yth', yth, 'status', status)
    from ops.delivery where status in ('sent', 'bounced')
    union all
    select erased_at, 'penghapusan', concat_ws(' ', source, part), null, landing_id,
        jsonb_build_object('landing_id', landing_id, 'sha256', sha256, 'expires_at', expires_at)
    from ops.landing where erased_at is not null
    union all
    select max(dimuat_at), 'batas_wilayah', berkas, null, 0, jsonb_build_object('sha256', sha256, 'wilayah', count(*))
    from ops.boundary group by berkas, sha256
) as done
order by saat, jenis, urutan;
