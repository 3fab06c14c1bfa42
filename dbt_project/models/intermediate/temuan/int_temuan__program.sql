with
    penuh as (
        select max(periode_mulai) as bulan_mulai
        from {{ ref("int_sumber__periode") }}
        where source = 'adpem_rfk' and periode_jenis = 'bulan' and cakupan = 'penuh'
    ),

    kegiatan as (
        select rfk.*, penuh.bulan_mulai as terakhir
        from {{ ref("fct_kegiatan_rfk") }} as rfk
        inner join penuh on rfk.bulan_mulai <= penuh.bulan_mulai
    ),

    bulanan as (
        select
            kode_opd,
            max(opd) as opd,
            bulan_mulai,
            bulan_mulai = terakhir as is_terakhir,
            100
            * sum(pagu_idr * (realisasi_fisik_pct - target_fisik_pct) / 100)
            / nullif(sum(pagu_idr) filter (where realisasi_fisik_pct - target_fisik_pct is not null), 0) as fisik,
            100
            * sum(realisasi_keuangan_idr - pagu_idr * target_keuangan_pct / 100)
            / nullif(
                sum(pagu_idr) filter (where realisasi_keuangan_idr is not null and target_keuangan_pct is not null), 0
            ) as keuangan,
            count(*) filter (where is_kritis) as kritis,
            count(*) as semua,
            bool_or(is_simulasi) as is_simulasi
        from kegiatan
        group by kode_opd, bulan_mulai, terakhir
    ),

    diukur as (
        select
            bulanan.*,
            aturan.aturan_kode,
            aturan.indikator_kode,
            aturan.nilai,
            case
                when aturan.indikator_kode = 'kegiatan_kritis'
                then case when aturan.nilai > 0 then 'waspada' else 'baik' end
                when aturan.nilai >= indikator.ambang_waspada
                then 'baik'
                when aturan.nilai >= indikator.ambang_siaga
                then 'siaga'
                else 'buruk'
            end as status,
            indikator.satuan,
            indikator.desimal,
            indikator.arah,
            indikator.ambang_baik
        from bulanan
        cross join
            lateral(
                values
                    ('deviasi_fisik_opd', 'deviasi_fisik', bulanan.fisik),
                    ('deviasi_keuangan_opd', 'deviasi_keuangan', bulanan.keuangan),
                    ('kegiatan_kritis_opd', 'kegiatan_kritis', bulanan.kritis::numeric)
            ) as aturan(aturan_kode, indikator_kode, nilai)
        inner join {{ ref("dim_indikator") }} as indikator on aturan.indikator_kode = indikator.kode
        where aturan.nilai is not null
    ),

    -- Since the month after the last good one.
    bersejak as (
        select
            *,
            min(bulan_mulai) filter (where bulan_mulai > terakhir_baik) over (
                partition by kode_opd, aturan_kode
            ) as sejak
        from
            (
                select
                    *,
                    coalesce(
                        max(bulan_mulai) filter (where status = 'baik') over (partition by kode_opd, aturan_kode),
                        date '-infinity'
                    ) as terakhir_baik
                from diukur
            ) as dinilai
    ),

    temuan as (
        select
            bersejak.aturan_kode,
            'opd' as subjek_jenis,
            coalesce(opd.nama, bersejak.opd) as subjek_nama,
            opd.kode_kecamatan as wilayah_kode,
            opd.kode_kecamatan,
            coalesce(opd.nama, bersejak.opd) as opd_nama,
            bersejak.indikator_kode,
            {{ nilai_bersatuan("bersejak.nilai", "bersejak.satuan", "bersejak.desimal") }}
            || case when bersejak.indikator_kode = 'kegiatan_kritis' then ' kritis' else '' end as nilai_teks,
            case
                when bersejak.indikator_kode = 'kegiatan_kritis'
                then 'target 0 kegiatan'
                else {{ target_teks("bersejak.ambang_baik", "bersejak.satuan", "bersejak.desimal", "bersejak.arah") }}
            end as target_teks,
            'dari ' || bersejak.semua || ' kegiatan' as rincian,
            bersejak.status,
            trim_scale(round(abs(bersejak.nilai), 4)) as besar,
            bersejak.sejak,
            periode.periode_selesai as hingga,
            periode.periode_label,
            'adpem_rfk' as source,
            bersejak.is_simulasi
        from bersejak
        inner join
            {{ ref("dim_periode") }} as periode
            on periode.periode_jenis = 'bulan'
            and bersejak.bulan_mulai = periode.periode_mulai
        left join {{ ref("dim_opd") }} as opd on bersejak.kode_opd = opd.kode_opd and opd.is_berlaku
        -- The deviations of a kecamatan's own office are indicators of the kecamatan.
        where
            bersejak.is_terakhir
            and bersejak.status <> 'baik'
            and (opd.kode_kecamatan is null or bersejak.aturan_kode = 'kegiatan_kritis_opd')
    ),

    -- The city's own figure is an indicator; a key indicator that is somewhat short of its target is in its agency's
    -- share.
    iku as (
        select
            'iku_opd' as aturan_kode,
            'opd' as subjek_jenis,
            opd_nama as subjek_nama,
            kode_kecamatan as wilayah_kode,
            kode_kecamatan,
            opd_nama,
            indikator_kode,
            nilai_teks,
            target_teks,
            concat_ws(
                ', ',
                case when tingkat = 'iku' then 'IKU ' || iku else dinilai_teks end,
                'sementara: ' || sementara_karena
            ) as rincian,
            status,
            trim_scale(round(target - nilai, 4)) as besar,
            sejak,
            periode_selesai as hingga,
            periode_label,
            'organisasi_iku' as source,
            is_simulasi
        from {{ ref("int_iku__opd") }}
        where
            is_terkini
            and ((tingkat = 'opd' and status in ('waspada', 'siaga')) or (tingkat <> 'kota' and status = 'buruk'))
    )

select {{ temuan_columns() }}
from temuan
union all
select {{ temuan_columns() }}
from iku
