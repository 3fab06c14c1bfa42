{{
    config(
        materialized="incremental",
        incremental_strategy="replace_keys",
        changes={"source": "damkar_kejadian", "table": "kejadian", "key": {"no_kejadian": "no_kejadian"}},
        on_schema_change="fail",
        indexes=[
            {"columns": ["no_kejadian"], "unique": true},
        ],
    )
}}

with
    kejadian as (select * from {{ ref("stg_damkar_kejadian__kejadian") }} {{ only_changed() }}),

    waktu as (select *, {{ minutes_between("lapor_jam", "tiba_jam") }} as selisih_menit from kejadian),

    wilayah as (select * from {{ ref("dim_wilayah_kini") }} where tingkat = 'kelurahan')

select
    waktu.no_kejadian,
    waktu.jenis,
    waktu.kejadian_tanggal,
    date_trunc('month', waktu.kejadian_tanggal)::date as bulan_mulai,
    waktu.kode_kelurahan,
    wilayah.kode_kecamatan,
    waktu.kode_kelurahan is not null and wilayah.kode_wilayah is null as is_luar_wilayah,
    waktu.kejadian_tanggal + waktu.lapor_jam as waktu_lapor,
    case
        when waktu.selisih_menit > 0 and waktu.selisih_menit < 180 then trim_scale(waktu.selisih_menit)
    end as waktu_tanggap_menit,
    coalesce(waktu.selisih_menit <= 0 or waktu.selisih_menit >= 180, false) as is_waktu_janggal,
    waktu.objek,
    waktu.penyebab,
    waktu.armada_unit,
    waktu.luka_jiwa,
    waktu.meninggal_jiwa,
    waktu.kerugian_idr,
    waktu._is_simulasi as is_simulasi,
    waktu._batch_id
from waktu
left join wilayah on waktu.kode_kelurahan = wilayah.kode_wilayah
