with
    source as (select * from {{ source("bmkg_prakiraan", "cuaca") }}),

    renamed as (
        select
            -- keys
            kode_kelurahan,
            berlaku_at,

            -- texts
            diminta,
            nama_kelurahan,
            setempat,
            jarak_waktu,
            cuaca,
            cuaca_kode,
            angin_dari,
            angin_ke,
            jarak_pandang_teks,

            -- times
            dianalisis_at,

            -- numbers
            suhu_c,
            kelembapan_pct,
            tutupan_awan_pct,
            hujan_mm,
            angin_kmj,
            angin_derajat,
            jarak_pandang_m,

            -- provenance
            _batch_id,
            _row,
            _part,
            _is_simulasi,
            _observed_at
        from source
    )

select *
from renamed
