with
    source as (select * from {{ source("bmkg_nowcast", "peringatan") }}),

    renamed as (
        select
            -- keys
            peringatan_kode,
            info_urutan,

            -- texts
            status,
            jenis_pesan,
            merujuk,
            bahasa,
            kategori,
            acara,
            acara_kode,
            desakan,
            keparahan,
            kepastian,
            pengirim,
            judul,
            uraian,
            anjuran,
            daerah,
            poligon,
            tautan,

            -- times
            dikirim_at,
            berlaku_at,
            mulai_at,
            berakhir_at,

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
