with
    source as (select * from {{ source("diskominfo_112", "tiket") }}),

    renamed as (
        select
            -- keys
            tiket_id,
            kode_kelurahan,
            coalesce(kode_kecamatan, left(kode_kelurahan, 8)) as kode_kecamatan,

            -- categories and texts
            upper(kejadian) as kejadian,
            jenis_panggilan,
            diteruskan_ke,
            is_disetujui,

            -- times
            terima_at,
            diteruskan_at,
            selesai_at,
            diubah_at,

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
