with
    keadaan as (select data_per_at from {{ ref("int_sumber__keadaan") }} where source = 'setda_agenda'),

    -- What clashes and is not over yet, by day and place.
    bentrok as (
        select
            acara.tempat,
            acara.kode_kecamatan,
            acara.acara_tanggal,
            count(*) as acara,
            min(acara.mulai_at) as mulai_at,
            bool_or(acara.is_simulasi) as is_simulasi
        from {{ ref("fct_acara") }} as acara
        cross join keadaan
        where acara.is_bentrok and acara.selesai_at > keadaan.data_per_at
        group by acara.tempat, acara.kode_kecamatan, acara.acara_tanggal
    ),

    temuan as (
        select
            'bentrok_jadwal' as aturan_kode,
            case when wilayah.kode_wilayah is null then 'kota' else 'kecamatan' end as subjek_jenis,
            coalesce(wilayah.nama, kota.nama) as subjek_nama,
            coalesce(wilayah.kode_wilayah, kota.kode_wilayah) as wilayah_kode,
            wilayah.kode_kecamatan,
            null::text as opd_nama,
            'bentrok_jadwal' as indikator_kode,
            bentrok.acara || ' acara' as nilai_teks,
            'target 0 acara' as target_teks,
            concat_ws(', ', bentrok.tempat, {{ tanggal_teks("bentrok.acara_tanggal") }})
            || ' pukul '
            || to_char({{ local_time("bentrok.mulai_at") }}, 'HH24.MI') as rincian,
            'waspada' as status,
            bentrok.acara::numeric as besar,
            bentrok.acara_tanggal as sejak,
            bentrok.acara_tanggal as hingga,
            {{ tanggal_teks("bentrok.acara_tanggal") }} as periode_label,
            'setda_agenda' as source,
            bentrok.is_simulasi
        from bentrok
        inner join {{ ref("dim_wilayah_kini") }} as kota on kota.tingkat = 'kota'
        left join {{ ref("dim_wilayah_kini") }} as wilayah on bentrok.kode_kecamatan = wilayah.kode_wilayah
    )

select {{ temuan_columns() }}
from temuan
