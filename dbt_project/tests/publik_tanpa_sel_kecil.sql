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

    keluarga as (
        select
            induk.indikator_kode,
            induk.wilayah_kode,
            induk.periode_mulai,
            induk.sel_kecil,
            induk.pembilang as jumlah,
            count(*) filter (where anak.nilai is null and anak.nilai_teks <> '–') as tersembunyi,
            count(*) filter (where anak.nilai_teks = '<' || anak.sel_kecil) as kecil,
            count(*) filter (where anak.nilai is not null) as tampil,
            induk.pembilang - coalesce(sum(anak.pembilang), 0) as sisa
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
        group by induk.indikator_kode, induk.wilayah_kode, induk.periode_mulai, induk.sel_kecil, induk.pembilang
    ),

    -- A shown child of a hidden parent; a hidden child alone; small ones of which the rest says that all are 1, or
    -- all as
    -- large as a small cell can be.
    terhitung as (
        select indikator_kode, wilayah_kode, periode_mulai, 'sel tersembunyi dapat dihitung dari jumlahnya' as sebab
        from keluarga
        where
            (jumlah is null and tampil > 0)
            or (jumlah is not null and tersembunyi = 1)
            or (jumlah is not null and kecil > 0 and kecil = tersembunyi and sisa in (kecil, kecil * (sel_kecil - 1)))
    ),

    turunan as (
        select indikator_kode, wilayah_kode, periode_mulai, 'turunan sel tersembunyi terlihat' as sebab
        from
            (
                select
                    *,
                    bool_or(wilayah_tingkat = 'kecamatan' and nilai is null and nilai_teks <> '–') over (
                        partition by indikator_kode, periode_mulai
                    ) as is_ada_kecamatan_tersembunyi
                from publik
            ) as publik
        where
            (is_ada_kecamatan_tersembunyi and rerata_kecamatan is not null)
            or (
                nilai is null
                and nilai_teks <> '–'
                and (
                    coalesce(pembilang, penyebut, nilai_lapor, peringkat, perubahan, perubahan_tahunan) is not null
                    or status <> 'tidak_tersedia'
                )
            )
    )

select *
from terlihat
union all
select *
from terhitung
union all
select *
from turunan
