-- G2: what is added up is never more than the whole; less means rows without a place, which g2_tanpa_wilayah names.
with
    bagian as (
        select bagian.*, wilayah.tingkat, wilayah.kode_kecamatan
        from {{ ref("int_indikator__bagian") }} as bagian
        inner join
            {{ ref("dim_indikator") }} as indikator on bagian.indikator_kode = indikator.kode and indikator.is_aditif
        inner join {{ ref("dim_wilayah_kini") }} as wilayah on bagian.kode_wilayah = wilayah.kode_wilayah
    ),

    dijumlahkan as (
        select
            indikator_kode,
            periode_mulai,
            case when tingkat = 'kelurahan' then kode_kecamatan else '{{ var("kode_kota") }}' end as kode_wilayah,
            sum(pembilang) as jumlah
        from bagian
        where tingkat <> 'kota'
        group by 1, 2, 3, tingkat
    )

select dijumlahkan.*, bagian.pembilang
from dijumlahkan
inner join
    bagian
    on dijumlahkan.indikator_kode = bagian.indikator_kode
    and dijumlahkan.periode_mulai = bagian.periode_mulai
    and dijumlahkan.kode_wilayah = bagian.kode_wilayah
where round(dijumlahkan.jumlah, 2) > round(bagian.pembilang, 2)
