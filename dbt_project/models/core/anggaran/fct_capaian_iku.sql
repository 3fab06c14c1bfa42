{{
    config(
        materialized="incremental",
        incremental_strategy="replace_keys",
        changes={
            "source": "organisasi_iku",
            "table": "capaian",
            "key": {"tahun": "tahun", "triwulan": "triwulan", "opd": "opd", "indikator": "indikator"},
        },
        on_schema_change="fail",
        indexes=[
            {"columns": ["tahun", "triwulan", "opd", "indikator"], "unique": true},
        ],
    )
}}

with
    iku as (select * from {{ ref("stg_organisasi_iku__capaian") }} {{ only_changed() }}),

    dihitung as (
        select
            *,
            case
                when arah = 'Turun'
                then 100 * (2 * target_triwulan - realisasi) / nullif(target_triwulan, 0)
                else 100 * realisasi / nullif(target_triwulan, 0)
            end as capaian
        from iku
    )

select
    dihitung.tahun::int as tahun,
    dihitung.triwulan::int as triwulan,
    make_date(dihitung.tahun::int, 3 * dihitung.triwulan::int - 2, 1) as triwulan_mulai,
    opd.kode_opd,
    dihitung.opd,
    dihitung.indikator,
    dihitung.sasaran,
    dihitung.satuan,
    case dihitung.arah when 'Turun' then 'turun_baik' else 'naik_baik' end as arah,
    dihitung.target_tahun,
    dihitung.target_triwulan,
    dihitung.realisasi,
    trim_scale(dihitung.capaian) as capaian_pct,
    case
        when dihitung.capaian is null
        then 'belum_ada'
        when round(dihitung.capaian) >= 91
        then 'sangat_tinggi'
        when round(dihitung.capaian) >= 76
        then 'tinggi'
        when round(dihitung.capaian) >= 66
        then 'sedang'
        when round(dihitung.capaian) >= 51
        then 'rendah'
        else 'sangat_rendah'
    end as kategori_kinerja,
    dihitung._is_simulasi as is_simulasi,
    dihitung._batch_id
from dihitung
left join {{ ref("int_opd__ejaan") }} as opd on ops.ejaan(dihitung.opd) = opd.ejaan
