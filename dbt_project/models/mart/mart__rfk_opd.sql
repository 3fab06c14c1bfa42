{{ config(meta={"camat_access": "rows"}) }}

{%- set bawaan = [
    "kode_opd",
    "opd_nama",
    "opd_singkatan",
    "kode_kecamatan",
    "is_seluruh",
    "rencana_keuangan",
    "rencana_fisik",
    "pagu_idr",
] -%}

with
    {{ rfk_kegiatan() }}

    jumlah as (
        select
            bulan_mulai,
            kode_opd,
            opd_nama,
            opd_singkatan,
            kode_kecamatan,
            grouping(kode_opd) = 1 as is_seluruh,
            {% for nama, ukuran in rfk_jumlah().items() %} {{ ukuran }} as {{ nama }}, {% endfor %}
            sum(pagu_idr) as pagu_idr,
            bool_or(is_simulasi) as is_simulasi
        from kegiatan
        group by grouping sets ((bulan_mulai, kode_opd, opd_nama, opd_singkatan, kode_kecamatan), (bulan_mulai))
    ),

    per_opd as (
        select
            *,
            case when is_seluruh then '{{ var("kode_kota") }}' else kode_opd end as kode_wilayah,
            100 * target_keuangan / nullif(banding_pagu_keuangan, 0) as rencana_keuangan,
            100 * target_fisik / nullif(banding_pagu_fisik, 0) as rencana_fisik
        from jumlah
    ),

    bagian as ({{ per_indicator("per_opd", "bulan", "bulan_mulai", rfk_ukuran(), bawaan=bawaan) }}),

    {{ angka_opd("bagian", bawaan, "adpem_rfk", "bulan", "extract(month from periode_mulai) > 1") }},

    dengan_rencana as (
        select
            *,
            trim_scale(
                round(
                    case
                        indikator_kode
                        when 'realisasi_keuangan'
                        then rencana_keuangan
                        when 'realisasi_fisik'
                        then rencana_fisik
                    end,
                    4
                )
            ) as rencana
        from angka
    )

select
    angka.kode_opd as opd_kode,
    case
        when angka.is_seluruh then 'Semua perangkat daerah' else coalesce(angka.opd_nama, angka.kode_opd)
    end as opd_nama,
    coalesce(angka.opd_singkatan, angka.opd_nama) as opd_singkatan,
    angka.kode_kecamatan,
    angka.is_seluruh,
    angka.indikator_kode,
    angka.indikator_nama,
    {{ kata_angka() }},
    angka.rencana,
    {{ nilai_bersatuan("angka.rencana", "angka.satuan", "angka.desimal") }} as rencana_teks,
    angka.pagu_idr,
    case
        when not angka.is_seluruh and angka.nilai is not null
        then
            'peringkat ' || rank() over (
                partition by angka.bulan, angka.indikator_kode, angka.is_seluruh, angka.nilai is null
                order by case when angka.arah = 'turun_baik' then angka.nilai else - angka.nilai end
            )
            || ' dari '
            || count(angka.nilai) over (partition by angka.bulan, angka.indikator_kode, angka.is_seluruh)
    end as peringkat_teks
from dengan_rencana as angka
