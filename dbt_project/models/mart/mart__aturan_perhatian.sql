{{ config(meta={"camat_access": "all"}) }}

select
    aturan.kode as aturan_kode,
    aturan.nama as aturan_nama,
    aturan.bobot,
    aturan.domain,
    bidang.nama as bidang_nama,
    aturan.tindakan,
    aturan.penanggung_jawab,
    aturan.penjelasan
from {{ ref("ref_aturan_perhatian") }} as aturan
inner join {{ ref("ref_bidang") }} as bidang on aturan.domain = bidang.domain
