with
    kota as (
        select * from {{ ref("fct_suara") }} where kode_wilayah = '{{ var("kode_kota") }}' and tingkat_data = 'chart'
    ),

    progres as (
        select *
        from {{ ref("fct_progres_suara") }}
        where kode_wilayah = '{{ var("kode_kota") }}' and tingkat_data = 'chart'
    ),

    -- Only what changed is a row, so a moment shows, for each pair, its last word
    -- until then.
    saat as (select pemilihan, _batch_id, max(diperbarui_at) as diperbarui_at from kota group by pemilihan, _batch_id),

    saat_akhir as (
        select distinct on (pemilihan, diperbarui_at) * from saat order by pemilihan, diperbarui_at, _batch_id desc
    ),

    paslon as (select distinct pemilihan, paslon_id from kota)

select
    saat.pemilihan,
    saat.diperbarui_at,
    paslon.paslon_id,
    hitungan.suara,
    hitungan.is_simulasi or coalesce(kemajuan.is_simulasi, false) as is_simulasi,
    kemajuan.tps_masuk,
    kemajuan.tps_total
from saat_akhir as saat
inner join paslon on saat.pemilihan = paslon.pemilihan
inner join
    lateral(
        select kota.suara, kota.is_simulasi
        from kota
        where kota.pemilihan = saat.pemilihan and kota.paslon_id = paslon.paslon_id and kota._batch_id <= saat._batch_id
        order by kota._batch_id desc, kota._row desc
        limit 1
    ) as hitungan
    on true
left join
    lateral(
        select progres.tps_masuk, progres.tps_total, progres.is_simulasi
        from progres
        where progres.pemilihan = saat.pemilihan and progres.diperbarui_at <= saat.diperbarui_at
        order by progres.diperbarui_at desc, progres._batch_id desc, progres._row desc
        limit 1
    ) as kemajuan
    on true
