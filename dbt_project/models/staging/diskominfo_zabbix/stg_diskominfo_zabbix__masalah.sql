with
    source as (select * from {{ source("diskominfo_zabbix", "masalah") }}),

    renamed as (
        select
            -- keys
            masalah_kode,
            pemicu_kode,
            host_kode,
            pemulihan_kode,

            -- texts
            masalah,

            -- times
            mulai_at,

            -- numbers
            tingkat,

            -- flags
            is_ditanggapi,
            is_terencana,

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
