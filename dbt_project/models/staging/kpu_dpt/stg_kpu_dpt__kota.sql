with
    source as (select * from {{ source("kpu_dpt", "kota") }}),

    renamed as (
        select
            -- keys
            tahun::int as tahun,
            nama_kota,

            -- texts and categories
            nama_provinsi,

            -- numbers
            tps,
            laki_jiwa,
            perempuan_jiwa,
            jumlah_jiwa,

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
