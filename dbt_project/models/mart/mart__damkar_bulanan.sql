{{ config(meta={"camat_access": "rows"}) }}

with
    kecamatan as (
        select *
        from {{ ref("int_indikator__damkar") }} as bagian
        where
            bagian.kode_wilayah in (select kode_wilayah from {{ ref("dim_wilayah_kini") }} where tingkat = 'kecamatan')
    )

select
    kecamatan.kode_wilayah as kode_kecamatan,
    wilayah.nama as kecamatan,
    kecamatan.periode_mulai as bulan,
    (max(pembilang) filter (where indikator_kode = 'jumlah_kebakaran'))::bigint as jumlah_kebakaran,
    (max(pembilang) filter (where indikator_kode = 'jumlah_penyelamatan'))::bigint as jumlah_penyelamatan,
    max(nilai_langsung) filter (where indikator_kode = 'waktu_tanggap') as waktu_tanggap_median_menit,
    round(
        max(100 * pembilang / nullif(penyebut, 0)) filter (where indikator_kode = 'persen_tanggap_15mnt'), 2
    ) as persen_tanggap_15mnt,
    {{ label_simulasi("bool_or(kecamatan.is_simulasi)") }} as label_data
from kecamatan
inner join {{ ref("dim_wilayah_kini") }} as wilayah on kecamatan.kode_wilayah = wilayah.kode_wilayah
group by kecamatan.kode_wilayah, wilayah.nama, kecamatan.periode_mulai
