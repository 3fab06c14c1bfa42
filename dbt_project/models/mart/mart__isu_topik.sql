{{
    config(
        meta={
            "camat_access": "all",
            "alasan_camat": "Berita tentang kota, dihitung per topik dan hari; tidak menyebut wilayah, media, atau orang.",
        }
    )
}}

with
    sumber as (
        select
            data_per_at,
            batas_jam,
            date_trunc('second', {{ local_until("data_per_at") }}) as data_per,
            {{ local_until("data_per_at") }}::date as hari_akhir
        from {{ ref("int_sumber__keadaan") }}
        where source = 'media_berita'
    ),

    -- The same headline in the same hour is one item. Of several moods the first in the alphabet counts: negatif,
    -- netral, positif.
    berita as (
        select
            fakta.topik,
            {{ local_time("fakta.jam_mulai") }}::date as tanggal,
            fakta.jam_mulai,
            fakta.judul_kunci,
            min(fakta.sentimen) as sentimen,
            bool_or(fakta.is_simulasi) as is_simulasi
        from {{ ref("fct_berita") }} as fakta
        cross join sumber
        where {{ local_time("fakta.terbit_at") }}::date between sumber.hari_akhir - 55 and sumber.hari_akhir
        group by fakta.topik, fakta.jam_mulai, fakta.judul_kunci
    ),

    media as (
        select fakta.topik, count(distinct fakta.media) as jumlah_sumber
        from {{ ref("fct_berita") }} as fakta
        cross join sumber
        where {{ local_time("fakta.terbit_at") }}::date between sumber.hari_akhir - 27 and sumber.hari_akhir
        group by fakta.topik
    ),

    -- A topic is shown when it is many people's: enough items, of enough media, within four weeks.
    layak as (
        select berita.topik, count(*) as jumlah_28_hari, min(media.jumlah_sumber) as jumlah_sumber
        from berita
        cross join sumber
        inner join media on berita.topik = media.topik
        where berita.tanggal > sumber.hari_akhir - 28
        group by berita.topik
        having count(*) >= {{ var("isu_berita_min") }} and min(media.jumlah_sumber) >= {{ var("isu_sumber_min") }}
    ),

    harian as (
        select
            layak.topik,
            layak.jumlah_28_hari,
            layak.jumlah_sumber,
            hari.tanggal,
            count(berita.judul_kunci) as volume,
            count(berita.judul_kunci) filter (where berita.sentimen = 'positif') as positif,
            count(berita.judul_kunci) filter (where berita.sentimen = 'negatif') as negatif,
            bool_or(berita.is_simulasi) as is_simulasi
        from layak
        cross join sumber
        inner join {{ ref("dim_tanggal") }} as hari on hari.tanggal between sumber.hari_akhir - 55 and sumber.hari_akhir
        left join berita on layak.topik = berita.topik and hari.tanggal = berita.tanggal
        group by layak.topik, layak.jumlah_28_hari, layak.jumlah_sumber, hari.tanggal
    ),

    dibanding as (
        select
            *,
            avg(volume) over empat_minggu as rerata,
            stddev_samp(volume) over empat_minggu as simpangan,
            bool_or(is_simulasi) over (partition by topik) as is_topik_simulasi
        from harian
        window empat_minggu as (partition by topik order by tanggal rows between 28 preceding and 1 preceding)
    )

select
    dibanding.topik,
    dibanding.tanggal,
    {{ tanggal_teks("dibanding.tanggal") }} as tanggal_teks,
    dibanding.volume,
    dibanding.positif,
    dibanding.negatif,
    round(100.0 * (dibanding.positif - dibanding.negatif) / nullif(dibanding.volume, 0), 1) as sentimen_bersih_persen,
    dibanding.jumlah_28_hari,
    dibanding.jumlah_sumber,
    round(dibanding.rerata, 2) as rerata_28_hari,
    round((dibanding.volume - dibanding.rerata) / nullif(dibanding.simpangan, 0), 1) as lonjakan,
    case
        when
            dibanding.volume >= {{ var("isu_lonjakan_berita_min") }}
            and dibanding.volume > dibanding.rerata + {{ var("isu_lonjakan_simpangan") }} * dibanding.simpangan
        then
            '▲ Lonjakan: '
            || {{ indonesian_number("dibanding.volume", 0) }}
            || ' berita, rata-rata '
            || {{ indonesian_number("dibanding.rerata", 1) }}
            || ' sehari'
        else '–'
    end as lonjakan_teks,
    {{
        data_sampai_teks(
            "sumber.data_per",
            "extract(epoch from " ~ sekarang() ~ " - sumber.data_per_at) / 3600 > 2 * sumber.batas_jam",
        )
    }} as data_sampai_teks,
    {{ label_simulasi("dibanding.is_topik_simulasi") }} as label_data,
    sumber.data_per
from dibanding
cross join sumber
where dibanding.tanggal > sumber.hari_akhir - 28
