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

    sinyal as (
        select minggu_mulai, kode_kecamatan, count(distinct penyakit) as jumlah
        from {{ ref("int_skdr__sinyal") }}
        where is_sinyal
        group by grouping sets ((minggu_mulai), (minggu_mulai, kode_kecamatan))
    ),

    -- Who reported the week without a disease had none of it; who did not report at
    -- all is unknown.
    petak as (
        select
            minggu.*,
            wilayah.kode_wilayah,
            coalesce(lapor.jumlah, 0) as melapor,
            terdaftar.jumlah as terdaftar,
            coalesce(lapor.jumlah, 0) > 0 as is_ada_laporan,
            kasus.semua,
            kasus.dengue,
            kasus.ispa,
            kasus.diare,
            sinyal.jumlah as sinyal
        from minggu
        inner join {{ ref("dim_wilayah_kini") }} as wilayah on wilayah.tingkat in ('kota', 'kecamatan')
        inner join terdaftar on wilayah.kode_kecamatan is not distinct from terdaftar.kode_kecamatan
        left join
            lapor
            on minggu.minggu_mulai = lapor.minggu_mulai
            and wilayah.kode_kecamatan is not distinct from lapor.kode_kecamatan
        left join
            kasus
            on minggu.minggu_mulai = kasus.minggu_mulai
            and wilayah.kode_kecamatan is not distinct from kasus.kode_kecamatan
        left join
            sinyal
            on minggu.minggu_mulai = sinyal.minggu_mulai
            and wilayah.kode_kecamatan is not distinct from sinyal.kode_kecamatan
    )

    {{
        per_indicator(
            "petak",
            "minggu_epid",
            "minggu_mulai",
            {
                "kasus_skdr_total": {"pembilang": "case when is_ada_laporan then coalesce(semua, 0) end"},
                "kasus_dengue": {"pembilang": "case when is_ada_laporan then coalesce(dengue, 0) end"},
                "kasus_ispa": {"pembilang": "case when is_ada_laporan then coalesce(ispa, 0) end"},
                "kasus_diare": {"pembilang": "case when is_ada_laporan then coalesce(diare, 0) end"},
                "skdr_kelengkapan": {"pembilang": "melapor", "penyebut": "terdaftar"},
                "sinyal_klb": {"pembilang": "case when is_ada_laporan then coalesce(sinyal, 0) end"},
            },
            alasan_sementara=missing_members("melapor", "terdaftar", "puskesmas"),
        )
    }}
