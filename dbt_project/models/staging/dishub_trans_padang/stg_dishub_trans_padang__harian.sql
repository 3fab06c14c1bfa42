with
    source as (select * from {{ source("dishub_trans_padang", "harian") }}),

    renamed as (
        select
            -- keys
            koridor,
            tanggal,

            -- texts
            rute,

            -- numbers
            rit_rencana,
            rit_jalan,
            penumpang_umum_orang,
            penumpang_pelajar_orang,

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
