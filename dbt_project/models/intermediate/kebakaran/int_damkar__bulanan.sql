{%- set jumlah = [
    "jumlah_kebakaran",
    "jumlah_penyelamatan",
    "jumlah_kejadian",
    "jumlah_waktu_sah",
    "jumlah_tanggap_15mnt",
    "kerugian_idr",
    "korban_jiwa",
] -%}

with
    agregat as (select * from {{ ref("agg_damkar_bulanan") }}),

    petak as ({{ monthly_grid("agregat", jumlah + ["waktu_tanggap_median_menit"]) }})

-- A month without a fire is a zero, not a gap: the register is complete.
select
    kode_wilayah,
    tingkat,
    bulan_mulai,
    {%- for nama in jumlah %} coalesce({{ nama }}, 0) as {{ nama }}, {%- endfor %}
    waktu_tanggap_median_menit,
    is_simulasi
from petak
