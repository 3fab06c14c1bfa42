select
    pemilihan,
    tahun,
    status,
    kode_wilayah,
    case when kode_wilayah <> '{{ var("kode_kota") }}' then kode_wilayah end as kode_kecamatan,
    nomor_urut,
    suara,
    sumber,
    terbit_tanggal,
    _is_simulasi as is_simulasi,
    _batch_id
from {{ ref("stg_kpu_rekap__rekap") }}
-- A form for three pairs has an empty column in a contest of two.
where suara is not null
