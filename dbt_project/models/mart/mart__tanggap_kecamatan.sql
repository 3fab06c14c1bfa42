{{ config(meta={"camat_access": "rows"}) }}

with
    setahun as ({{ setahun_terakhir("damkar_kejadian") }}),

    diukur as (
        select
            kejadian.kode_kecamatan,
            count(kejadian.waktu_tanggap_menit) as jumlah,
            (percentile_cont(0.5) within group (order by kejadian.waktu_tanggap_menit))::numeric as median_menit,
            (percentile_cont(0.9) within group (order by kejadian.waktu_tanggap_menit))::numeric as p90_menit
        from {{ ref("fct_kejadian_damkar") }} as kejadian
        inner join setahun on kejadian.bulan_mulai between setahun.bulan_awal and setahun.bulan_akhir
        group by kejadian.kode_kecamatan
    ),

    asal as (select bool_or(is_simulasi) as is_simulasi from {{ ref("fct_kejadian_damkar") }})

select
    wilayah.kode_kecamatan,
    wilayah.nama as kecamatan,
    coalesce(diukur.jumlah, 0)::int as jumlah_kejadian,
    wilayah.nama || ' (' || {{ indonesian_number("coalesce(diukur.jumlah, 0)", 0) }} || ')' as kecamatan_teks,
    trim_scale(round(diukur.median_menit, 2)) as median_menit,
    {{ nilai_bersatuan("diukur.median_menit", "'menit'", 1) }} as median_teks,
    trim_scale(round(diukur.p90_menit, 2)) as p90_menit,
    {{ nilai_bersatuan("diukur.p90_menit", "'menit'", 1) }} as p90_teks,
    setahun.periode_label,
    {{ data_sampai_teks("setahun.data_per", "setahun.is_lama") }} as data_sampai_teks,
    {{ label_simulasi("asal.is_simulasi") }} as label_data,
    setahun.data_per
from {{ ref("dim_wilayah_kini") }} as wilayah
cross join setahun
cross join asal
left join diukur on wilayah.kode_kecamatan = diukur.kode_kecamatan
where wilayah.tingkat = 'kecamatan'
