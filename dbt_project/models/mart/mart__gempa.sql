{{ config(meta={"camat_access": "all"}) }}

select
    gempa.gempa_kode,
    {{ local_time("gempa.gempa_at") }} as waktu,
    gempa.gempa_tanggal as tanggal,
    gempa.magnitudo,
    gempa.kedalaman_km,
    gempa.lintang,
    gempa.bujur,
    gempa.jarak_padang_km,
    gempa.wilayah,
    gempa.potensi_tsunami,
    gempa.potensi,
    gempa.dirasakan,
    keadaan.opd_nama as sumber,
    {{ label_simulasi("gempa.is_simulasi") }} as label_data,
    gempa.is_simulasi
from {{ ref("fct_gempa") }} as gempa
left join {{ ref("int_sumber__keadaan") }} as keadaan on keadaan.source = 'bmkg_gempa'
