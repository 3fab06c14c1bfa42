with
    source as (select * from {{ source("diskominfo_cadangan", "pekerjaan") }}),

    renamed as (
        select
            -- keys
            sistem,
            malam_tanggal,

            -- texts
            jenis,
            status,
            pesan,

            -- times
            mulai_at,
            selesai_at,

            -- numbers
            ukuran_byte,

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
