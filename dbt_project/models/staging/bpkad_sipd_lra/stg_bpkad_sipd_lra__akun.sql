with
    source as (select * from {{ source("bpkad_sipd_lra", "akun") }}),

    renamed as (
        select
            -- keys
            per_tanggal,
            baris::int as baris,
            kolom_realisasi,

            -- texts
            rtrim(kode_rekening, '.') as kode_rekening,
            cardinality(string_to_array(rtrim(kode_rekening, '.'), '.')) as tingkat_rekening,
            uraian,

            -- numbers; the budget is that of the report's year, so it stands only beside that year's realisation
            coalesce(
                substring(kolom_realisasi, '[0-9]{4}')::int, date_part('year', per_tanggal)::int
            ) as tahun_realisasi,
            case
                when substring(kolom_realisasi, '[0-9]{4}') <> to_char(per_tanggal, 'YYYY') then null else anggaran_idr
            end as anggaran_idr,
            realisasi_idr,

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
