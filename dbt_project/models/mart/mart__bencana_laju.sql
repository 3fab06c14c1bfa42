{{ config(meta={"camat_access": "rows"}) }}

with
    setahun as ({{ setahun_terakhir("bpbd_kejadian") }}),

    kejadian as (
        select kejadian.kode_kecamatan, count(*) as jumlah
        from {{ ref("fct_kejadian_bencana") }} as kejadian
        inner join setahun on kejadian.bulan_mulai between setahun.bulan_awal and setahun.bulan_akhir
        group by kejadian.kode_kecamatan
    ),

    -- The newest count of residents, from where all domains are put together: a fault in theirs holds no disaster back.
    penduduk as (
        select distinct
            on (kode_kecamatan)
            kode_kecamatan,
            nilai as jiwa,
            periode_selesai as per_tanggal,
            label_data is not null as is_simulasi
        from {{ ref("mart__indikator") }}
        where indikator_kode = 'jumlah_penduduk' and wilayah_tingkat = 'kecamatan' and nilai is not null
        order by kode_kecamatan, periode_mulai desc
    ),

    asal as (select bool_or(is_simulasi) as is_simulasi from {{ ref("fct_kejadian_bencana") }}),

    laju as (
        select
            wilayah.kode_kecamatan,
            wilayah.nama as kecamatan,
            coalesce(kejadian.jumlah, 0)::int as jumlah_kejadian,
            penduduk.jiwa::bigint as penduduk_jiwa,
            penduduk.per_tanggal,
            trim_scale(round(10000.0 * coalesce(kejadian.jumlah, 0) / nullif(penduduk.jiwa, 0), 2)) as nilai,
            asal.is_simulasi or coalesce(penduduk.is_simulasi, false) as is_simulasi,
            setahun.periode_label,
            setahun.data_per,
            setahun.is_lama
        from {{ ref("dim_wilayah_kini") }} as wilayah
        cross join setahun
        cross join asal
        left join kejadian on wilayah.kode_kecamatan = kejadian.kode_kecamatan
        left join penduduk on wilayah.kode_kecamatan = penduduk.kode_kecamatan
        where wilayah.tingkat = 'kecamatan'
    ),

    diwarnai as (
        select
            *,
            coalesce({{ indonesian_number("nilai", 1) }}, '–') as nilai_teks,
            case when nilai is null then '#bdbdbd' else {{ warna_besar("nilai", "max(nilai) over ()") }} end as warna
        from laju
    )

select
    diwarnai.kode_kecamatan,
    diwarnai.kecamatan,
    diwarnai.jumlah_kejadian,
    diwarnai.penduduk_jiwa,
    diwarnai.per_tanggal,
    diwarnai.nilai,
    diwarnai.nilai_teks,
    {{ fitur_peta("diwarnai", "diwarnai.kecamatan", "diwarnai.warna") }},
    diwarnai.periode_label,
    {{ data_sampai_teks("diwarnai.data_per", "diwarnai.is_lama") }} as data_sampai_teks,
    {{ label_simulasi("diwarnai.is_simulasi") }} as label_data,
    diwarnai.data_per
from diwarnai
inner join {{ ref("dim_batas_wilayah") }} as peta on diwarnai.kode_kecamatan = peta.kode_wilayah
