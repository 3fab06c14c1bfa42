with
    source as (select * from {{ source("diskominfo_lapor", "laporan") }}),

    renamed as (
        select
            -- keys
            tracking_id,

            -- texts
            kanal,
            klasifikasi,
            kategori,
            kelurahan as kelurahan_ejaan,
            {{ spelling_key("kelurahan") }} as kelurahan_kunci,
            instansi,
            status,
            lower(perlu_lapangan) = 'ya' as is_perlu_lapangan,

            -- times
            laporan_at,
            verifikasi_at,
            disposisi_at,
            tindak_lanjut_at,
            selesai_at,

            -- numbers
            rating,

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
