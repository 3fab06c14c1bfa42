{{
    config(
        materialized="incremental",
        incremental_strategy="ganti",
        perubahan={"source": "dishub_hitung", "table": "hitungan", "kunci": {"kode_simpang": "kode_simpang", "pendekat": "pendekat", "jam_mulai": "date_trunc('hour', mulai_at)"}},
        on_schema_change="fail",
        indexes=[
            {"columns": ["kode_simpang", "pendekat", "jam_mulai"], "unique": true},
        ],
    )
}}

select
    fakta.kode_simpang,
    fakta.pendekat,
    date_trunc('hour', fakta.mulai_at) as jam_mulai,
    min(fakta.tanggal) as tanggal,
    count(*)::int as jumlah_interval,
    sum(fakta.kendaraan_unit)::bigint as kendaraan_unit,
    sum(fakta.volume_skr) as volume_skr,
    sum(fakta.kecepatan_km_jam * fakta.kendaraan_unit) as kecepatan_kali_unit,
    (sum(fakta.kendaraan_unit) filter (where fakta.kecepatan_km_jam is not null))::bigint as kendaraan_berkecepatan_unit,
    bool_or(fakta.is_simulasi) as is_simulasi
from {{ ref("fct_lalu_lintas") }} as fakta
{% if is_incremental() %}
    inner join
        pg_temp.{{ tabel_ubah() }} as ubah
        on fakta.kode_simpang = ubah.kode_simpang
        and fakta.pendekat = ubah.pendekat
        and fakta.mulai_at >= ubah.jam_mulai
        and fakta.mulai_at < ubah.jam_mulai + interval '1 hour'
        and fakta.tanggal = {{ wib("ubah.jam_mulai") }}::date
{% endif %}
group by fakta.kode_simpang, fakta.pendekat, date_trunc('hour', fakta.mulai_at)
