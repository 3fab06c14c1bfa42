{%- set hitungan = [
    "jumlah_interval",
    "volume_skr",
    "volume_puncak_skr",
    "jumlah_interval_puncak",
    "volume_jam_tertinggi_skr",
    "kecepatan_kali_unit",
    "kendaraan_berkecepatan_unit",
] -%}

with
    agregat as (select * from {{ ref("agg_lalu_lintas_bulanan") }}),

    bulan as (
        select bulan_mulai, max(jumlah_interval) as interval_terbanyak, bool_or(is_simulasi) as is_simulasi
        from agregat
        group by bulan_mulai
    ),

    -- An approach counts from its first month on.
    pertama as (
        select kode_simpang, pendekat, min(bulan_mulai) as bulan_awal from agregat group by kode_simpang, pendekat
    )

-- An approach has the capacity and the place that it had in the middle of the month.
select
    masa.kode_simpang,
    masa.pendekat,
    bulan.bulan_mulai,
    masa.kode_kecamatan,
    masa.kapasitas_skr_jam,
    {% for nama in hitungan %} agregat.{{ nama }}, {% endfor %}
    coalesce(agregat.jumlah_interval >= {{ var("pendekat_utuh_bagian") }} * bulan.interval_terbanyak, false) as is_utuh,
    coalesce(agregat.is_simulasi, bulan.is_simulasi) as is_simulasi
from bulan
inner join {{ ref("int_pendekat__masa") }} as masa on {{ in_force("masa", mid_month("bulan.bulan_mulai")) }}
inner join
    pertama
    on masa.kode_simpang = pertama.kode_simpang
    and masa.pendekat = pertama.pendekat
    and bulan.bulan_mulai >= pertama.bulan_awal
left join
    agregat
    on masa.kode_simpang = agregat.kode_simpang
    and masa.pendekat = agregat.pendekat
    and bulan.bulan_mulai = agregat.bulan_mulai
where agregat.kode_simpang is not null or masa.terdaftar_sampai > {{ mid_month("bulan.bulan_mulai") }}
