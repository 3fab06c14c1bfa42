with
    batas as (
        select min(gempa_tanggal) as awal, max(gempa_tanggal) as akhir, bool_or(is_simulasi) as is_simulasi
        from {{ ref("fct_gempa") }}
    ),

    bulan as (
        select distinct tanggal.bulan_mulai, tanggal.bulan_selesai, tanggal.bulan_nama, tanggal.tahun, batas.is_simulasi
        from {{ ref("dim_tanggal") }} as tanggal
        inner join batas on tanggal.tanggal between date_trunc('month', batas.awal)::date and batas.akhir
    ),

    gempa as (
        select
            date_trunc('month', gempa_tanggal)::date as bulan_mulai,
            count(*) filter (where is_dirasakan and jarak_padang_km <= {{ var("radius_gempa_km") }}) as jumlah,
            bool_or(is_simulasi) as is_simulasi
        from {{ ref("fct_gempa") }}
        group by 1
    )

select
    'jumlah_gempa_dirasakan_radius' as indikator_kode,
    '13.71' as kode_wilayah,
    'bulan' as periode_jenis,
    bulan.bulan_mulai as periode_mulai,
    bulan.bulan_selesai as periode_selesai,
    bulan.bulan_nama || ' ' || bulan.tahun as periode_label,
    coalesce(gempa.jumlah, 0)::numeric as pembilang,
    null::numeric as penyebut,
    null::numeric as nilai_median,
    null::numeric as nilai_lapor,
    false as is_belum_lengkap,
    coalesce(gempa.is_simulasi, bulan.is_simulasi) as is_simulasi
from bulan
left join gempa on bulan.bulan_mulai = gempa.bulan_mulai
