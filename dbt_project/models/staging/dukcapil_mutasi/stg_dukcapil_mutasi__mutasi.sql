with
    source as ({{ corrected(source("dukcapil_mutasi", "mutasi"), "dukcapil_mutasi__mutasi") }}),

    renamed as (
        select
            -- keys
            bulan,
            kode_kelurahan,

            -- texts
            nama_kelurahan,

            -- numbers
            lahir_laki_jiwa,
            lahir_perempuan_jiwa,
            mati_laki_jiwa,
            mati_perempuan_jiwa,
            datang_laki_jiwa,
            datang_perempuan_jiwa,
            pindah_laki_jiwa,
            pindah_perempuan_jiwa,

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
