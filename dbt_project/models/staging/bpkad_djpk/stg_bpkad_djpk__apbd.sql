with
    source as (select * from {{ source("bpkad_djpk", "apbd") }}),

    renamed as (
        select
            -- keys
            tahun::int as tahun,
            baris::int as baris,

            -- texts
            akun,

            -- numbers
            anggaran_idr,
            realisasi_idr,
            persen_lapor,

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
