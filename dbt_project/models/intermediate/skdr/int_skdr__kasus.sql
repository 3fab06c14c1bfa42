with
    penyakit as ({{ disease_spellings() }}),

    -- A week without any count is not reported.
    laporan as (
        select *
        from
            (
                select *, bool_or(kasus is not null) over (partition by puskesmas, tahun, minggu) as is_dilaporkan
                from {{ ref("stg_dinkes_skdr__kasus") }}
            ) as minggu
        where is_dilaporkan
    )

-- Two spellings of one disease in one week of one puskesmas are added up; with one of them unknown, the sum is too.
select
    kasus.puskesmas,
    kasus.tahun,
    kasus.minggu,
    coalesce(penyakit.penyakit, kasus.penyakit_ejaan) as penyakit,
    coalesce(min(penyakit.kelompok), 'lainnya') as kelompok,
    bool_and(penyakit.penyakit is not null) as is_penyakit_dikenal,
    count(*) as jumlah_ejaan,
    case when bool_and(kasus.kasus is not null) then sum(kasus.kasus)::bigint end as kasus,
    bool_or(kasus._is_simulasi) as is_simulasi,
    max(kasus._batch_id) as _batch_id,
    min(kasus._part) as _part
from laporan as kasus
left join penyakit on kasus.penyakit_kunci = penyakit.penyakit_kunci
group by kasus.puskesmas, kasus.tahun, kasus.minggu, coalesce(penyakit.penyakit, kasus.penyakit_ejaan)
