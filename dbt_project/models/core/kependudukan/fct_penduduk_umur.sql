with
    versi as (
        select
            *,
            dbt_valid_from::timestamptz as berlaku_dari,
            coalesce(dbt_valid_to::timestamptz, timestamptz 'infinity') as berlaku_sampai
        from {{ ref("snap_penduduk_umur") }}
        where tingkat = 'kelurahan'
    ),

    tanggal as (select {{ local_time("berlaku_dari") }}::date as tanggal from versi),

    bermula as (
        select
            tanggal,
            make_date(
                extract(year from tanggal)::int, case when extract(month from tanggal) > 6 then 7 else 1 end, 1
            ) as semester_mulai
        from tanggal
    ),

    -- The register serves its present state only; its newest change stands for the semester in which it was read. One
    -- in
    -- which nothing changed tells no state of its own.
    semester as (
        select max(tanggal) as per_tanggal, {{ from_local_time("semester_mulai + interval '6 months'") }} as berakhir_at
        from bermula
        group by semester_mulai
    ),

    -- What stood when the semester ended. A row that did not change keeps the moment at which it was first seen so, and
    -- is of the same state as the newest.
    keadaan as (
        select versi.*, semester.per_tanggal
        from semester
        inner join versi on versi.berlaku_dari < semester.berakhir_at and versi.berlaku_sampai >= semester.berakhir_at
    )

select
    keadaan.kode_wilayah as kode_kelurahan,
    left(keadaan.kode_wilayah, 8) as kode_kecamatan,
    keadaan.per_tanggal,
    umur.umur_dari,
    umur.umur_sampai,
    umur.penduduk_jiwa,
    keadaan._is_simulasi as is_simulasi,
    keadaan._batch_id
from keadaan
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
