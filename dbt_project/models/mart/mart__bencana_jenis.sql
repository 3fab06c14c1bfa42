{{ config(meta={"camat_access": "rows"}) }}

with
    bulan_laporan as ({{ bulan_laporan() }}),

    sumber as (
        select {{ sekarang() }} - data_per_at > 2 * batas_jam * interval '1 hour' as is_lama
        from {{ ref("int_sumber__keadaan") }}
        where source = 'bpbd_kejadian'
    ),

    kejadian as (
        select
            kejadian.jenis_bencana,
            kejadian.bulan_mulai,
            coalesce(kejadian.kode_kecamatan, '{{ var("kode_kota") }}') as kode_wilayah,
            count(*) as jumlah,
            bool_or(kejadian.is_simulasi) as is_simulasi
        from {{ ref("fct_kejadian_bencana") }} as kejadian
        inner join bulan_laporan on kejadian.bulan_mulai = bulan_laporan.bulan
        where kejadian.kode_kecamatan is null or kejadian.kode_kecamatan like '{{ var("kode_kota") }}.%'
        group by
            grouping sets (
                (kejadian.jenis_bencana, kejadian.bulan_mulai),
                (kejadian.jenis_bencana, kejadian.bulan_mulai, kejadian.kode_kecamatan)
            )
        having grouping(kejadian.kode_kecamatan) = 1 or kejadian.kode_kecamatan is not null
    ),

    jenis as (select jenis_bencana, bool_or(is_simulasi) as is_simulasi from kejadian group by jenis_bencana)

-- A month that the register covers has a nought of each type; one that it does not cover has no row.
select
    wilayah.kode_wilayah as wilayah_kode,
    wilayah.nama as wilayah_nama,
    wilayah.tingkat as wilayah_tingkat,
    wilayah.kode_kecamatan,
    jenis.jenis_bencana,
    bulan_laporan.bulan,
    bulan_laporan.bulan_label,
    bulan_laporan.bulan_urutan,
    bulan_laporan.is_terkini,
    coalesce(kejadian.jumlah, 0)::int as jumlah_kejadian,
    {{ data_sampai_teks(local_until("periode.data_per_at"), "sumber.is_lama and bulan_laporan.is_terkini") }}
    as data_sampai_teks,
    {{ lencana(label_simulasi("jenis.is_simulasi"), "periode.cakupan <> 'penuh'", "periode.alasan") }} as lencana,
    {{ label_simulasi("jenis.is_simulasi") }} as label_data,
    date_trunc('second', {{ local_until("periode.data_per_at") }}) as data_per
from bulan_laporan
cross join sumber
cross join jenis
inner join ({{ periode_sumber("bpbd_kejadian", "bulan") }}) as periode on bulan_laporan.bulan = periode.periode_mulai
inner join {{ ref("dim_wilayah_kini") }} as wilayah on wilayah.tingkat in ('kota', 'kecamatan')
left join
    kejadian
    on bulan_laporan.bulan = kejadian.bulan_mulai
    and jenis.jenis_bencana = kejadian.jenis_bencana
    and wilayah.kode_wilayah = kejadian.kode_wilayah
