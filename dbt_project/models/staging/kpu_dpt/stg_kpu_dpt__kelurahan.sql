with
    source as ({{ corrected(source("kpu_dpt", "kelurahan"), "kpu_dpt__kelurahan") }}),

    renamed as (
        select
            -- keys
            tahun::int as tahun,
            kode_kecamatan,
            nama_kelurahan,

            -- texts and categories
            nama_kecamatan,

            -- numbers
            tps,
            laki_jiwa,
            perempuan_jiwa,
            jumlah_jiwa,
            kosong_jiwa,
            pemula_jiwa,
            difabel_jiwa,

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
