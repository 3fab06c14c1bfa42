{{ config(meta={"camat_access": "rows"}) }}

with
    setahun as ({{ setahun_terakhir("damkar_kejadian") }}),

    kebakaran as (
        select
            kejadian.kode_kecamatan,
            extract(isodow from kejadian.waktu_lapor)::int as hari_ke,
            extract(hour from kejadian.waktu_lapor)::int as jam_ke,
            kejadian.is_simulasi
        from {{ ref("fct_kejadian_damkar") }} as kejadian
        inner join setahun on kejadian.bulan_mulai between setahun.bulan_awal and setahun.bulan_akhir
        where kejadian.jenis = 'Kebakaran' and not kejadian.is_luar_wilayah
    )

-- An hour without a fire has a nought, so that every cell is drawn.
select
    wilayah.kode_wilayah as wilayah_kode,
    wilayah.nama as wilayah_nama,
    wilayah.tingkat as wilayah_tingkat,
    wilayah.kode_kecamatan,
    hari.hari_ke,
    hari.hari_ke
    || ' '
    || (array['Senin', 'Selasa', 'Rabu', 'Kamis', 'Jumat', 'Sabtu', 'Minggu'])[hari.hari_ke] as hari_teks,
    lpad(jam.jam_ke::text, 2, '0') as jam_teks,
    count(kebakaran.hari_ke)::int as jumlah_kebakaran,
    setahun.periode_label,
    {{ data_sampai_teks("setahun.data_per", "setahun.is_lama") }} as data_sampai_teks,
    {{ label_simulasi("asal.is_simulasi") }} as label_data,
    setahun.data_per
from {{ ref("dim_wilayah_kini") }} as wilayah
cross join setahun
cross join (select bool_or(is_simulasi) as is_simulasi from kebakaran) as asal
cross join generate_series(1, 7) as hari(hari_ke)
cross join generate_series(0, 23) as jam(jam_ke)
left join
    kebakaran
    on (wilayah.tingkat = 'kota' or wilayah.kode_kecamatan = kebakaran.kode_kecamatan)
    and hari.hari_ke = kebakaran.hari_ke
    and jam.jam_ke = kebakaran.jam_ke
where wilayah.tingkat in ('kota', 'kecamatan')
group by
    wilayah.kode_wilayah,
    wilayah.nama,
    wilayah.tingkat,
    wilayah.kode_kecamatan,
    hari.hari_ke,
    jam.jam_ke,
    setahun.periode_label,
    setahun.data_per,
    setahun.is_lama,
    asal.is_simulasi
