with
    isian as (
        {{
            roll_up(
                ref("fct_isian_kelurahan"),
                {
                    "melapor": "count(distinct kode_kelurahan)",
                    "gangguan": "sum(jumlah) filter (where uraian = 'Gangguan ketertiban')",
                    "sampah": "sum(jumlah) filter (where uraian = 'Titik sampah liar')",
                    "lampu": "sum(jumlah) filter (where uraian = 'Lampu jalan padam')",
                },
            )
        }}
    ),

    petak as (
        select isian.*, wilayah.tingkat, coalesce(wilayah.jumlah_kelurahan, 1) as jumlah_kelurahan
        from isian
        inner join {{ ref("dim_wilayah_kini") }} as wilayah on isian.kode_wilayah = wilayah.kode_wilayah
    )

    {{
        per_indicator(
            "petak",
            "bulan",
            "bulan_mulai",
            {
                "kelurahan_melapor": {
                    "pembilang": "melapor",
                    "penyebut": "jumlah_kelurahan",
                    "where": "petak.tingkat <> 'kelurahan'",
                },
                "gangguan_ketertiban": {"pembilang": "gangguan"},
                "titik_sampah_liar": {"pembilang": "sampah"},
                "lampu_jalan_padam": {"pembilang": "lampu"},
            },
            alasan_sementara=missing_members("melapor", "jumlah_kelurahan", "kelurahan"),
        )
    }}
