with
    source as (select * from {{ source("bpbd_petabencana", "laporan") }}),

    renamed as (
        select
            -- keys
            laporan_kode,

            -- texts
            jenis_bencana,
            saluran,
            status,
            jenis_laporan,
            kode_instansi,
            kode_kota_lapor,
            area_kode,
            distrik_kode,
            mitra_kode,

            -- times
            dilaporkan_at,

            -- numbers
            genangan_cm,
            (titik::jsonb ->> 0)::numeric * coalesce((transformasi::jsonb -> 'scale' ->> 0)::numeric, 1)
            + coalesce((transformasi::jsonb -> 'translate' ->> 0)::numeric, 0) as bujur,
            (titik::jsonb ->> 1)::numeric * coalesce((transformasi::jsonb -> 'scale' ->> 1)::numeric, 1)
            + coalesce((transformasi::jsonb -> 'translate' ->> 1)::numeric, 0) as lintang,

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
