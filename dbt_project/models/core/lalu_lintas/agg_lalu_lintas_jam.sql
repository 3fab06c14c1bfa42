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

{% if is_incremental() %}
    select ubah.kode_simpang, ubah.pendekat, ubah.jam_mulai, jam.*
    from pg_temp.{{ tabel_ubah() }} as ubah
    cross join
        lateral(
            select {{ jumlah }}
            from {{ ref("fct_lalu_lintas") }} as fakta
            where
                fakta.kode_simpang = ubah.kode_simpang
                and fakta.pendekat = ubah.pendekat
                and fakta.mulai_at >= ubah.jam_mulai
                and fakta.mulai_at < ubah.jam_mulai + interval '1 hour'
                and fakta.tanggal = {{ wib("ubah.jam_mulai") }}::date
            having count(*) > 0
        ) as jam
{% else %}
    select fakta.kode_simpang, fakta.pendekat, date_trunc('hour', fakta.mulai_at) as jam_mulai, {{ jumlah }}
    from {{ ref("fct_lalu_lintas") }} as fakta
    group by fakta.kode_simpang, fakta.pendekat, date_trunc('hour', fakta.mulai_at)
{% endif %}
