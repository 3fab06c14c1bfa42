with
    source as (select * from {{ source("dishub_waze", "laporan") }}),

    renamed as (
        select
            -- keys
            laporan_kode,

            -- texts
            jenis,
            subjenis,
            jalan,

            -- times
            terbit_at,

            -- numbers
            bujur,
            lintang,
            keandalan,
            keyakinan,

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
