{{ config(meta={"akses_camat": "semua"}) }}

select
    kode,
    nama,
    domain,
    konsep,
    definisi,
    rumus,
    ukuran,
    satuan,
    arah,
    ambang_baik,
    ambang_waspada,
    klasifikasi,
    sel_kecil,
    sumber
from {{ ref("dim_indikator") }}
