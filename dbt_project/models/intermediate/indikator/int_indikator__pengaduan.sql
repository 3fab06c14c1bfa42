{%- set jumlah = {
    "masuk": "count(*)",
    "disposisi": "count(*) filter (where is_didisposisi)",
    "tindak_lanjut": "count(*) filter (where is_didisposisi and is_ditindaklanjuti)",
    "selesai": "count(*) filter (where is_didisposisi and is_selesai)",
    "jatuh_tempo": "count(*) filter (where is_jatuh_tempo)",
    "patuh": "count(*) filter (where is_jatuh_tempo and coalesce(selesai_hari_kerja <= batas_hari_kerja, false))",
} -%}
{%- set panggilan = {
    "darurat": "count(*) filter (where jenis_panggilan = 'darurat')",
    "informasi": "count(*) filter (where jenis_panggilan = 'informasi')",
    "prank": "count(*) filter (where jenis_panggilan = 'prank')",
    "ghost": "count(*) filter (where jenis_panggilan = 'ghost')",
    "kecelakaan": "count(*) filter (where kejadian = 'KECELAKAAN LALU LINTAS')",
    "diteruskan": "count(waktu_disposisi_menit)",
    "median_menit": "(percentile_cont(0.5) within group (order by waktu_disposisi_menit))::numeric",
} -%}

with
    {{ laporan_pengaduan() }}

    masuk as ({{ roll_up("laporan", jumlah, hari_sama={"source": "diskominfo_lapor", "waktu": "laporan_at"}) }}),

    kisi as ({{ monthly_grid("masuk", jumlah, "diskominfo_lapor", hari_sama=true) }}),

    petak as (
        select kisi.*, {{ belum_matang() }} as belum_matang
        from kisi
        cross join hari_ini
        inner join matang on kisi.bulan_mulai = matang.bulan_mulai
    ),

    tunggakan as (
        {{
            roll_up(
                "terbuka",
                {
                    "jumlah": "count(*)",
                    "median_hari": "(percentile_cont(0.5) within group (order by umur_hari_kerja))::numeric",
                },
                ["kota", "kecamatan"],
            )
        }}
    ),

    tunggakan_sejak as (
        select tunggakan.*, coalesce(tunggakan.bulan_mulai > celah.bulan_mulai, false) as is_bercelah
        from tunggakan
        cross join celah
    ),

    panggilan as (
        {{ roll_up(ref("fct_panggilan_112"), panggilan, hari_sama={"source": "diskominfo_112", "waktu": "terima_at"}) }}
    ),

    petak_112 as (
        {{ monthly_grid("panggilan", panggilan, "diskominfo_112", unfilled=["median_menit"], hari_sama=true) }}
    )

    {{
        per_indicator(
            "petak",
            "bulan",
            "bulan_mulai",
            {
                "laporan_masuk": {"pembilang": "masuk"},
                "persen_tindak_lanjut": {
                    "pembilang": "tindak_lanjut",
                    "penyebut": "disposisi",
                    "alasan_sementara": "belum_matang",
                    "where": "petak.tingkat <> 'kelurahan'",
                },
                "persen_selesai": {
                    "pembilang": "selesai",
                    "penyebut": "disposisi",
                    "alasan_sementara": "belum_matang",
                    "where": "petak.tingkat <> 'kelurahan'",
                },
                "kepatuhan_sla": {
                    "pembilang": "patuh",
                    "penyebut": "jatuh_tempo",
                    "alasan_sementara": "belum_matang",
                    "where": "petak.tingkat <> 'kelurahan'",
                },
            },
            hari_sama=true,
        )
    }}

union all

{{
    per_indicator(
        "tunggakan_sejak",
        "bulan",
        "bulan_mulai",
        {"umur_tunggakan": {"nilai_langsung": "median_hari", "penyebut": "jumlah"}},
        alasan_sementara="case when is_bercelah then 'laporan bulan sebelumnya ada yang tidak diterima' end",
    )
}}

union all

{{
    per_indicator(
        "petak_112",
        "bulan",
        "bulan_mulai",
        {
            "panggilan_112_darurat": {"pembilang": "darurat"},
            "panggilan_112_informasi": {"pembilang": "informasi", "where": "petak.tingkat = 'kota'"},
            "panggilan_112_prank": {"pembilang": "prank", "where": "petak.tingkat = 'kota'"},
            "panggilan_112_ghost": {"pembilang": "ghost", "where": "petak.tingkat = 'kota'"},
            "kecelakaan": {"pembilang": "kecelakaan"},
            "waktu_disposisi_112": {
                "nilai_langsung": "median_menit",
                "penyebut": "diteruskan",
                "where": "petak.tingkat <> 'kelurahan'",
            },
        },
        hari_sama=true,
    )
}}
