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
                "jam_mulai": "date_trunc('hour', mulai_at)",
            },
        },
        on_schema_change="fail",
        indexes=[
            {"columns": ["kode_simpang", "pendekat", "jam_mulai"], "unique": true},
        ],
    )
}}

{% set jumlah %}
    min(fakta.tanggal) as tanggal,
    count(*)::int as jumlah_interval,
    sum(fakta.kendaraan_unit)::bigint as kendaraan_unit,
    sum(fakta.volume_skr) as volume_skr,
    sum(fakta.kecepatan_km_jam * fakta.kendaraan_unit) as kecepatan_kali_unit,
    (sum(fakta.kendaraan_unit) filter (where fakta.kecepatan_km_jam is not null))::bigint as kendaraan_berkecepatan_unit,
    bool_or(fakta.is_simulasi) as is_simulasi
{% endset %}

{% set dalam_jam %}
    fakta.kode_simpang = changed.kode_simpang
    and fakta.pendekat = changed.pendekat
    and fakta.mulai_at >= changed.jam_mulai
    and fakta.mulai_at < changed.jam_mulai + interval '1 hour'
    and fakta.tanggal = {{ local_time("changed.jam_mulai") }}::date
{% endset %}

{{
    aggregate_changed(
        ref("fct_lalu_lintas"),
        "fakta",
        {
            "kode_simpang": "fakta.kode_simpang",
            "pendekat": "fakta.pendekat",
            "jam_mulai": "date_trunc('hour', fakta.mulai_at)",
        },
        jumlah,
        dalam_jam,
    )
}}
