{{
    config(
        materialized="incremental",
        incremental_strategy="ganti",
        perubahan={
            "source": "dishub_hitung",
            "table": "hitungan",
            "kunci": {
                "kode_simpang": "kode_simpang",
                "pendekat": "pendekat",
                "bulan_mulai": "date_trunc('month', mulai_at at time zone 'Asia/Jakarta')::date",
            },
        },
        on_schema_change="fail",
        indexes=[{"columns": ["kode_simpang", "pendekat", "bulan_mulai"], "unique": true}],
    )
}}

{% set jumlah %}
    sum(jam.jumlah_interval)::bigint as jumlah_interval,
    sum(jam.kendaraan_unit)::bigint as kendaraan_unit,
    sum(jam.volume_skr) as volume_skr,
    coalesce(sum(jam.volume_skr) filter (where extract(hour from {{ wib("jam.jam_mulai") }}) in (7, 8, 16, 17)), 0)
    as volume_puncak_skr,
    coalesce(
        sum(jam.jumlah_interval) filter (where extract(hour from {{ wib("jam.jam_mulai") }}) in (7, 8, 16, 17)), 0
    )::bigint as jumlah_interval_puncak,
    max(jam.volume_skr / (jam.jumlah_interval * 0.25)) as volume_jam_tertinggi_skr,
    sum(jam.kecepatan_kali_unit) as kecepatan_kali_unit,
    sum(jam.kendaraan_berkecepatan_unit)::bigint as kendaraan_berkecepatan_unit,
    bool_or(jam.is_simulasi) as is_simulasi
{% endset %}

-- Without the capacities, which may change without a count having changed.
{% if is_incremental() %}
    select ubah.kode_simpang, ubah.pendekat, ubah.bulan_mulai, bulan.*
    from pg_temp.{{ tabel_ubah() }} as ubah
    cross join
        lateral(
            select {{ jumlah }}
            from {{ ref("agg_lalu_lintas_jam") }} as jam
            where
                jam.kode_simpang = ubah.kode_simpang
                and jam.pendekat = ubah.pendekat
                and jam.jam_mulai >= ubah.bulan_mulai::timestamp at time zone 'Asia/Jakarta'
                and jam.jam_mulai < (ubah.bulan_mulai + interval '1 month') at time zone 'Asia/Jakarta'
            having count(*) > 0
        ) as bulan
{% else %}
    select jam.kode_simpang, jam.pendekat, date_trunc('month', jam.tanggal)::date as bulan_mulai, {{ jumlah }}
    from {{ ref("agg_lalu_lintas_jam") }} as jam
    group by jam.kode_simpang, jam.pendekat, date_trunc('month', jam.tanggal)::date
{% endif %}
