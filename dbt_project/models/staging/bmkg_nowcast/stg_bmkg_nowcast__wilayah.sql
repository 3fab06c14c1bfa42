with
    source as (select * from {{ source("bmkg_nowcast", "wilayah") }}),

    renamed as (
        select
            -- keys
            peringatan_kode,
            info_urutan,
            kode_kecamatan,

            -- texts
            status,
            jenis_pesan,
            nama_kecamatan,
            dasar,
            acara,
            keparahan,

            -- times
            dikirim_at,
            berlaku_at,
            berakhir_at,

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
