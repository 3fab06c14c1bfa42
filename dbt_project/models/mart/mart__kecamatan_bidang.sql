{{
    config(
        meta={"camat_access": "rows"},
        indexes=[{"columns": ["wilayah_kode", "bulan"], "unique": true}],
    )
}}

{%- set bidang = [
    "bencana",
    "kesehatan",
    "kebakaran",
    "lalu_lintas",
    "pengaduan",
    "program",
    "kependudukan",
    "infrastruktur",
    "wilayah",
    "agenda",
    "isu",
    "pilkada",
] -%}

select
    wilayah_kode,
    wilayah_nama as kecamatan,
    kode_kecamatan,
    bulan,
    bulan_label,
    bulan_urutan,
    is_terkini,
    {{
        tautan_saringan(
            "'wilayah'",
            "wilayah_nama",
            [("wilayah", "wilayah_nama", "wilayah_nama"), ("bulan", "bulan_label", "bulan_label")],
        )
    }} as wilayah_tautan,
    {% for domain in bidang -%}
        coalesce(max(status_teks) filter (where domain = '{{ domain }}'), '– tidak tersedia') as {{ domain }},
    {% endfor -%}
    max(label_data) as label_data
from {{ ref("mart__bidang") }}
where wilayah_tingkat = 'kecamatan'
group by wilayah_kode, wilayah_nama, kode_kecamatan, bulan, bulan_label, bulan_urutan, is_terkini
