{%- set uraian = {
    "gangguan_ketertiban": "Gangguan ketertiban",
    "titik_sampah_liar": "Titik sampah liar",
    "lampu_jalan_padam": "Lampu jalan padam",
} -%}
{%- set jumlah = {"melapor": "count(distinct kode_kelurahan)"} -%}
{%- set ukuran = {
    "kelurahan_melapor": {
        "pembilang": "melapor",
        "penyebut": "jumlah_kelurahan",
        "alasan_sementara": missing_members("melapor", "jumlah_kelurahan", "kelurahan"),
        "where": "petak.tingkat <> 'kelurahan'",
    },
} -%}
{%- for kode, teks in uraian.items() -%}
    {%- set diisi = "filter (where uraian = '" ~ teks ~ "' and jumlah is not null)" -%}
    {%- do jumlah.update({kode: "sum(jumlah) " ~ diisi, kode ~ "_diisi": "count(distinct kode_kelurahan) " ~ diisi}) -%}
    {%- do ukuran.update(
        {
            kode: {
                "pembilang": kode,
                "alasan_sementara": missing_members(kode ~ "_diisi", "jumlah_kelurahan", "kelurahan"),
            }
        }
    ) -%}
{%- endfor %}

with
    isian as ({{ roll_up(ref("fct_isian_kelurahan"), jumlah) }}),

    petak as (
        select isian.*, wilayah.tingkat, coalesce(wilayah.jumlah_kelurahan, 1) as jumlah_kelurahan
        from isian
        inner join {{ ref("dim_wilayah_kini") }} as wilayah on isian.kode_wilayah = wilayah.kode_wilayah
    )

    {{ per_indicator("petak", "bulan", "bulan_mulai", ukuran) }}
