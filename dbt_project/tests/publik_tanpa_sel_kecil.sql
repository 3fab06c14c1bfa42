-- No small cell, and nothing that a small cell can be computed from, leaves the
-- warehouse.
with
    publik as (
        select publik.*, registrasi.sel_kecil, registrasi.cara
        from {{ ref("publik__indikator") }} as publik
        inner join {{ ref("dim_indikator") }} as registrasi on publik.indikator_kode = registrasi.kode
        where registrasi.sel_kecil is not null
    ),

    terlihat as (
        select indikator_kode, wilayah_kode, periode_mulai, 'sel kecil terlihat' as sebab
        from publik
        cross join
            lateral(
                values
                    (publik.pembilang, true),
                    (publik.nilai, publik.cara = 'jumlah'),
                    (publik.nilai_kota, publik.cara = 'jumlah'),
                    (publik.nilai_sebelumnya, publik.cara = 'jumlah'),
                    (publik.nilai_tahun_lalu, publik.cara = 'jumlah')
            ) as angka(nilai_angka, is_banyaknya)
        where angka.is_banyaknya and angka.nilai_angka > 0 and angka.nilai_angka < publik.sel_kecil
    ),

    -- One hidden child beside a visible parent, or a hidden parent whose children are all visible.
    keluarga as (
        select
            induk.indikator_kode,
            induk.wilayah_kode,
            induk.periode_mulai,
            induk.nilai is null as is_induk_tersembunyi,
            count(*) as anak,
            count(*) filter (where anak.nilai is null and anak.nilai_teks <> '–') as tersembunyi
        from publik as induk
        inner join
            publik as anak
            on induk.indikator_kode = anak.indikator_kode
            and induk.periode_mulai = anak.periode_mulai
            and (
                (induk.wilayah_tingkat = 'kota' and anak.wilayah_tingkat = 'kecamatan')
                or (
                    induk.wilayah_tingkat = 'kecamatan'
                    and anak.wilayah_tingkat = 'kelurahan'
                    and anak.kode_kecamatan = induk.wilayah_kode
                )
            )
        where induk.nilai_teks <> '–'
        group by induk.indikator_kode, induk.wilayah_kode, induk.periode_mulai, induk.nilai
    ),

    terhitung as (
        select indikator_kode, wilayah_kode, periode_mulai, 'sel tersembunyi dapat dihitung dari jumlahnya' as sebab
        from keluarga
        where (not is_induk_tersembunyi and tersembunyi = 1) or (is_induk_tersembunyi and tersembunyi = 0)
    )

select *
from terlihat
union all
select *
from terhitung
