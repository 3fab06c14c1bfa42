{{
    config(
        meta={"camat_access": "rows"},
        indexes=[{"columns": ["wilayah_nama", "domain"]}],
    )
}}

with
    wilayah as (
        select
            kode_wilayah as wilayah_kode,
            nama as wilayah_nama,
            tingkat,
            kode_kecamatan,
            case when tingkat = 'kecamatan' then 'Kecamatan ' else '' end || nama as wilayah_teks
        from {{ ref("dim_wilayah_kini") }}
        where tingkat in ('kota', 'kecamatan')
    ),

    bidang as (select * from {{ ref("mart__bidang") }} where is_terkini),

    -- The city is shown what is found anywhere, a kecamatan its own.
    temuan as (
        select
            'temuan' as jenis_baris,
            temuan.domain,
            temuan.bidang_nama,
            temuan.urutan,
            wilayah.wilayah_kode,
            wilayah.wilayah_nama,
            temuan.kode_kecamatan,
            temuan.status,
            temuan.status_teks,
            temuan.kalimat,
            temuan.tindakan,
            temuan.penanggung_jawab,
            temuan.sejak_teks,
            temuan.dasbor_tautan,
            temuan.data_sampai_teks,
            temuan.lencana,
            temuan.label_data,
            temuan.data_per
        from {{ ref("mart__perhatian") }} as temuan
        inner join wilayah on wilayah.tingkat = 'kota' or temuan.kode_kecamatan = wilayah.wilayah_kode
    ),

    -- An empty list reads as a fault: where nothing is found, one row says so, or that there was nothing to judge.
    nihil as (
        select
            case when daftar.domain is null then 'nihil_semua' else 'nihil' end as jenis_baris,
            coalesce(daftar.domain, 'semua') as domain,
            coalesce(daftar.nama, 'Semua bidang') as bidang_nama,
            null::int as urutan,
            wilayah.wilayah_kode,
            wilayah.wilayah_nama,
            wilayah.kode_kecamatan,
            case when hitung.dinilai > 0 then 'baik' else 'tidak_tersedia' end as status,
            case when hitung.dinilai > 0 then '● Tidak ada' else '– Belum dinilai' end as status_teks,
            case
                when hitung.dinilai > 0
                then 'Tidak ada yang perlu perhatian di '
                else 'Tidak ada temuan, tetapi belum ada angka bertarget di '
            end
            || wilayah.wilayah_teks
            || coalesce(', ' || hitung.bulan_label, '')
            || '.' as kalimat,
            '–' as tindakan,
            '–' as penanggung_jawab,
            '–' as sejak_teks,
            null::text as dasbor_tautan,
            {{ data_sampai_teks("hitung.data_per", "hitung.is_lama") }} as data_sampai_teks,
            hitung.label_data as lencana,
            hitung.label_data,
            hitung.data_per
        from wilayah
        cross join
            (
                select domain, nama
                from {{ ref("ref_bidang") }}
                union all
                select null, null
            ) as daftar
        cross join
            lateral(
                select
                    sum(jumlah_baik + jumlah_waspada + jumlah_siaga + jumlah_buruk) as dinilai,
                    (select max(bulan_label) from bidang) as bulan_label,
                    min(bidang.data_per) as data_per,
                    bool_or(bidang.data_sampai_teks like '%▲ lama') as is_lama,
                    max(bidang.label_data) as label_data
                from bidang
                where
                    bidang.wilayah_kode = wilayah.wilayah_kode
                    and bidang.domain = coalesce(daftar.domain, bidang.domain)
            ) as hitung
        where
            not exists (
                select
                from temuan
                where
                    temuan.wilayah_kode = wilayah.wilayah_kode
                    and temuan.domain = coalesce(daftar.domain, temuan.domain)
            )
    )

select *
from temuan
union all
select *
from nihil
