with
    source as ({{ corrected(source("damkar_kejadian", "kejadian"), "damkar_kejadian__kejadian") }}),

    renamed as (
        select
            -- keys
            no_kejadian,
            kode_kelurahan,

            -- categories and texts
            initcap(trim(jenis)) as jenis,
            objek,
            penyebab,

            -- times
            kejadian_tanggal,
            informasi_diterima as lapor_jam,
            berangkat as berangkat_jam,
            tiba_di_lokasi as tiba_jam,
            selesai_pemadaman as selesai_jam,

            -- numbers
            armada_unit,
            luka_jiwa,
            meninggal_jiwa,
            kerugian_idr,

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
