{{
    config(
        materialized="incremental",
        incremental_strategy="replace_keys",
        changes={
            "source": "dinkes_skdr",
            "table": "kasus",
            "key": {"puskesmas": "puskesmas", "tahun": "tahun::int", "minggu": "minggu::int"},
        },
        partial_key=true,
        on_schema_change="fail",
        indexes=[
            {"columns": ["puskesmas", "tahun", "minggu", "penyakit"], "unique": true},
        ],
    )
}}

with
    kasus as (select * from {{ ref("int_skdr__kasus") }} {{ only_changed() }}),

    minggu as (
        select distinct tahun_epid, minggu_epid, minggu_epid_mulai, minggu_epid_selesai from {{ ref("dim_tanggal") }}
    )

-- A week of a puskesmas is taken over whole, for two spellings of one disease are one row.
select
    kasus.puskesmas,
    kasus.tahun,
    kasus.minggu,
    minggu.minggu_epid_mulai as minggu_mulai,
    minggu.minggu_epid_selesai as minggu_selesai,
    puskesmas.kode_kecamatan,
    puskesmas.kode_kecamatan is null as is_luar_wilayah,
    kasus.penyakit,
    kasus.kelompok,
    kasus.is_penyakit_dikenal,
    kasus.jumlah_ejaan,
    kasus.kasus,
    kasus.is_simulasi,
    kasus._batch_id,
    kasus._part
from kasus
left join
    minggu on kasus.tahun = minggu.tahun_epid and kasus.minggu = minggu.minggu_epid
    {{ join_puskesmas("kasus.puskesmas", "coalesce(minggu.minggu_epid_selesai, date 'infinity')") }}
