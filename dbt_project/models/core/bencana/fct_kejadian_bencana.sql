{{
    config(
        materialized="incremental",
        incremental_strategy="replace_keys",
        changes={"source": "bpbd_kejadian", "table": "kejadian", "key": {"no_kejadian": "no_kejadian"}},
        on_schema_change="fail",
        indexes=[
            {"columns": ["no_kejadian"], "unique": true},
        ],
    )
}}

with
    kejadian as (select * from {{ ref("stg_bpbd_kejadian__kejadian") }} {{ only_changed() }}),

    waktu as (select *, trim_scale(extract(epoch from tiba_at - lapor_at) / 60) as selisih_menit from kejadian),

    ejaan as (select * from {{ ref("int_wilayah__ejaan") }} where tingkat = 'kecamatan')

-- An event of which only the kecamatan is known still counts there.
select
    waktu.no_kejadian,
    waktu.jenis_bencana,
    {{ local_time("waktu.lapor_at") }}::date as kejadian_tanggal,
    date_trunc('month', {{ local_time("waktu.lapor_at") }})::date as bulan_mulai,
    waktu.kode_kelurahan,
    coalesce(left(waktu.kode_kelurahan, 8), ejaan.kode_wilayah) as kode_kecamatan,
    waktu.lapor_at,
    waktu.tiba_at,
    waktu.selesai_at,
    case when waktu.selisih_menit >= 0 then waktu.selisih_menit end as waktu_tanggap_menit,
    coalesce(waktu.tiba_at < waktu.lapor_at or waktu.selesai_at < waktu.tiba_at, false) as is_waktu_janggal,
    waktu.genangan_cm,
    waktu.meninggal_jiwa,
    waktu.hilang_jiwa,
    waktu.luka_jiwa,
    waktu.mengungsi_jiwa,
    waktu.terdampak_jiwa,
    waktu.rumah_ringan_unit,
    waktu.rumah_sedang_unit,
    waktu.rumah_berat_unit,
    waktu.sumber_laporan,
    waktu._is_simulasi as is_simulasi,
    waktu._batch_id
from waktu
left join ejaan on ops.ejaan(waktu.nama_kecamatan) = ejaan.ejaan
