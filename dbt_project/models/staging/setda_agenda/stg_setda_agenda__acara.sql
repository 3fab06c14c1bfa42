with
    source as (select * from {{ source("setda_agenda", "acara") }}),

    renamed as (
        select
            -- keys
            acara_kode,
            ulangan,

            -- texts
            judul,
            nullif(regexp_replace(kategori, ',? ?Terlaksana', ''), '') as kategori,
            tempat,
            substring(tempat from 'Kec\. ([^,;]+)') as nama_kecamatan,
            uraian,
            pelaksana,
            status,

            -- times
            mulai_at,
            selesai_at,
            diubah_at,

            -- numbers
            perubahan_ke,

            -- flags
            is_sehari_penuh,
            coalesce(kategori ~ '(^|, )Terlaksana(,|$)', false) as is_dilaporkan_terlaksana,

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
