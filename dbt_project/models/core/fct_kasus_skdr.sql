{{
    config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key="puskesmas",
        on_schema_change="fail",
        indexes=[
            {"columns": ["puskesmas", "tahun", "minggu", "penyakit"], "unique": true},
            {"columns": ["puskesmas", "_part_batch_id"]},
        ],
    )
}}

-- A snapshot also deletes: a puskesmas with a new batch is taken over whole.
with
    terbit as (
        select part, max(batch_id) as batch_id
        from {{ ref("stg_ops__batch") }}
        where source = 'dinkes_skdr' and table_name = 'kasus' and status = 'published'
        group by part
    ),

    kasus as (
        select *
        from {{ ref("int_skdr__kasus") }}
        {% if is_incremental() %}
            where
                _part not in (
                    select lama._part
                    from {{ this }} as lama
                    inner join terbit on lama._part = terbit.part and lama._part_batch_id >= terbit.batch_id
                )
        {% endif %}
    ),

    minggu as (
        select distinct tahun_epid, minggu_epid, minggu_epid_mulai, minggu_epid_selesai from {{ ref("dim_tanggal") }}
    )

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
    kasus._part,
    greatest(kasus._batch_id, terbit.batch_id) as _part_batch_id
from kasus
left join terbit on kasus._part = terbit.part
left join minggu on kasus.tahun = minggu.tahun_epid and kasus.minggu = minggu.minggu_epid
left join {{ ref("ref_puskesmas") }} as puskesmas on kasus.puskesmas = puskesmas.puskesmas
