with
    source as ({{ corrected(source("kelurahan_bulanan", "isian"), "kelurahan_bulanan__isian") }}),

    renamed as (
        select
            -- keys
            bulan,
            kelurahan,
            uraian,

            -- texts
            kecamatan,
            satuan,

            -- numbers
            jumlah,

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
