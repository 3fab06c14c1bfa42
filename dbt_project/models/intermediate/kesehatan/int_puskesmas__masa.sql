with
    -- What is known first stands for reports of any time before, and each version for those until the next.
    versi as (
        select
            *,
            case when row_number() over riwayat = 1 then date '-infinity' else berlaku_dari end as dipakai_dari,
            coalesce(lead(berlaku_dari) over riwayat - 1, date 'infinity') as dipakai_sampai
        from {{ ref("ref_puskesmas") }}
        window riwayat as (partition by puskesmas order by berlaku_dari nulls first)
    ),

    -- Agencies write the key or the name, each in its own way; a name of two of them that is no key names none.
    ejaan as (
        select
            ops.ejaan(tulisan.teks) as ejaan,
            coalesce(min(versi.puskesmas) filter (where tulisan.is_kunci), min(versi.puskesmas)) as puskesmas
        from versi
        cross join lateral(values (versi.puskesmas, true), (versi.nama, false)) as tulisan(teks, is_kunci)
        group by 1
        having count(distinct versi.puskesmas) = 1 or bool_or(tulisan.is_kunci)
    )

select
    ejaan.ejaan,
    versi.puskesmas,
    versi.kode_kecamatan,
    versi.berlaku_dari,
    versi.berlaku_sampai,
    versi.dipakai_dari,
    versi.dipakai_sampai
from versi
inner join ejaan on versi.puskesmas = ejaan.puskesmas
