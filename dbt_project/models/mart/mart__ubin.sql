{{
    config(
        meta={"camat_access": "rows"},
        indexes=[
            {
                "columns": ["indikator_kode", "wilayah_kode", "bulan"],
                "unique": true,
            },
            {"columns": ["wilayah_kode", "bulan"]},
            {"columns": ["bulan", "domain"]},
        ],
    )
}}

{{ ubin(ref("mart__indikator"), "level_estimasi") }}
