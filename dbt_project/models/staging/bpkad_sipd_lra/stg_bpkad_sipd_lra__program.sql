with
    source as (select * from {{ source("bpkad_sipd_lra", "program") }}),

    renamed as (
        select
            -- keys
            per_tanggal,
            baris::int as baris,

            -- categories and texts
            case
                cardinality(string_to_array(kode_jalur, ' '))
                when 1
                then case when kode_jalur like '%.%' then 'urusan' else 'unsur' end
                when 2
                then 'organisasi'
                when 3
                then
                    (array['program', 'kegiatan', 'kegiatan', 'subkegiatan'])[
                        cardinality(string_to_array(split_part(kode_jalur, ' ', 3), '.')) - 2
                    ]
                when 4
                then 'rekening'
            end as tingkat_baris,
            split_part(kode_jalur, ' ', -1) as kode,
            split_part(kode_jalur, ' ', 1) as kode_urusan,
            nullif(split_part(kode_jalur, ' ', 2), '') as kode_organisasi,
            nullif(split_part(kode_jalur, ' ', 3), '') as kode_kegiatan,
            nullif(split_part(kode_jalur, ' ', 4), '') as kode_rekening,
            uraian,

            -- numbers
            operasi_anggaran_idr,
            operasi_realisasi_idr,
            modal_anggaran_idr,
            modal_realisasi_idr,
            tak_terduga_anggaran_idr,
            tak_terduga_realisasi_idr,
            transfer_anggaran_idr,
            transfer_realisasi_idr,
            jumlah_anggaran_idr as jumlah_anggaran_lapor_idr,
            jumlah_realisasi_idr as jumlah_realisasi_lapor_idr,

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
