{{ config(meta={"camat_access": "all"}) }}

select
    indikator.kode,
    indikator.nama,
    indikator.domain,
    bidang.nama as bidang,
    indikator.konsep,
    indikator.definisi,
    indikator.interpretasi,
    indikator.rumus,
    indikator.ukuran,
    indikator.satuan,
    indikator.desimal,
    indikator.numerator,
    indikator.denominator,
    indikator.arah,
    indikator.ambang_baik,
    indikator.ambang_waspada,
    indikator.ambang_siaga,
    indikator.is_ambang_prorata,
    indikator.ambang_dasar,
    indikator.klasifikasi_penyajian,
    indikator.level_estimasi,
    indikator.periode_jenis,
    sajian.banding_berjalan,
    indikator.klasifikasi,
    indikator.sel_kecil,
    indikator.dasar_hukum,
    indikator.sumber,
    indikator.source
from {{ ref("dim_indikator") }} as indikator
inner join {{ ref("ref_bidang") }} as bidang on indikator.domain = bidang.domain
inner join {{ ref("ref_sajian_indikator") }} as sajian on indikator.kode = sajian.kode
