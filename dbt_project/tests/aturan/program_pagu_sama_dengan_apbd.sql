{{ config(severity="warn") }}

-- The activities add up to the expenditure of the budget, within a thousandth; set-aside rows make less.
with
    rfk as (select bulan_mulai, sum(pagu_idr) as pagu from {{ ref("fct_kegiatan_rfk") }} group by bulan_mulai),

    lra as (
        select date_trunc('month', per_tanggal)::date as bulan_mulai, max(anggaran_idr) as anggaran
        from {{ ref("fct_apbd") }}
        where kode_rekening = '5' and tahun_realisasi = extract(year from per_tanggal)
        group by 1
    )

select rfk.bulan_mulai, rfk.pagu, lra.anggaran
from rfk
inner join lra on rfk.bulan_mulai = lra.bulan_mulai
where abs(rfk.pagu - lra.anggaran) > 0.001 * lra.anggaran
