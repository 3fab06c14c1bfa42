with
    source as ({{ corrected(source("kpu_rekap", "suara"), "kpu_rekap__suara") }}),

    renamed as (
        select
            -- keys
            pemilihan,
            tahun::int as tahun,
            status,
            nomor_urut::int as nomor_urut,

            -- texts and categories
            sumber,
            paslon,

            -- times
            terbit_tanggal,

            -- numbers
            suara,
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
