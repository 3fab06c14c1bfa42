{{ config(severity="warn") }}

-- What is bad of an agency's budget calls for attention, by its present name. The deviations of a kecamatan's own
-- office are
-- the kecamatan's.
select opd.opd_nama, opd.indikator_kode, opd.nilai_teks
from {{ ref("mart__rfk_opd") }} as opd
left join
    {{ ref("mart__perhatian") }} as perhatian
    on perhatian.aturan_kode = opd.indikator_kode || '_opd'
    and opd.opd_nama = perhatian.subjek_nama
where
    opd.is_terkini
    and not opd.is_seluruh
    and not opd.is_sementara
    and opd.kode_kecamatan is null
    and opd.status = 'buruk'
    and perhatian.aturan_kode is null
