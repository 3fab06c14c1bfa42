with
    source as ({{ corrected(source("dukcapil_dkb", "penduduk"), "dukcapil_dkb__penduduk") }}),

    renamed as (
        select
            -- keys
            per_tanggal,
            kode_kelurahan,

            -- texts
            nama_kecamatan,
            nama_kelurahan,

            -- numbers
            laki_laki_jiwa,
            perempuan_jiwa,
            penduduk_jiwa,
            keluarga_kk,
            wajib_ktp_jiwa,
            rekam_ktp_jiwa,

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
