with
    source as (select * from {{ source("diskominfo_zabbix", "host") }}),

    renamed as (
        select
            -- keys
            host_kode,
            kode_kelurahan,
            kode_kecamatan,

            -- texts
            nama_teknis,
            nama,
            jenis,

            -- flags
            is_tidak_dipantau,
            is_dalam_perawatan,

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
