with
    source as (select * from {{ source("kpu_tahapan", "tahapan") }}),

    renamed as (
        select
            -- keys
            tahun::int as tahun,
            nama,

            -- texts and categories
            kode,
            dasar_hukum,
            catatan,

            -- times
            mulai_tanggal,
            selesai_tanggal,

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
