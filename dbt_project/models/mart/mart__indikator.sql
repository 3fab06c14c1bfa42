{{
    config(
        meta={"camat_access": "rows"},
        indexes=[
            {
                "columns": ["indikator_kode", "wilayah_kode", "periode_mulai"],
                "unique": true,
            },
            {"columns": ["kode_kecamatan", "periode_mulai"]},
        ],
    )
}}

with
    dihitung as (
        select
            bagian.*,
            indikator.nama as indikator_nama,
            indikator.domain,
            indikator.satuan,
            indikator.arah,
            indikator.ambang_baik,
            indikator.ambang_waspada,
            indikator.desimal,
            indikator.is_diperingkat,
            indikator.penyebut_min,
            indikator.klasifikasi,
            indikator.sumber,
            indikator.data_per_at,
            indikator.mutu,
            wilayah.nama as wilayah_nama,
            wilayah.tingkat as wilayah_tingkat,
            wilayah.kode_kecamatan,
            trim_scale(
                round(
                    case
                        indikator.cara
                        when 'jumlah'
                        then bagian.pembilang
                        when 'persen'
                        then 100 * bagian.pembilang / nullif(bagian.penyebut, 0)
                        when 'rasio'
                        then bagian.pembilang / nullif(bagian.penyebut, 0)
                        when 'per_100rb'
                        then 100000 * bagian.pembilang / nullif(bagian.penyebut, 0)
                        when 'laju'
                        then 100 * (bagian.pembilang / nullif(bagian.penyebut, 0) - 1)
                        when 'selisih'
                        then bagian.pembilang - bagian.penyebut
                        else bagian.nilai_langsung
                    end,
                    4
                )
            ) as nilai
        from {{ ref("int_indikator__bagian") }} as bagian
        inner join {{ ref("dim_indikator") }} as indikator on bagian.indikator_kode = indikator.kode
        inner join {{ ref("dim_wilayah_kini") }} as wilayah on bagian.kode_wilayah = wilayah.kode_wilayah
    ),

    dinilai as (
        select
            *,
            (
                is_diperingkat and wilayah_tingkat <> 'kota' and nilai is not null and penyebut >= penyebut_min
            ) as is_sebanding
        from dihitung
    ),

    dibandingkan as (
        select
            *,
            case
                when is_sebanding
                then
                    rank() over (
                        partition by indikator_kode, periode_mulai, wilayah_tingkat, is_sebanding
                        order by case when arah = 'turun_baik' then nilai else - nilai end
                    )
            end as peringkat,
            case
                when is_diperingkat and wilayah_tingkat <> 'kota'
                then
                    count(*) filter (where is_sebanding) over (
                        partition by indikator_kode, periode_mulai, wilayah_tingkat
                    )
            end as jumlah_wilayah,
            trim_scale(
                round(
                    avg(nilai) filter (where wilayah_tingkat = 'kecamatan') over (
                        partition by indikator_kode, periode_mulai
                    ),
                    4
                )
            ) as rerata_kecamatan,
            max(nilai) filter (where wilayah_tingkat = 'kota') over (
                partition by indikator_kode, periode_mulai
            ) as nilai_kota,
            trim_scale(
                round(avg(nilai) over (partition by indikator_kode, periode_mulai, wilayah_tingkat), 4)
            ) as rerata_setingkat,
            trim_scale(
                round(
                    avg(nilai) over (
                        partition by
                            indikator_kode,
                            periode_mulai,
                            wilayah_tingkat,
                            case when wilayah_tingkat = 'kelurahan' then kode_kecamatan end
                    ),
                    4
                )
            ) as rerata_seinduk
        from dinilai
    ),

    disandingkan as (
        select kini.*, sebelum.nilai as nilai_sebelumnya, tahun_lalu.nilai as nilai_tahun_lalu
        from dibandingkan as kini
        left join
            dihitung as sebelum
            on kini.indikator_kode = sebelum.indikator_kode
            and kini.kode_wilayah = sebelum.kode_wilayah
            and kini.periode_sebelum = sebelum.periode_mulai
        left join
            dihitung as tahun_lalu
            on kini.indikator_kode = tahun_lalu.indikator_kode
            and kini.kode_wilayah = tahun_lalu.kode_wilayah
            and kini.periode_tahun_lalu = tahun_lalu.periode_mulai
    )

select
    indikator_kode,
    indikator_nama,
    domain,
    satuan,
    arah,
    kode_wilayah as wilayah_kode,
    wilayah_nama,
    wilayah_tingkat,
    kode_kecamatan,
    periode_jenis,
    periode_mulai,
    periode_selesai,
    periode_label,
    periode_sebelum,
    periode_tahun_lalu,
    pembilang,
    penyebut,
    nilai,
    coalesce({{ indonesian_number("nilai", "desimal") }}, '–') as nilai_teks,
    nilai_lapor,
    penyebut_asal,
    peringkat::int as peringkat,
    jumlah_wilayah::int as jumlah_wilayah,
    rerata_kecamatan,
    nilai_kota,
    rerata_setingkat,
    rerata_seinduk,
    nilai_sebelumnya,
    nilai - nilai_sebelumnya as perubahan,
    nilai_tahun_lalu,
    nilai - nilai_tahun_lalu as perubahan_tahunan,
    case
        when nilai is null
        then 'tidak_tersedia'
        when ambang_baik is null
        then 'tanpa_ambang'
        when case when arah = 'turun_baik' then nilai <= ambang_baik else nilai >= ambang_baik end
        then 'baik'
        when case when arah = 'turun_baik' then nilai <= ambang_waspada else nilai >= ambang_waspada end
        then 'waspada'
        else 'buruk'
    end as status,
    mutu,
    is_belum_lengkap or periode_selesai >= {{ local_time("data_per_at") }}::date as is_sementara,
    is_simulasi,
    sumber,
    date_trunc('second', {{ local_time("data_per_at") }}) as data_per,
    {{ label_simulasi("is_simulasi") }} as label_data,
    klasifikasi
from disandingkan
