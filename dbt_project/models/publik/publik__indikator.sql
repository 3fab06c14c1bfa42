{{ config(post_hook="analyze {{ this }}") }}

-- Approved public indicators. A hidden value takes with it whatever is derived from it.
with
    dirangkai as (
        select
            indikator.*,
            kini.sel_kecil,
            kini.disembunyikan_karena,
            kini.pembilang as pembilang_terbit,
            kini.nilai as nilai_terbit,
            kini.disembunyikan_karena is not null as is_tersembunyi,
            bool_or(kini.disembunyikan_karena is not null and indikator.wilayah_tingkat = 'kecamatan') over (
                partition by indikator.indikator_kode, indikator.periode_mulai
            ) as is_ada_kecamatan_tersembunyi,
            bool_or(kini.disembunyikan_karena is not null) over (
                partition by indikator.indikator_kode, indikator.periode_mulai, indikator.wilayah_tingkat
            ) as is_ada_setingkat_tersembunyi,
            kota.nilai as kota_terbit,
            sebelum.nilai as sebelumnya_terbit,
            tahun_lalu.nilai as tahun_lalu_terbit
        from {{ ref("mart__indikator") }} as indikator
        inner join
            {{ ref("int_publik__sel") }} as kini
            on indikator.indikator_kode = kini.indikator_kode
            and indikator.wilayah_kode = kini.wilayah_kode
            and indikator.periode_mulai = kini.periode_mulai
        left join
            {{ ref("int_publik__sel") }} as kota
            on indikator.indikator_kode = kota.indikator_kode
            and kota.wilayah_kode = '{{ var("kode_kota") }}'
            and indikator.periode_mulai = kota.periode_mulai
        left join
            {{ ref("int_publik__sel") }} as sebelum
            on indikator.indikator_kode = sebelum.indikator_kode
            and indikator.wilayah_kode = sebelum.wilayah_kode
            and indikator.periode_sebelum = sebelum.periode_mulai
        left join
            {{ ref("int_publik__sel") }} as tahun_lalu
            on indikator.indikator_kode = tahun_lalu.indikator_kode
            and indikator.wilayah_kode = tahun_lalu.wilayah_kode
            and indikator.periode_tahun_lalu = tahun_lalu.periode_mulai
    ),

    disajikan as (
        select
            *,
            case
                disembunyikan_karena
                when 'sel_kecil'
                then '<' || sel_kecil
                when 'pelindung'
                then 'disembunyikan'
                when 'induk'
                then 'disembunyikan'
                else nilai_teks
            end as teks_terbit,
            case when not is_tersembunyi then penyebut end as penyebut_terbit,
            case when not is_tersembunyi then penyebut_asal end as penyebut_asal_terbit,
            case when not is_tersembunyi then nilai_lapor end as nilai_lapor_terbit,
            case when is_tersembunyi then 'tidak_tersedia' else status end as status_terbit,
            -- Which places are missing in a ranking, and which are held twice, bounds who is missing.
            case when not is_ada_setingkat_tersembunyi then peringkat end as peringkat_terbit,
            case when not is_ada_setingkat_tersembunyi then jumlah_wilayah end as jumlah_wilayah_terbit,
            -- A mean of rates is a second equation beside the sum of counts.
            case when not is_ada_kecamatan_tersembunyi then rerata_kecamatan end as rerata_kecamatan_terbit,
            case when sel_kecil is null then rerata_setingkat end as rerata_setingkat_terbit,
            case when sel_kecil is null then rerata_seinduk end as rerata_seinduk_terbit,
            nilai_terbit - sebelumnya_terbit as perubahan_terbit,
            nilai_terbit - tahun_lalu_terbit as perubahan_tahunan_terbit
        from dirangkai
    )

select
    {{
        indikator_columns(
            {
                "pembilang": "pembilang_terbit",
                "penyebut": "penyebut_terbit",
                "penyebut_asal": "penyebut_asal_terbit",
                "nilai": "nilai_terbit",
                "nilai_teks": "teks_terbit",
                "nilai_lapor": "nilai_lapor_terbit",
                "peringkat": "peringkat_terbit",
                "jumlah_wilayah": "jumlah_wilayah_terbit",
                "rerata_kecamatan": "rerata_kecamatan_terbit",
                "nilai_kota": "kota_terbit",
                "rerata_setingkat": "rerata_setingkat_terbit",
                "rerata_seinduk": "rerata_seinduk_terbit",
                "nilai_sebelumnya": "sebelumnya_terbit",
                "perubahan": "perubahan_terbit",
                "nilai_tahun_lalu": "tahun_lalu_terbit",
                "perubahan_tahunan": "perubahan_tahunan_terbit",
                "status": "status_terbit",
            }
        )
    }}
from disajikan
