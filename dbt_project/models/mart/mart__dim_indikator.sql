{{ config(meta={"camat_access": "all"}) }}

select
    kode,
    nama,
    domain,
    konsep,
    definisi,
    interpretasi,
    rumus,
    ukuran,
    satuan,
    numerator,
    denominator,
    arah,
    ambang_baik,
    ambang_waspada,
    ambang_siaga,
    is_ambang_prorata,
    ambang_dasar,
    klasifikasi_penyajian,
    level_estimasi,
    periode_jenis,
    klasifikasi,
    sel_kecil,
    dasar_hukum,
    sumber
from {{ ref("dim_indikator") }}
