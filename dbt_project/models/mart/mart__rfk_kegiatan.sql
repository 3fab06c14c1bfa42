{{ config(meta={"camat_access": "rows"}) }}

{%- set ukuran = {"keuangan": "realisasi_keuangan_pct", "fisik": "realisasi_fisik_pct"} -%}

with
    {{ rfk_kegiatan() }}

    bulan_laporan as ({{ bulan_laporan() }}),

    periode as (
        select *
        from ({{ periode_sumber("adpem_rfk", "bulan") }}) as berisi
        where periode_mulai in (select bulan_mulai from kegiatan)
    ),

    terpilih as ({{ periode_per_bulan("periode") }}),

    -- Both deviations have the same direction, and each its own bands.
    ambang as (
        select
            {% for nama in ukuran %}
                {%- set deviasi = "filter (where kode = 'deviasi_" ~ nama ~ "')" %}
                max(ambang_baik) {{ deviasi }} as {{ nama }}_baik,
                max(ambang_waspada) {{ deviasi }} as {{ nama }}_waspada,
                max(ambang_siaga) {{ deviasi }} as {{ nama }}_siaga{{ "," if not loop.last }}
            {% endfor %}
        from {{ ref("dim_indikator") }}
    ),

    sumber as (select batas_jam, data_per_at from {{ ref("int_sumber__keadaan") }} where source = 'adpem_rfk'),

    dinilai as (
        select
            terpilih.bulan,
            terpilih.bulan_label,
            terpilih.bulan_urutan,
            terpilih.is_terkini,
            periode.periode_label,
            periode.cakupan,
            periode.alasan,
            kegiatan.*,
            {% for nama in ukuran %}
                {{
                    status_nilai(
                        "kegiatan.deviasi_" ~ nama ~ "_poin",
                        "'naik_baik'",
                        "ambang." ~ nama ~ "_baik",
                        "ambang." ~ nama ~ "_waspada",
                        "ambang." ~ nama ~ "_siaga",
                    )
                }} as status_{{ nama }},
            {% endfor %}
            date_trunc('second', {{ local_until("periode.data_per_at") }}) as data_per,
            terpilih.is_terkini
            and {{ sekarang() }} - sumber.data_per_at > 2 * sumber.batas_jam * interval '1 hour' as is_lama,
            {{ label_simulasi("kegiatan.is_simulasi") }} as label_data
        from terpilih
        inner join periode on terpilih.periode_mulai = periode.periode_mulai
        inner join kegiatan on terpilih.periode_mulai = kegiatan.bulan_mulai
        cross join ambang
        cross join sumber
    )

select
    kode_opd as opd_kode,
    coalesce(opd_nama, kode_opd) as opd_nama,
    coalesce(opd_singkatan, opd_nama, kode_opd) as opd_singkatan,
    kode_kecamatan,
    program,
    kode_kegiatan as kegiatan_kode,
    coalesce(kegiatan, kode_kegiatan) as kegiatan,
    bulan,
    bulan_label,
    bulan_urutan,
    is_terkini,
    bulan_mulai as periode_mulai,
    periode_label,
    pagu_idr,
    {{ nilai_bersatuan("pagu_idr", "'Rp'", 0) }} as pagu_teks,
    {% for nama, realisasi in ukuran.items() %}
        target_{{ nama }}_pct as rencana_{{ nama }}_pct,
        {{ nilai_bersatuan("target_" ~ nama ~ "_pct", "'persen'", 2) }} as rencana_{{ nama }}_teks,
        {{ realisasi }},
        {{ nilai_bersatuan(realisasi, "'persen'", 2) }} as realisasi_{{ nama }}_teks,
        deviasi_{{ nama }}_poin,
        {{ nilai_bersatuan("deviasi_" ~ nama ~ "_poin", "'poin'", 2) }} as deviasi_{{ nama }}_teks,
        status_{{ nama }},
        {{ status_teks("status_" ~ nama) }} as status_{{ nama }}_teks,
    {% endfor %}
    is_kritis,
    case when is_kritis then '■ Kritis' when is_kritis is null then '– Belum dilaporkan' else '–' end as kritis_teks,
    row_number() over (
        partition by bulan
        order by
            coalesce(is_kritis, false) desc,
            least(deviasi_keuangan_poin, deviasi_fisik_poin) nulls last,
            opd_nama,
            kode_opd,
            kode_kegiatan
    )::int as urutan,
    {{ data_sampai_teks("data_per", "is_lama") }} as data_sampai_teks,
    {{ lencana("label_data", "cakupan <> 'penuh'", "alasan") }} as lencana,
    label_data,
    data_per
from dinilai
