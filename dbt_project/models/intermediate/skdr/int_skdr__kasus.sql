with
    penyakit as (
        select distinct
            on ({{ spelling_key("ejaan") }}) {{ spelling_key("ejaan") }} as penyakit_kunci, penyakit, kelompok
        from {{ ref("ref_penyakit") }}
        order by 1, penyakit
    )

-- Two spellings of one disease in one week of one puskesmas are added up.
select
    kasus.puskesmas,
    kasus.tahun,
    kasus.minggu,
    coalesce(penyakit.penyakit, kasus.penyakit_ejaan) as penyakit,
    coalesce(min(penyakit.kelompok), 'lainnya') as kelompok,
    bool_and(penyakit.penyakit is not null) as is_penyakit_dikenal,
    count(*) as jumlah_ejaan,
    sum(kasus.kasus)::bigint as kasus,
    bool_or(kasus._is_simulasi) as is_simulasi,
    max(kasus._batch_id) as _batch_id,
    min(kasus._part) as _part
from {{ ref("stg_dinkes_skdr__kasus") }} as kasus
left join penyakit on kasus.penyakit_kunci = penyakit.penyakit_kunci
group by kasus.puskesmas, kasus.tahun, kasus.minggu, coalesce(penyakit.penyakit, kasus.penyakit_ejaan)
