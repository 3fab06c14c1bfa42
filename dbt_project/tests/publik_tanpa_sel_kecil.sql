-- No small cell, and nothing that a small cell can be computed from, leaves the
-- warehouse.
with
    publik as (
        select publik.*, registrasi.sel_kecil
        from {{ ref("publik__indikator") }} as publik
        inner join {{ ref("dim_indikator") }} as registrasi on publik.indikator_kode = registrasi.kode
        where registrasi.sel_kecil is not null
    ),

    terlihat as (
        select indikator_kode, wilayah_kode, periode_mulai, 'sel kecil terlihat' as sebab
        from publik
        cross join
            lateral(values (publik.pembilang), (publik.nilai), (publik.nilai_kota), (publik.nilai_sebelumnya)) as angka(
                nilai_angka
            )
        where angka.nilai_angka > 0 and angka.nilai_angka < publik.sel_kecil
    ),

    terhitung as (
        select
            indikator_kode,
            min(wilayah_kode) as wilayah_kode,
            periode_mulai,
            'satu sel tersembunyi dapat dihitung dari jumlahnya' as sebab
        from publik
        where wilayah_tingkat = 'kecamatan' and nilai_teks <> '–'
        group by indikator_kode, periode_mulai
        having count(*) filter (where nilai is null) = 1 and max(nilai_kota) is not null
    )

select *
from terlihat
union all
select *
from terhitung
