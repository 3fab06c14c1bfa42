{%- set akibat = {
    "korban_meninggal": "meninggal_jiwa",
    "korban_hilang": "hilang_jiwa",
    "korban_luka": "luka_jiwa",
    "korban_mengungsi": "mengungsi_jiwa",
    "korban_terdampak": "terdampak_jiwa",
    "rumah_rusak_ringan": "rumah_ringan_unit",
    "rumah_rusak_sedang": "rumah_sedang_unit",
    "rumah_rusak_berat": "rumah_berat_unit",
} -%}
{%- set jumlah = {
    "jumlah_kejadian": "count(*)",
    "waktu_sah": "count(waktu_tanggap_menit)",
    "median_menit": "(percentile_cont(0.5) within group (order by waktu_tanggap_menit))::numeric",
} -%}
{%- set peringatan = {"jumlah": "count(distinct peringatan_kode)"} -%}
{%- set ukuran = {
    "jumlah_kejadian_bencana": {"pembilang": "jumlah_kejadian"},
    "waktu_tanggap_bencana": {
        "nilai_langsung": "median_menit",
        "penyebut": "waktu_sah",
        "where": "petak.tingkat <> 'kelurahan'",
    },
} -%}
{#- What nobody counted at an event is unknown: the others make a provisional total. -#}
{%- set didata = {} -%}
{%- for kode, kolom in akibat.items() -%}
    {%- do jumlah.update({kolom: "sum(" ~ kolom ~ ")", kolom ~ "_didata": "count(" ~ kolom ~ ")"}) -%}
    {%- do didata.update({kolom: "jumlah_kejadian"}) -%}
    {%- do ukuran.update(
        {
            kode: {
                "pembilang": kolom,
                "alasan_sementara": missing_members(kolom ~ "_didata", "jumlah_kejadian", "kejadian didata"),
            }
        }
    ) -%}
{%- endfor -%}

with
    kejadian as (
        {{ roll_up(ref("fct_kejadian_bencana"), jumlah, hari_sama={"source": "bpbd_kejadian", "waktu": "lapor_at"}) }}
    ),

    petak as (
        {{
            monthly_grid(
                "kejadian", jumlah, "bpbd_kejadian", unfilled=["median_menit"], told_of=didata, hari_sama=true
            )
        }}
    ),

    peringatan as (
        {{
            roll_up(
                "(select * from " ~ ref("fct_peringatan_cuaca") ~ " where is_sungguhan) as sungguhan",
                peringatan,
                ["kota", "kecamatan"],
                hari_sama={"source": "bmkg_nowcast", "waktu": "berlaku_at"},
            )
        }}
    ),

    petak_peringatan as (
        {{
            monthly_grid(
                "peringatan", peringatan, "bmkg_nowcast", ["kota", "kecamatan"], is_feed=true, hari_sama=true
            )
        }}
    )

    {{
        per_indicator(
            "petak",
            "bulan",
            "bulan_mulai",
            ukuran,
            hari_sama=true,
        )
    }}

union all

{{
    per_indicator(
        "petak_peringatan",
        "bulan",
        "bulan_mulai",
        {"jumlah_peringatan_cuaca": {"pembilang": "jumlah"}},
        hari_sama=true,
    )
}}
