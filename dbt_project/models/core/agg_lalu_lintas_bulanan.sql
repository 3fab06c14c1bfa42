with
    jam as (
        select
            jam.kode_simpang,
            jam.pendekat,
            date_trunc('month', jam.tanggal)::date as bulan_mulai,
            extract(hour from {{ wib("jam.jam_mulai") }}) in (7, 8, 16, 17) as is_jam_puncak,
            jam.jumlah_interval,
            jam.kendaraan_unit,
            jam.volume_skr,
            jam.kecepatan_kali_unit,
            jam.kendaraan_berkecepatan_unit,
            jam.volume_skr >= {{ var("dj_jenuh") }} * pendekat.kapasitas_skr_jam * jam.jumlah_interval * 0.25 as is_jenuh,
            jam.volume_skr / nullif(pendekat.kapasitas_skr_jam * jam.jumlah_interval * 0.25, 0) as dj,
            jam.is_simulasi
        from {{ ref("agg_lalu_lintas_jam") }} as jam
        left join
            {{ ref("dim_pendekat") }} as pendekat
            on jam.kode_simpang = pendekat.kode_simpang
            and jam.pendekat = pendekat.pendekat
    )

select
    kode_simpang,
    pendekat,
    bulan_mulai,
    sum(jumlah_interval)::bigint as jumlah_interval,
    sum(kendaraan_unit)::bigint as kendaraan_unit,
    sum(volume_skr) as volume_skr,
    coalesce(sum(volume_skr) filter (where is_jam_puncak), 0) as volume_puncak_skr,
    coalesce(sum(jumlah_interval) filter (where is_jam_puncak), 0)::bigint as jumlah_interval_puncak,
    count(*) filter (where is_jenuh) as jam_jenuh,
    round(max(dj), 4) as dj_tertinggi,
    sum(kecepatan_kali_unit) as kecepatan_kali_unit,
    sum(kendaraan_berkecepatan_unit)::bigint as kendaraan_berkecepatan_unit,
    bool_or(is_simulasi) as is_simulasi
from jam
group by kode_simpang, pendekat, bulan_mulai
