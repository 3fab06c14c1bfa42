{{
    config(
        materialized="incremental",
        incremental_strategy="replace_keys",
        changes={
            "source": "dishub_hitung",
            "table": "hitungan",
            "key": {
                "kode_simpang": "kode_simpang",
                "pendekat": "pendekat",
                "bulan_mulai": "date_trunc('month', " ~ local_time("mulai_at") ~ ")::date",
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
    coalesce(sum(jam.volume_skr) filter (where extract(hour from {{ local_time("jam.jam_mulai") }}) in (7, 8, 16, 17)), 0)
    as volume_puncak_skr,
    coalesce(
        sum(jam.jumlah_interval) filter (where extract(hour from {{ local_time("jam.jam_mulai") }}) in (7, 8, 16, 17)), 0
    )::bigint as jumlah_interval_puncak,
    max(jam.volume_skr / (jam.jumlah_interval * 0.25)) as volume_jam_tertinggi_skr,
    sum(jam.kecepatan_kali_unit) as kecepatan_kali_unit,
    sum(jam.kendaraan_berkecepatan_unit)::bigint as kendaraan_berkecepatan_unit,
    bool_or(jam.is_simulasi) as is_simulasi
{% endset %}

{% set dalam_bulan %}
    jam.kode_simpang = changed.kode_simpang
    and jam.pendekat = changed.pendekat
    and jam.jam_mulai >= {{ from_local_time("changed.bulan_mulai") }}
    and jam.jam_mulai < {{ from_local_time("changed.bulan_mulai + interval '1 month'") }}
{% endset %}

-- Without the capacities, which may change without a count having changed.
{{
    aggregate_changed(
        ref("agg_lalu_lintas_jam"),
        "jam",
        {
            "kode_simpang": "jam.kode_simpang",
            "pendekat": "jam.pendekat",
            "bulan_mulai": "date_trunc('month', jam.tanggal)::date",
        },
        jumlah,
        dalam_bulan,
    )
}}
