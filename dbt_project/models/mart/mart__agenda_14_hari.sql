{{ config(materialized="view", meta={"camat_access": "all"}) }}

-- A view, so that what is over is gone and the next hours are those of the moment of reading.
with jam as (select {{ local_time(sekarang()) }} as kini)

select
    (row_number() over (order by agenda.mulai, agenda.judul, agenda.acara_kode))::int as urutan,
    agenda.judul,
    agenda.kategori,
    agenda.pelaksana,
    agenda.tempat,
    agenda.kecamatan,
    agenda.mulai,
    agenda.selesai,
    agenda.tanggal,
    agenda.hari_teks,
    agenda.jam_teks,
    agenda.status_teks,
    agenda.is_terjadwal,
    agenda.mulai < jam.kini + interval '48 hours' as is_48_jam,
    agenda.mulai <= jam.kini as is_berlangsung,
    agenda.is_bentrok,
    agenda.bentrok_teks,
    agenda.data_sampai_teks,
    agenda.label_data,
    agenda.data_per
from {{ ref("mart__agenda") }} as agenda
cross join jam
where coalesce(agenda.selesai, agenda.mulai) > jam.kini and agenda.mulai < jam.kini::date + 15
