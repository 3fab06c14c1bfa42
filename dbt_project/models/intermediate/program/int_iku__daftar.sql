with
    iku as (select *, date_part('year', triwulan_mulai) as tahun_iku from {{ ref("fct_capaian_iku") }}),

    triwulan as (
        select triwulan_mulai, tahun_iku, row_number() over (partition by tahun_iku order by triwulan_mulai) as ke
        from iku
        group by triwulan_mulai, tahun_iku
    ),

    -- What is told at the end of the year only is not missing before; it was never told in another quarter.
    dikenal as (
        select
            iku.opd,
            iku.indikator,
            iku.tahun_iku,
            min(triwulan.ke) as sejak_ke,
            bool_or(iku.is_simulasi) as is_simulasi,
            bool_or(bool_or(iku.capaian_pct is not null and date_part('quarter', iku.triwulan_mulai) < 4)) over (
                partition by iku.opd, iku.indikator
            ) as is_triwulanan
        from iku
        inner join triwulan on iku.triwulan_mulai = triwulan.triwulan_mulai
        group by iku.opd, iku.indikator, iku.tahun_iku
    )

select
    triwulan.triwulan_mulai,
    dikenal.opd,
    dikenal.indikator,
    iku.capaian_pct,
    dikenal.is_triwulanan or date_part('quarter', triwulan.triwulan_mulai) = 4 as is_jatuh_tempo,
    dikenal.is_simulasi
from triwulan
inner join dikenal on triwulan.tahun_iku = dikenal.tahun_iku and dikenal.sejak_ke <= greatest(triwulan.ke, 2)
left join
    iku on triwulan.triwulan_mulai = iku.triwulan_mulai and dikenal.opd = iku.opd and dikenal.indikator = iku.indikator
