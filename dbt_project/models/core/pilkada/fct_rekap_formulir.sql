with
    -- A pair's row repeats what its form says once; only the votes are its own.
    formulir as (
        select distinct
            pemilihan,
            tahun,
            status,
            kode_wilayah,
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
            sum(suara) over (partition by pemilihan, tahun, status, kode_wilayah)::bigint as suara_paslon,
            suara_sah,
            suara_tidak_sah,
            suara_total,
            sumber,
            terbit_tanggal,
            _is_simulasi,
            _batch_id
        from {{ ref("stg_kpu_rekap__rekap") }}
    )

select
    pemilihan,
    tahun,
    status,
    kode_wilayah,
    case when kode_wilayah <> '{{ var("kode_kota") }}' then kode_wilayah end as kode_kecamatan,
    tps,
    dpt_l_jiwa,
    dpt_p_jiwa,
    dpt_jiwa,
    pengguna_dpt_jiwa,
    pengguna_dpph_jiwa,
    pengguna_dptb_jiwa,
    coalesce(pengguna_jiwa, suara_total) as pengguna_jiwa,
    surat_diterima,
    surat_digunakan,
    surat_rusak,
    surat_sisa,
    suara_paslon,
    suara_sah,
    suara_tidak_sah,
    suara_total,
    sumber,
    terbit_tanggal,
    _is_simulasi as is_simulasi,
    _batch_id
from formulir
