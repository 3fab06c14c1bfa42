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
    kejadian as ({{ damkar_terhitung() }}),

    hari_sama as (
        {{
            roll_up(
                "kejadian",
                ukuran_damkar(),
                hari_sama={
                    "source": "damkar_kejadian",
                    "waktu": from_local_time("coalesce(waktu_lapor, kejadian_tanggal)"),
                    "saja": true,
                },
            )
        }}
    ),

    agregat as (
        select kode_wilayah, bulan_mulai, false as is_hari_sama, {{ jumlah | join(", ") }}, is_simulasi
        from {{ ref("agg_damkar_bulanan") }}
        union all
        select kode_wilayah, bulan_mulai, is_hari_sama, {{ jumlah | join(", ") }}, is_simulasi
        from hari_sama
    ),

    petak as (
        {{
            monthly_grid(
                "agregat",
                jumlah,
                "damkar_kejadian",
                unfilled=["waktu_tanggap_median_menit"],
                told_of={"kerugian_idr": "jumlah_kebakaran", "korban_jiwa": "jumlah_kebakaran"},
                hari_sama=true,
            )
        }}
    )

select kode_wilayah, tingkat, bulan_mulai, is_hari_sama, {%- for nama in jumlah %} {{ nama }}, {%- endfor %} is_simulasi
from petak
