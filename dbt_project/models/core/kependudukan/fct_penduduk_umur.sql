with
    -- The register serves its present state only; its day stands for the semester in which it was read. A row that
    -- did not
    -- change keeps the moment at which it was first seen so, and is of the same state as the newest.
    sekarang as (
        select *, {{ local_time("max(_observed_at) over ()") }}::date as per_tanggal
        from {{ ref("stg_dukcapil_gis__penduduk") }}
        where tingkat = 'kelurahan'
    )

select
    sekarang.kode_wilayah as kode_kelurahan,
    left(sekarang.kode_wilayah, 8) as kode_kecamatan,
    sekarang.per_tanggal,
    umur.umur_dari,
    umur.umur_sampai,
    umur.penduduk_jiwa,
    sekarang._is_simulasi as is_simulasi,
    sekarang._batch_id
from sekarang
cross join
    lateral(
        values
            (0, 4, usia_00_jiwa),
            (5, 9, usia_05_jiwa),
            (10, 14, usia_10_jiwa),
            (15, 19, usia_15_jiwa),
            (20, 24, usia_20_jiwa),
            (25, 29, usia_25_jiwa),
            (30, 34, usia_30_jiwa),
            (35, 39, usia_35_jiwa),
            (40, 44, usia_40_jiwa),
            (45, 49, usia_45_jiwa),
            (50, 54, usia_50_jiwa),
            (55, 59, usia_55_jiwa),
            (60, 64, usia_60_jiwa),
            (65, 69, usia_65_jiwa),
            (70, 74, usia_70_jiwa),
            (75, null, usia_75_jiwa)
    ) as umur(umur_dari, umur_sampai, penduduk_jiwa)
