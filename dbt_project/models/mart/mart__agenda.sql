{{ config(meta={"camat_access": "all"}) }}

with
    acara as (
        select
            *,
            {{ local_time("mulai_at") }} as mulai,
            {{ local_time("selesai_at") }} as selesai,
            case
                when is_sehari_penuh
                then 'sehari penuh'
                else
                    to_char({{ local_time("mulai_at") }}, 'HH24.MI')
                    || coalesce('–' || to_char({{ local_time("selesai_at") }}, 'HH24.MI'), '')
            end as jam_teks
        from {{ ref("fct_acara") }}
        where {{ local_time("mulai_at") }}::date between {{ hari_ini() }} - 31 and {{ hari_ini() }} + 62
    ),

    sumber as (
        select
            date_trunc('second', {{ local_until("data_per_at") }}) as data_per,
            extract(epoch from {{ sekarang() }} - data_per_at) / 3600 > 2 * batas_jam as is_lama
        from {{ ref("int_sumber__keadaan") }}
        where source = 'setda_agenda'
    ),

    -- With whom an event clashes, by the rule of fct_acara.
    bentrok as (
        select
            satu.acara_kode,
            satu.ulangan,
            string_agg(lain.judul || ', ' || lain.jam_teks, '; ' order by lain.mulai, lain.judul) as dengan
        from acara as satu
        inner join
            acara as lain
            on satu.tempat = lain.tempat
            and (satu.acara_kode, satu.ulangan) <> (lain.acara_kode, lain.ulangan)
            and satu.mulai_at < lain.selesai_at
            and lain.mulai_at < satu.selesai_at
        where satu.is_bentrok and lain.is_bentrok
        group by satu.acara_kode, satu.ulangan
    )

select
    acara.acara_kode,
    acara.ulangan,
    acara.judul,
    coalesce(acara.kategori, '–') as kategori,
    coalesce(acara.pelaksana, '–') as pelaksana,
    coalesce(acara.tempat, '–') as tempat,
    wilayah.nama as kecamatan,
    acara.mulai,
    acara.selesai,
    acara.acara_tanggal as tanggal,
    {{ hari_tanggal_teks("acara.acara_tanggal") }} as hari_teks,
    acara.jam_teks,
    case
        acara.status when 'CANCELLED' then '✕ Batal' when 'TENTATIVE' then '▲ Rencana' else '● Pasti'
    end as status_teks,
    acara.is_terjadwal,
    acara.is_bentrok,
    coalesce('■ Bentrok dengan ' || bentrok.dengan, '–') as bentrok_teks,
    {{ data_sampai_teks("sumber.data_per", "sumber.is_lama") }} as data_sampai_teks,
    {{ label_simulasi("acara.is_simulasi") }} as label_data,
    sumber.data_per
from acara
cross join sumber
left join {{ ref("dim_wilayah_kini") }} as wilayah on acara.kode_kecamatan = wilayah.kode_wilayah
left join bentrok on acara.acara_kode = bentrok.acara_kode and acara.ulangan is not distinct from bentrok.ulangan
