{{
    config(
        meta={"camat_access": "rows"},
        pre_hook="set local enable_mergejoin= off",
        indexes=[
            {
                "columns": ["indikator_kode", "wilayah_kode", "periode_mulai"],
                "unique": true,
            },
            {"columns": ["kode_kecamatan", "periode_mulai"]},
        ],
    )
}}

-- Without the setting the same period of the year before is looked for among all periods of an area: 4,364,476 rows
-- for nothing.
with
    dinilai as (
        select
            *,
            (
                is_diperingkat and wilayah_tingkat <> 'kota' and nilai is not null and penyebut >= penyebut_min
            ) as is_sebanding,
            -- The lower, the better.
            case when arah = 'turun_baik' then nilai else - nilai end as urutan,
            is_belum_lengkap as is_sementara
        from {{ ref("int_indikator__nilai") }}
    ),

    dibandingkan as (
        select
            *,
            case
                when is_sebanding
                then
                    rank() over (
                        partition by indikator_kode, periode_mulai, wilayah_tingkat, is_sebanding order by urutan
                    )
            end as urutan_ke,
            case
                when is_diperingkat and wilayah_tingkat <> 'kota'
                then count(*) filter (where is_sebanding) over setingkat
            end as banyak_sebanding,
            avg(nilai) filter (where wilayah_tingkat = 'kecamatan') over seperiode as rata_kecamatan,
            max(nilai) filter (where wilayah_tingkat = 'kota') over seperiode as nilai_kota,
            avg(nilai) over setingkat as rata_setingkat,
            avg(nilai) over seinduk as rata_seinduk
        from dinilai
        window
            seperiode as (partition by indikator_kode, periode_mulai),
            setingkat as (partition by indikator_kode, periode_mulai, wilayah_tingkat),
            seinduk as (partition by indikator_kode, periode_mulai, wilayah_tingkat, induk_kode)
    ),

    -- Only what is final is compared: a month of which ten days are there is no fall to a third.
    tetap as (select * from dinilai where not is_sementara),

    disandingkan as (
        select kini.*, sebelum.nilai as nilai_sebelumnya, tahun_lalu.nilai as nilai_tahun_lalu
        from dibandingkan as kini
        left join
            tetap as sebelum
            on kini.indikator_kode = sebelum.indikator_kode
            and kini.wilayah_kode = sebelum.wilayah_kode
            and kini.periode_sebelum = sebelum.periode_mulai
            and not kini.is_sementara
        left join
            tetap as tahun_lalu
            on kini.indikator_kode = tahun_lalu.indikator_kode
            and kini.wilayah_kode = tahun_lalu.wilayah_kode
            and kini.periode_tahun_lalu = tahun_lalu.periode_mulai
            and not kini.is_sementara
    ),

    disajikan as (
        select
            *,
            coalesce({{ indonesian_number("nilai", "desimal") }}, '–') as nilai_teks,
            urutan_ke::int as peringkat,
            banyak_sebanding::int as jumlah_wilayah,
            trim_scale(round(rata_kecamatan, 4)) as rerata_kecamatan,
            trim_scale(round(rata_setingkat, 4)) as rerata_setingkat,
            trim_scale(round(rata_seinduk, 4)) as rerata_seinduk,
            nilai - nilai_sebelumnya as perubahan,
            nilai - nilai_tahun_lalu as perubahan_tahunan,
            nilai - nilai_hari_sama_sebelumnya as perubahan_hari_sama,
            {{ status_nilai("nilai", "arah", "ambang_baik", "ambang_waspada", "ambang_siaga") }} as status,
            alasan_sementara as sementara_karena,
            date_trunc('second', {{ local_until("data_per_at") }}) as data_per,
            {{ label_simulasi("is_simulasi") }} as label_data
        from disandingkan
    )

select {{ indikator_columns() }}, nilai_hari_sama_sebelumnya, perubahan_hari_sama
from disajikan
