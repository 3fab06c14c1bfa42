with
    ketersediaan as (
        {{
            roll_up(
                ref("agg_ketersediaan_bulanan"),
                {
                    "layanan_terdaftar": "sum(terdaftar_detik) filter (where jenis= 'layanan')",
                    "layanan_terpantau": "sum(waktu_detik) filter (where jenis= 'layanan')",
                    "jaringan_terdaftar": "sum(terdaftar_detik) filter (where jenis <> 'layanan')",
                    "jaringan_terpantau": "sum(waktu_detik) filter (where jenis <> 'layanan')",
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

    -- What was open when the month ended, whenever it began and whatever became of it since; of a host that was watched
    -- then.
    terbuka as (
        select bulan.bulan_mulai, host.kode_kecamatan, gangguan.is_simulasi
        from
            (
                select bulan_mulai, max(hingga_at) as hingga_at
                from {{ ref("agg_ketersediaan_bulanan") }}
                group by bulan_mulai
            ) as bulan
        inner join
            {{ ref("fct_gangguan") }} as gangguan
            on gangguan.mulai_at < bulan.hingga_at
            and (gangguan.pulih_at is null or gangguan.pulih_at >= bulan.hingga_at)
        inner join
            {{ ref("int_host__masa") }} as host
            on gangguan.host_kode = host.host_kode
            and host.is_dipantau
            and {{ in_force("host", "bulan.hingga_at - interval '1 second'") }}
        where gangguan.tingkat >= 3 and not gangguan.is_terencana
    ),

    jumlah_terbuka as ({{ roll_up("terbuka", {"terbuka": "count(*)"}, ["kota", "kecamatan"]) }}),

    -- Where hosts were watched, a month that ended without an outage has none open: that is known, not missing.
    petak_terbuka as (
        select
            ketersediaan.bulan_mulai,
            ketersediaan.kode_wilayah,
            coalesce(jumlah_terbuka.terbuka, 0) as terbuka,
            ketersediaan.is_simulasi
        from ketersediaan
        left join
            jumlah_terbuka
            on ketersediaan.bulan_mulai = jumlah_terbuka.bulan_mulai
            and ketersediaan.kode_wilayah = jumlah_terbuka.kode_wilayah
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
                    "alasan_sementara": partly_watched("layanan_terpantau", "layanan_terdaftar"),
                    "where": "petak.kode_wilayah = '" ~ var("kode_kota") ~ "'",
                },
                "ketersediaan_jaringan": {
                    "pembilang": "jaringan_guna",
                    "penyebut": "jaringan_waktu",
                    "alasan_sementara": partly_watched("jaringan_terpantau", "jaringan_terdaftar"),
                },
            },
        )
    }}

union all

{{
    per_indicator(
        "pemulihan",
        "bulan",
        "bulan_mulai",
        {
            "mttr": {
                "pembilang": "lama_jam",
                "penyebut": "pulih",
                "alasan_sementara": missing_members("pulih", "(pulih + terbuka)", "gangguan pulih"),
            },
        },
    )
}}

union all

{{ per_indicator("petak_terbuka", "bulan", "bulan_mulai", {"insiden_terbuka": {"pembilang": "terbuka"}}) }}

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
