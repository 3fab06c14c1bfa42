{{
    config(
        materialized="view",
        meta={
            "camat_access": "all",
            "alasan_camat": "Umur dan banyaknya baris satu kiriman; tidak memuat isi data maupun alasan penolakan.",
        },
    )
}}
{{ kesegaran_sumber() }}
