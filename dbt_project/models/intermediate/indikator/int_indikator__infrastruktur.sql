with
    ketersediaan as (
        {{
            roll_up(
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
        inner join
            {{ ref("int_host__masa") }} as host
            on gangguan.host_kode = host.host_kode
            and {{ in_force("host", "gangguan.mulai_at") }}
        where gangguan.tingkat >= 3 and not gangguan.is_terencana
    ),

    pemulihan as (
        {{
            roll_up(
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

    -- Where hosts were watched, a month without an outage has none open: that is known, not missing.
    petak_pemulihan as (
        select
            bulan_mulai,
            kode_wilayah,
            pemulihan.lama_jam,
            pemulihan.pulih,
            coalesce(pemulihan.terbuka, 0) as terbuka,
            coalesce(pemulihan.is_simulasi, ketersediaan.is_simulasi) as is_simulasi
        from ketersediaan
        full join pemulihan using (bulan_mulai, kode_wilayah)
    ),

    cadangan as (
        select
            '{{ var("kode_kota") }}' as kode_wilayah,
            hitung_mulai as bulan_mulai,
            is_hari_sama,
            count(*) as pekerjaan,
            count(*) filter (where is_berhasil) as berhasil,
            bool_or(is_simulasi) as is_simulasi
        from {{ berhari_sama(ref("fct_cadangan"), "diskominfo_cadangan", from_local_time("malam_tanggal")) }}
        group by hitung_mulai, is_hari_sama
    ),

    sertifikat as (
        select
            '{{ var("kode_kota") }}' as kode_wilayah,
            date_trunc('month', {{ local_time("max(dilihat_at)") }})::date as bulan_mulai,
            min(sisa_hari) as sisa_hari,
            count(*) as titik,
            bool_or(is_simulasi) as is_simulasi
        from {{ ref("fct_sertifikat") }}
        having count(*) > 0
    )

    {{
        per_indicator(
            "ketersediaan",
            "bulan",
            "bulan_mulai",
            {
                "ketersediaan_layanan": {
                    "pembilang": "layanan_guna",
                    "penyebut": "layanan_waktu",
                    "where": "petak.kode_wilayah = '" ~ var("kode_kota") ~ "'",
                },
                "ketersediaan_jaringan": {"pembilang": "jaringan_guna", "penyebut": "jaringan_waktu"},
            },
        )
    }}

union all

{{
    per_indicator(
        "petak_pemulihan",
        "bulan",
        "bulan_mulai",
        {
            "mttr": {
                "pembilang": "lama_jam",
                "penyebut": "pulih",
                "alasan_sementara": missing_members("pulih", "(pulih + terbuka)", "gangguan pulih"),
                "where": "pulih + terbuka > 0",
            },
            "insiden_terbuka": {"pembilang": "terbuka"},
        },
    )
}}

union all

{{
    per_indicator(
        "cadangan",
        "bulan",
        "bulan_mulai",
        {"cadangan_berhasil": {"pembilang": "berhasil", "penyebut": "pekerjaan"}},
        hari_sama=true,
    )
}}

union all

{{
    per_indicator(
        "sertifikat",
        "bulan",
        "bulan_mulai",
        {"sisa_hari_sertifikat": {"nilai_langsung": "sisa_hari", "penyebut": "titik"}},
    )
}}
