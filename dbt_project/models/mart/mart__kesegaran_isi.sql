{{
    config(
        materialized="view",
        meta={
            "camat_access": "all",
            "alasan_camat": "Umur dan banyaknya baris satu kiriman; tidak memuat isi data maupun alasan penolakan.",
        },
    )
}}

-- A view, so that ages are those of the moment of reading.
with
    kesegaran as ({{ kesegaran_sumber() }}),

    ditahan as (
        select source, count(*) as jumlah
        from
            (
                select distinct on (source, table_name, part) source, table_name, part, sha256, status
                from {{ source("ops", "batch") }}
                where finished_at is not null
                order by source, table_name, part, batch_id desc
            ) as terakhir
        where status = 'held' and not {{ is_dibuang("terakhir") }}
        group by source
    ),

    dibanding as (
        select
            kesegaran.*,
            round(kesegaran.umur_jam / nullif(kesegaran.batas_jam, 0), 2) as kali_batas,
            katalog.steward,
            katalog.schedule,
            {{ local_time("keadaan.last_at") }} as dijawab,
            case
                when kesegaran.status = 'segar' or katalog.declared ->> 'monitored_as' is null
                then null
                when peladen.diperiksa_at > {{ sekarang() }} - interval '2 hours'
                then peladen.kalimat
                else 'Keadaan peladennya tidak diketahui: pemantauan belum dibaca lagi.'
            end as peladen_teks
        from kesegaran
        inner join {{ source("ops", "source_catalogue") }} as katalog on kesegaran.source = katalog.source
        left join {{ source("ops", "source_state") }} as keadaan on kesegaran.source = keadaan.source
        left join {{ source("ops", "peladen") }} as peladen on kesegaran.source = peladen.source
    )

select
    (
        row_number() over (
            order by (dibanding.status = 'segar'), dibanding.kali_batas desc nulls first, dibanding.source
        )
    )::int as urutan,
    dibanding.source,
    dibanding.judul,
    dibanding.opd_nama,
    dibanding.steward as penanggung_jawab,
    {{ jadwal_teks("dibanding.schedule") }} as jadwal_teks,
    dibanding.data_per,
    {{ data_sampai_teks("dibanding.data_per", "dibanding.kali_batas > 2") }} as data_sampai_teks,
    dibanding.umur_jam,
    coalesce({{ lama_teks("dibanding.umur_jam") }}, '–') as umur_teks,
    {{ lama_teks("dibanding.batas_jam") }} as batas_teks,
    dibanding.kali_batas,
    dibanding.status,
    case
        when dibanding.status = 'belum_ada'
        then '– Belum ada data'
        when dibanding.status = 'segar'
        then '● Segar'
        when dibanding.kali_batas > 2
        then '■ Lebih dari dua kali batas'
        else '▲ Terlambat'
    end as status_teks,
    coalesce({{ waktu_teks("dibanding.dijawab") }}, 'belum pernah') as dijawab_teks,
    dibanding.peladen_teks,
    case
        dibanding.mutu
        when 'lolos'
        then '● Lolos pemeriksaan'
        when 'peringatan'
        then '▲ Lolos dengan peringatan'
        else '–'
    end as mutu_teks,
    coalesce(ditahan.jumlah, 0) as ditahan,
    dibanding.baris_terbit,
    dibanding.baris_karantina
from dibanding
left join ditahan on dibanding.source = ditahan.source
