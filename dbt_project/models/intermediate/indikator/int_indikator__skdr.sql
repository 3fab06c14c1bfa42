with
    fakta as (select * from {{ ref("fct_kasus_skdr") }} where not is_luar_wilayah and minggu_mulai is not null),

    minggu as (
        select minggu_mulai, minggu_selesai, tahun, minggu, bool_or(is_simulasi) as is_simulasi
        from fakta
        group by minggu_mulai, minggu_selesai, tahun, minggu
    ),

    terdaftar as (
        select kode_kecamatan, count(*) as jumlah
        from {{ ref("ref_puskesmas") }}
        group by grouping sets ((), (kode_kecamatan))
    ),

    lapor as (
        select minggu_mulai, kode_kecamatan, count(distinct puskesmas) as jumlah
        from fakta
        group by grouping sets ((minggu_mulai), (minggu_mulai, kode_kecamatan))
    ),

    kasus as (
        select
            minggu_mulai,
            kode_kecamatan,
            sum(kasus) as semua,
            sum(kasus) filter (where kelompok = 'dengue') as dengue,
            sum(kasus) filter (where kelompok = 'ispa') as ispa,
            sum(kasus) filter (where kelompok = 'diare') as diare
        from {{ ref("agg_skdr_mingguan") }}
        group by grouping sets ((minggu_mulai), (minggu_mulai, kode_kecamatan))
    ),

    -- Who reported the week without a disease had none of it; who did not report at
    -- all is unknown.
    petak as (
        select
            minggu.*,
            wilayah.kode_wilayah,
            coalesce(lapor.jumlah, 0) > 0 as is_ada_laporan,
            coalesce(lapor.jumlah, 0) < terdaftar.jumlah as is_belum_lengkap,
            kasus.semua,
            kasus.dengue,
            kasus.ispa,
            kasus.diare
        from minggu
        inner join {{ ref("dim_wilayah") }} as wilayah on wilayah.tingkat in ('kota', 'kecamatan')
        inner join terdaftar on wilayah.kode_kecamatan is not distinct from terdaftar.kode_kecamatan
        left join
            lapor
            on minggu.minggu_mulai = lapor.minggu_mulai
            and wilayah.kode_kecamatan is not distinct from lapor.kode_kecamatan
        left join
            kasus
            on minggu.minggu_mulai = kasus.minggu_mulai
            and wilayah.kode_kecamatan is not distinct from kasus.kode_kecamatan
    )

select
    ukuran.indikator_kode,
    petak.kode_wilayah,
    'minggu_epid' as periode_jenis,
    petak.minggu_mulai as periode_mulai,
    petak.minggu_selesai as periode_selesai,
    'Minggu ke-' || petak.minggu || ' ' || petak.tahun as periode_label,
    case when petak.is_ada_laporan then coalesce(ukuran.kasus, 0) end as pembilang,
    null::numeric as penyebut,
    null::numeric as nilai_median,
    null::numeric as nilai_lapor,
    petak.is_belum_lengkap,
    petak.is_simulasi
from petak
cross join
    lateral(
        values ('kasus_skdr_total', semua), ('kasus_dengue', dengue), ('kasus_ispa', ispa), ('kasus_diare', diare)
    ) as ukuran(indikator_kode, kasus)
