-- Of what the public may read of months and residents already; where a month of a kecamatan is hidden, so is its rate.
with
    kecamatan as (select * from {{ ref("publik__indikator") }} where wilayah_tingkat = 'kecamatan'),

    akhir as (
        select max(periode_mulai) as bulan_akhir
        from kecamatan
        where indikator_kode = 'jumlah_kebakaran' and nilai is not null and not is_sementara
    ),

    kejadian as (
        select
            kecamatan.kode_kecamatan,
            case when count(kecamatan.nilai) = count(*) then sum(kecamatan.nilai) end as jumlah,
            count(*) as jumlah_bulan,
            min(kecamatan.periode_mulai) as bulan_awal,
            max(kecamatan.data_per) as data_per,
            max(kecamatan.label_data) as label_data
        from kecamatan
        inner join
            akhir
            on kecamatan.periode_mulai > akhir.bulan_akhir - interval '12 months'
            and kecamatan.periode_mulai <= akhir.bulan_akhir
        where kecamatan.indikator_kode = 'jumlah_kebakaran'
        group by kecamatan.kode_kecamatan
    ),

    penduduk as (
        select distinct on (kode_kecamatan) kode_kecamatan, nilai as jiwa, periode_selesai as per_tanggal, label_data
        from kecamatan
        where indikator_kode = 'jumlah_penduduk' and nilai is not null
        order by kode_kecamatan, periode_mulai desc
    ),

    laju as (
        select
            wilayah.kode_kecamatan,
            wilayah.nama as kecamatan,
            kejadian.jumlah::int as jumlah_kejadian,
            penduduk.jiwa::bigint as penduduk_jiwa,
            penduduk.per_tanggal,
            case
                when kejadian.jumlah_bulan = 12
                then trim_scale(round(10000.0 * kejadian.jumlah / nullif(penduduk.jiwa, 0), 2))
            end as nilai,
            awal.periode_label || ' – ' || ujung.periode_label as periode_label,
            kejadian.data_per,
            coalesce(kejadian.label_data, penduduk.label_data) as label_data
        from {{ ref("dim_wilayah_kini") }} as wilayah
        inner join kejadian on wilayah.kode_kecamatan = kejadian.kode_kecamatan
        cross join akhir
        left join
            {{ ref("dim_periode") }} as awal
            on awal.periode_jenis = 'bulan'
            and kejadian.bulan_awal = awal.periode_mulai
        left join
            {{ ref("dim_periode") }} as ujung
            on ujung.periode_jenis = 'bulan'
            and akhir.bulan_akhir = ujung.periode_mulai
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
    {{ data_sampai_teks("diwarnai.data_per") }} as data_sampai_teks,
    diwarnai.label_data,
    diwarnai.data_per
from diwarnai
inner join {{ ref("dim_batas_wilayah") }} as peta on diwarnai.kode_kecamatan = peta.kode_wilayah
