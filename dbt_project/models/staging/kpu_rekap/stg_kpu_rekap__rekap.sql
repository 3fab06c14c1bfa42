with
    source as ({{ corrected(source("kpu_rekap", "rekap"), "kpu_rekap__rekap") }}),

    renamed as (
        select
            -- keys
            pemilihan,
            tahun::int as tahun,
            kode_wilayah,
            status,
            nomor_urut::int as nomor_urut,

            -- texts and categories
            nama_wilayah,
            sumber,

            -- times
            terbit_tanggal,

            -- numbers
            tps,
            dpt_l_jiwa,
            dpt_p_jiwa,
            dpt_jiwa,
            pengguna_dpt_jiwa,
            pengguna_dpph_jiwa,
            pengguna_dptb_jiwa,
            pengguna_jiwa,
            surat_diterima,
            surat_digunakan,
            surat_rusak,
            surat_sisa,
            suara,
            suara_sah,
            suara_tidak_sah,
            suara_total,

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
