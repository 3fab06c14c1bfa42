with
    source as ({{ corrected(source("bpbd_kejadian", "kejadian"), "bpbd_kejadian__kejadian") }}),

    renamed as (
        select
            -- keys
            no_kejadian,
            kode_kota,
            kode_kelurahan,

            -- categories and texts
            nama_kelurahan,
            nama_kecamatan,
            replace(initcap(trim(jenis_bencana)), ' Dan ', ' dan ') as jenis_bencana,
            sumber_laporan,

            -- times
            lapor_at,
            tiba_at,
            selesai_at,

            -- numbers
            genangan_cm,
            meninggal_jiwa,
            hilang_jiwa,
            luka_jiwa,
            mengungsi_jiwa,
            terdampak_jiwa,
            rumah_ringan_unit,
            rumah_sedang_unit,
            rumah_berat_unit,

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
