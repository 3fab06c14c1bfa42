with
    fakta as (select * from {{ ref("fct_kasus_skdr") }}),

    penyakit as ({{ disease_spellings() }}),

    -- Rows that were set aside, as far as their keys could be read.
    disisihkan as (
        select distinct
            baris.puskesmas,
            baris.tahun,
            baris.minggu,
            coalesce(penyakit.penyakit, baris.penyakit) as penyakit,
            coalesce(penyakit.kelompok, 'lainnya') as kelompok
        from
            (
                select
                    coalesce(kunci ->> 'puskesmas', part) as puskesmas,
                    (kunci ->> 'tahun')::int as tahun,
                    (kunci ->> 'minggu')::int as minggu,
                    trim(kunci ->> 'penyakit') as penyakit
                from {{ ref("stg_ops__gap") }}
                where source = 'dinkes_skdr' and table_name = 'kasus'
            ) as baris
        left join penyakit on {{ spelling_key("baris.penyakit") }} = penyakit.penyakit_kunci
    ),

    minggu as (
        select
            puskesmas,
            tahun,
            minggu,
            minggu_mulai,
            minggu_selesai,
            kode_kecamatan,
            is_luar_wilayah,
            bool_or(is_simulasi) as is_simulasi
        from fakta
        group by puskesmas, tahun, minggu, minggu_mulai, minggu_selesai, kode_kecamatan, is_luar_wilayah
    ),

    dikenal as (select penyakit, min(kelompok) as kelompok from fakta group by penyakit),

    -- What a report does not name was none, unless a row that was set aside may have been it: that is unknown.
    mungkin as (
        select distinct
            minggu.*,
            coalesce(disisihkan.penyakit, dikenal.penyakit) as penyakit,
            coalesce(dikenal.kelompok, disisihkan.kelompok) as kelompok,
            disisihkan.penyakit is not null
            and disisihkan.tahun is not null
            and disisihkan.minggu is not null as is_pasti
        from disisihkan
        inner join
            minggu
            on disisihkan.puskesmas = minggu.puskesmas
            and coalesce(disisihkan.tahun, minggu.tahun) = minggu.tahun
            and coalesce(disisihkan.minggu, minggu.minggu) = minggu.minggu
        left join dikenal on coalesce(disisihkan.penyakit, dikenal.penyakit) = dikenal.penyakit
        where disisihkan.penyakit is not null or dikenal.penyakit is not null
    )

-- Of two spellings of one disease one may have been set aside: then their sum is unknown too.
select
    fakta.puskesmas,
    fakta.tahun,
    fakta.minggu,
    fakta.minggu_mulai,
    fakta.minggu_selesai,
    fakta.kode_kecamatan,
    fakta.is_luar_wilayah,
    fakta.penyakit,
    fakta.kelompok,
    case when mungkin.puskesmas is null then fakta.kasus end as kasus,
    fakta.is_simulasi
from fakta
left join
    mungkin
    on mungkin.is_pasti
    and fakta.puskesmas = mungkin.puskesmas
    and fakta.tahun = mungkin.tahun
    and fakta.minggu = mungkin.minggu
    and fakta.penyakit = mungkin.penyakit

union all

select distinct
    mungkin.puskesmas,
    mungkin.tahun,
    mungkin.minggu,
    mungkin.minggu_mulai,
    mungkin.minggu_selesai,
    mungkin.kode_kecamatan,
    mungkin.is_luar_wilayah,
    mungkin.penyakit,
    mungkin.kelompok,
    null::bigint as kasus,
    mungkin.is_simulasi
from mungkin
left join
    fakta
    on mungkin.puskesmas = fakta.puskesmas
    and mungkin.tahun = fakta.tahun
    and mungkin.minggu = fakta.minggu
    and mungkin.penyakit = fakta.penyakit
where fakta.puskesmas is null
