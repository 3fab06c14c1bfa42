{{ config(severity="warn") }}

-- G2: more than a tenth of a city's count in the last year has no kecamatan.
with
    setahun as (
        select bagian.indikator_kode, wilayah.tingkat, sum(bagian.pembilang) as jumlah
        from {{ ref("int_indikator__bagian") }} as bagian
        inner join
            {{ ref("dim_indikator") }} as indikator
            on bagian.indikator_kode = indikator.kode
            and indikator.is_aditif
            and indikator.level_estimasi <> 'kota'
            and indikator.periode_jenis in ('bulan', 'minggu_epid')
        inner join {{ ref("dim_wilayah_kini") }} as wilayah on bagian.kode_wilayah = wilayah.kode_wilayah
        where bagian.periode_mulai > {{ local_time("indikator.data_per_at") }}::date - 365
        group by bagian.indikator_kode, wilayah.tingkat
    )

select kota.indikator_kode, kota.jumlah as kota, kecamatan.jumlah as kecamatan
from setahun as kota
inner join setahun as kecamatan on kota.indikator_kode = kecamatan.indikator_kode and kecamatan.tingkat = 'kecamatan'
where kota.tingkat = 'kota' and kecamatan.jumlah < 0.9 * kota.jumlah
