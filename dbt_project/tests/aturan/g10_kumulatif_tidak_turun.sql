{{ config(severity="warn") }}

-- G10: what is cumulative within a year never decreases.
with
    rfk as (
        select
            'fct_kegiatan_rfk' as model,
            kode_opd || ' ' || kode_kegiatan as kunci,
            bulan_mulai,
            realisasi_keuangan_idr as nilai,
            lag(realisasi_keuangan_idr) over (partition by tahun, kode_opd, kode_kegiatan order by bulan_mulai) as lalu
        from {{ ref("fct_kegiatan_rfk") }}
    ),

    spm as (
        select
            'fct_layanan_spm' as model,
            puskesmas || ' ' || layanan as kunci,
            bulan_mulai,
            terlayani_orang as nilai,
            lag(terlayani_orang) over (
                partition by date_trunc('year', bulan_mulai), puskesmas, layanan order by bulan_mulai
            ) as lalu
        from {{ ref("fct_layanan_spm") }}
    )

select *
from
    (
        select *
        from rfk
        union all
        select *
        from spm
    ) as deret
where nilai < lalu
