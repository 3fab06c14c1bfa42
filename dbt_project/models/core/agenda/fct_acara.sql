with
    acara as (
        select acara.*, wilayah.kode_wilayah as kode_kecamatan
        from {{ ref("stg_setda_agenda__acara") }} as acara
        left join
            {{ ref("int_wilayah__ejaan") }} as wilayah
            on ops.ejaan(acara.nama_kecamatan) = wilayah.ejaan
            and wilayah.tingkat = 'kecamatan'
    ),

    -- Two confirmed events clash when they are in one place at one time.
    bentrok as (
        select distinct satu.acara_kode, satu.ulangan
        from acara as satu
        inner join
            acara as lain
            on satu.tempat = lain.tempat
            and (satu.acara_kode, satu.ulangan) <> (lain.acara_kode, lain.ulangan)
            and satu.mulai_at < lain.selesai_at
            and lain.mulai_at < satu.selesai_at
        where satu.status <> 'CANCELLED' and lain.status <> 'CANCELLED'
    )

select
    acara.acara_kode,
    acara.ulangan,
    acara.judul,
    acara.kategori,
    acara.pelaksana,
    acara.tempat,
    acara.kode_kecamatan,
    acara.mulai_at,
    acara.selesai_at,
    {{ local_time("acara.mulai_at") }}::date as acara_tanggal,
    date_trunc('month', {{ local_time("acara.mulai_at") }})::date as bulan_mulai,
    acara.status,
    acara.status <> 'CANCELLED' as is_terjadwal,
    acara.is_dilaporkan_terlaksana,
    count(*) over (partition by acara.acara_kode) > 1 as is_berulang,
    bentrok.acara_kode is not null as is_bentrok,
    acara.is_sehari_penuh,
    acara._is_simulasi as is_simulasi,
    acara._batch_id
from acara
left join bentrok on acara.acara_kode = bentrok.acara_kode and acara.ulangan is not distinct from bentrok.ulangan
