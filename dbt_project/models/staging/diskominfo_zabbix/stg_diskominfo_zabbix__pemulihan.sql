with
    source as (select * from {{ source("diskominfo_zabbix", "pemulihan") }}),

    renamed as (
        select
            -- keys
            pemulihan_kode,
            pemicu_kode,

            -- times
            pulih_at,

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
