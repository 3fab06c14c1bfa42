with
    petak as (select * from {{ ref("int_damkar__bulanan") }})

    {{
        per_indicator(
            "petak",
            "bulan",
            "bulan_mulai",
            {
                "jumlah_kebakaran": {"pembilang": "jumlah_kebakaran"},
                "jumlah_penyelamatan": {"pembilang": "jumlah_penyelamatan"},
                "waktu_tanggap": {
                    "nilai_langsung": "waktu_tanggap_median_menit",
                    "penyebut": "jumlah_waktu_sah",
                    "where": "petak.tingkat <> 'kelurahan'",
                },
                "persen_tanggap_15mnt": {
                    "pembilang": "jumlah_tanggap_15mnt",
                    "penyebut": "jumlah_kejadian",
                    "where": "petak.tingkat <> 'kelurahan'",
                },
                "kerugian_kebakaran": {
                    "pembilang": "kerugian_idr",
                    "alasan_sementara": missing_members(
                        "jumlah_kerugian_ditaksir", "jumlah_kebakaran", "kebakaran ditaksir"
                    ),
                    "where": "petak.tingkat <> 'kelurahan'",
                },
                "korban_kebakaran": {
                    "pembilang": "korban_jiwa",
                    "alasan_sementara": missing_members(
                        "jumlah_korban_didata", "jumlah_kebakaran", "kebakaran didata"
                    ),
                    "where": "petak.tingkat <> 'kelurahan'",
                },
            },
            hari_sama=true,
        )
    }}
