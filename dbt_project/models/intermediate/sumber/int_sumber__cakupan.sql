{{ config(materialized="table") }}

with
    cakupan as (
        select source, table_name, tstzrange(mulai_at, hingga_at) as rentang
        from {{ ref("stg_ops__coverage") }}
        where source <> 'bmkg_gempa' and mulai_at <= hingga_at
        union all
        -- Felt earthquakes are all in the lists of felt ones only, of either service; the others are of strong ones.
        select 'bmkg_gempa', 'gempa', tstzrange(mulai_at, hingga_at)
        from {{ ref("stg_ops__coverage") }}
        where part in ('gempadirasakan', 'last30feltevent') and mulai_at <= hingga_at
        union all
        -- Of a feed that keeps what is in force only, what came and went while nobody asked is not known.
        select source, table_name, tstzrange(mulai_at, hingga_at, '[]')
        from {{ ref("stg_ops__asked") }}
    ),

    tabel as (select source, table_name, range_agg(rentang) as rentang from cakupan group by source, table_name),

    -- The source as a whole, and without the tables of which an indicator is not made.
    himpunan as (
        select source, '' as tanpa_tabel
        from {{ ref("stg_ops__source_state") }}
        union
        select indikator.source, string_agg(bukan.table_name, ',' order by bukan.table_name) as tanpa_tabel
        from {{ ref("ref_tabel_bukan_bahan") }} as bukan
        inner join {{ ref("ref_indikator") }} as indikator on bukan.indikator_kode = indikator.kode
        group by indikator.source, bukan.indikator_kode
    ),

    -- What one table does not tell, all together do not tell.
    sumber as (
        select
            himpunan.source,
            himpunan.tanpa_tabel,
            range_intersect_agg(tabel.rentang) as rentang,
            range_agg(tabel.rentang) as rentang_salah_satu
        from himpunan
        inner join
            tabel
            on himpunan.source = tabel.source
            and tabel.table_name <> all(string_to_array(himpunan.tanpa_tabel, ','))
        group by himpunan.source, himpunan.tanpa_tabel
    )

-- A source whose content says nothing about time is taken to tell all until it was last asked.
select
    keadaan.source,
    himpunan.tanpa_tabel,
    coalesce(sumber.rentang, tstzmultirange(tstzrange(null, keadaan.data_per_at))) as rentang,
    coalesce(sumber.rentang_salah_satu, tstzmultirange(tstzrange(null, keadaan.data_per_at))) as rentang_salah_satu
from {{ ref("stg_ops__source_state") }} as keadaan
inner join himpunan on keadaan.source = himpunan.source
left join sumber on himpunan.source = sumber.source and himpunan.tanpa_tabel = sumber.tanpa_tabel
where keadaan.terakhir_at is not null
