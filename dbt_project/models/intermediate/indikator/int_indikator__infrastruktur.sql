with
    ketersediaan as (
        {{
            gulung(
                ref("agg_ketersediaan_bulanan"),
                {
                    "layanan_guna": "sum(waktu_detik - rencana_detik - putus_detik) filter (where jenis= 'layanan')",
                    "layanan_waktu": "sum(waktu_detik - rencana_detik) filter (where jenis= 'layanan')",
                    "jaringan_guna": "sum(waktu_detik - rencana_detik - putus_detik) filter (where jenis <> 'layanan')",
                    "jaringan_waktu": "sum(waktu_detik - rencana_detik) filter (where jenis <> 'layanan')",
                },
                ["kota", "kecamatan"],
            )
        }}
    ),

    gangguan as (
        select gangguan.*, host.kode_kecamatan
        from {{ ref("fct_gangguan") }} as gangguan
        inner join {{ ref("dim_host") }} as host on gangguan.host_kode = host.host_kode
        where gangguan.tingkat >= 3 and not gangguan.is_terencana
    ),

    pemulihan as (
        {{
            gulung(
                "gangguan",
                {
                    "lama_jam": "sum(lama_jam)",
                    "pulih": "count(lama_jam)",
                    "terbuka": "count(*) filter (where is_terbuka)",
                },
                ["kota", "kecamatan"],
            )
        }}
    ),

    cadangan as (
        select
            '13.71' as kode_wilayah,
            bulan_mulai,
            count(*) as pekerjaan,
            count(*) filter (where is_berhasil) as berhasil,
            bool_or(is_simulasi) as is_simulasi
        from {{ ref("fct_cadangan") }}
        group by bulan_mulai
    ),

    sertifikat as (
        select
            '13.71' as kode_wilayah,
            date_trunc('month', {{ wib("max(dilihat_at)") }})::date as bulan_mulai,
            min(sisa_hari) as sisa_hari,
            count(*) as titik,
            bool_or(is_simulasi) as is_simulasi
        from {{ ref("fct_sertifikat") }}
        having count(*) > 0
    )

    {{
        urai(
            "ketersediaan",
            "bulan",
            "bulan_mulai",
            {
                "ketersediaan_layanan": {
                    "pembilang": "layanan_guna",
                    "penyebut": "layanan_waktu",
                    "hanya": "petak.kode_wilayah = '13.71'",
                },
                "ketersediaan_jaringan": {"pembilang": "jaringan_guna", "penyebut": "jaringan_waktu"},
            },
        )
    }}

union all

{{
    urai(
        "pemulihan",
        "bulan",
        "bulan_mulai",
        {
            "mttr": {"pembilang": "lama_jam", "penyebut": "pulih", "hanya": "pulih > 0"},
            "insiden_terbuka": {"pembilang": "terbuka"},
        },
    )
}}

union all

{{
    urai(
        "cadangan", "bulan", "bulan_mulai", {"cadangan_berhasil": {"pembilang": "berhasil", "penyebut": "pekerjaan"}}
    )
}}

union all

{{
    urai(
        "sertifikat",
        "bulan",
        "bulan_mulai",
        {"sisa_hari_sertifikat": {"nilai_langsung": "sisa_hari", "penyebut": "titik"}},
    )
}}
