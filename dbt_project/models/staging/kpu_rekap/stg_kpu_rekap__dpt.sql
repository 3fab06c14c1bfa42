with
    source as ({{ corrected(source("kpu_rekap", "dpt"), "kpu_rekap__dpt") }}),

    renamed as (
        select
            -- keys
            pemilihan,
            tahun::int as tahun,
            kode_kecamatan,

            -- texts and categories
            nama_kecamatan,

            -- numbers
            jumlah_kelurahan,
            tps,
            dpt_jiwa,

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
