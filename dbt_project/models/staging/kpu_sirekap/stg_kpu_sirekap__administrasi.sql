with
    source as (select * from {{ source("kpu_sirekap", "administrasi") }}),

    renamed as (
        select
            -- keys
            pemilihan,
            kode_wilayah as kode_kpu,

            -- numbers
            suara_sah,
            suara_tidak_sah,
            suara_total,
            pemilih_dpt_l,
            pemilih_dpt_p,
            pemilih_dpt_j,
            pengguna_dpt_j,
            pengguna_total_j,

            -- times
            ts as diperbarui_at,

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
