with
    fakta as (select * from {{ ref("fct_kesakitan") }}),

    -- Rows that were set aside. Where the month is wrong, so is the workbook's title: it is missing as a whole.
    disisihkan as (
        select distinct
            (kunci ->> 'bulan')::date as bulan_mulai,
            ops.ejaan(kunci ->> 'puskesmas') as puskesmas_ejaan,
            kunci ->> 'kode_icd' as kode_icd
        from {{ ref("stg_ops__gap") }}
        where source = 'dinkes_lb1' and table_name = 'kesakitan' and kunci ? 'bulan' and kunci ? 'puskesmas'
    ),

    bulan as (
        select bulan_mulai, puskesmas, kode_kecamatan, bool_or(is_simulasi) as is_simulasi
        from fakta
        group by bulan_mulai, puskesmas, kode_kecamatan
    ),

    dikenal as (select kode_icd, min(penyakit) as penyakit from fakta group by kode_icd),

    -- What a report does not name was none, unless a row that was set aside may have been it: that is unknown.
    mungkin as (
        select distinct
            bulan.*,
            coalesce(disisihkan.kode_icd, dikenal.kode_icd) as kode_icd,
            dikenal.penyakit,
            disisihkan.kode_icd is not null as is_pasti
        from disisihkan
        inner join
            bulan
            on disisihkan.bulan_mulai = bulan.bulan_mulai
            and disisihkan.puskesmas_ejaan = ops.ejaan(bulan.puskesmas)
        left join dikenal on coalesce(disisihkan.kode_icd, dikenal.kode_icd) = dikenal.kode_icd
        where disisihkan.kode_icd is not null or dikenal.kode_icd is not null
    )

select bulan_mulai, puskesmas, kode_kecamatan, kode_icd, penyakit, umur, kelamin, kasus, is_simulasi
from fakta

union all

-- A disease has a row for each age and sex: what is known of the others stays.
select distinct
    mungkin.bulan_mulai,
    mungkin.puskesmas,
    mungkin.kode_kecamatan,
    mungkin.kode_icd,
    mungkin.penyakit,
    null::text as umur,
    null::text as kelamin,
    null::bigint as kasus,
    mungkin.is_simulasi
from mungkin
left join
    (select distinct bulan_mulai, puskesmas, kode_icd from fakta) as ada
    on mungkin.bulan_mulai = ada.bulan_mulai
    and mungkin.puskesmas = ada.puskesmas
    and mungkin.kode_icd = ada.kode_icd
where mungkin.is_pasti or ada.puskesmas is null
