{%- set jumlah = [
    "jumlah_kebakaran",
    "jumlah_penyelamatan",
    "jumlah_kejadian",
    "jumlah_waktu_sah",
    "jumlah_tanggap_15mnt",
    "kerugian_idr",
    "jumlah_kerugian_ditaksir",
    "korban_jiwa",
    "jumlah_korban_didata",
    "waktu_tanggap_median_menit",
] -%}

with
    agregat as (select * from {{ ref("agg_damkar_bulanan") }}),

    petak as (
        {{
            monthly_grid(
                "agregat",
                jumlah,
                "damkar_kejadian",
                unfilled=["waktu_tanggap_median_menit"],
                told_of={"kerugian_idr": "jumlah_kebakaran", "korban_jiwa": "jumlah_kebakaran"},
            )
        }}
    )

select kode_wilayah, tingkat, bulan_mulai, {%- for nama in jumlah %} {{ nama }}, {%- endfor %} is_simulasi
from petak
