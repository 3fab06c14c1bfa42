with
    source as (select * from {{ source("diskominfo_zabbix", "perawatan") }}),

    renamed as (
        select
            -- keys
            perawatan_kode,

            -- texts
            perawatan,
            host_daftar,

            -- times
            mulai_at,
            selesai_at,

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
