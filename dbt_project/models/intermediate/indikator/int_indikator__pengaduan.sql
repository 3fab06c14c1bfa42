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
    keadaan as (
        select {{ local_until("data_per_at") }}::date as per_tanggal
        from {{ ref("int_sumber__keadaan") }}
        where source = 'diskominfo_lapor'
    ),

    hari_ini as (
        select keadaan.per_tanggal, tanggal.hari_kerja_ke
        from keadaan
        inner join {{ ref("dim_tanggal") }} as tanggal on keadaan.per_tanggal = tanggal.tanggal
    ),

    -- Due: settled, or its limit has passed.
    laporan as (
        select
            fakta.*,
            (
                fakta.is_didisposisi
                and (fakta.is_selesai or hari_ini.hari_kerja_ke - fakta.laporan_hari_ke > fakta.batas_hari_kerja)
            ) as is_jatuh_tempo
        from {{ ref("fct_laporan_pengaduan") }} as fakta
        cross join hari_ini
    ),

    masuk as ({{ roll_up("laporan", jumlah) }}),

    -- A month is ripe when even the longest limit of a report of its last day has passed.
    matang as (
        select bulan.bulan_mulai, min(tanggal.tanggal) as matang_tanggal
        from {{ ref("dim_tanggal") }} as bulan
        cross join (select max(hari_kerja) as hari_kerja from {{ ref("ref_sla_pengaduan") }}) as batas
        left join {{ ref("dim_tanggal") }} as tanggal on tanggal.hari_kerja_ke > bulan.hari_kerja_ke + batas.hari_kerja
        where bulan.tanggal = bulan.bulan_selesai
        group by bulan.bulan_mulai
    ),

    kisi as ({{ monthly_grid("masuk", jumlah, "diskominfo_lapor") }}),

    petak as (
        select
            kisi.*,
            case
                when matang.matang_tanggal is null or hari_ini.per_tanggal < matang.matang_tanggal
                then
                    'batas terpanjang belum lewat'
                    || coalesce(', matang ' || to_char(matang.matang_tanggal, 'DD-MM-YYYY'), '')
            end as belum_matang
        from kisi
        cross join hari_ini
        inner join matang on kisi.bulan_mulai = matang.bulan_mulai
    ),

    -- From a month on whose reports did not come, nobody knows how many are still open.
    celah as (
        select min(periode_mulai) as bulan_mulai
        from
            (
                select periode_mulai, cakupan, min(periode_mulai) over () as awal
                from {{ ref("int_sumber__periode") }}
                where source = 'diskominfo_lapor' and periode_jenis = 'bulan'
            ) as bulan
        where cakupan <> 'penuh' and periode_mulai > awal
    ),

    akhir_bulan as (
        select tanggal.bulan_mulai, tanggal.hari_kerja_ke, tanggal.tanggal
        from {{ ref("dim_tanggal") }} as tanggal
        cross join hari_ini
        where
            tanggal.tanggal = least(tanggal.bulan_selesai, hari_ini.per_tanggal)
            and tanggal.bulan_mulai >= (select min(bulan_mulai) from laporan)
    ),

    terbuka as (
        select
            akhir_bulan.bulan_mulai,
            akhir_bulan.hari_kerja_ke - laporan.laporan_hari_ke as umur_hari_kerja,
            laporan.kode_kecamatan,
            laporan.is_simulasi
        from akhir_bulan
        inner join
            laporan
            on laporan.laporan_tanggal <= akhir_bulan.tanggal
            and (laporan.selesai_tanggal is null or laporan.selesai_tanggal > akhir_bulan.tanggal)
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

    panggilan as ({{ roll_up(ref("fct_panggilan_112"), panggilan) }}),

    petak_112 as ({{ monthly_grid("panggilan", panggilan, "diskominfo_112", unfilled=["median_menit"]) }})

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
    )
}}
