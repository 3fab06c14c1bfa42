{{
    config(
        meta={"camat_access": "rows"},
        indexes=[
            {"columns": ["indikator_kode", "wilayah_kode", "bulan"], "unique": true},
            {"columns": ["wilayah_nama", "bulan"]},
        ],
    )
}}

with bulan_laporan as ({{ bulan_laporan() }})

select
    angka.indikator_kode,
    angka.indikator_nama,
    angka.domain,
    angka.wilayah_kode,
    angka.wilayah_nama as kelurahan,
    angka.kode_kecamatan,
    kecamatan.nama as wilayah_nama,
    bulan_laporan.bulan,
    bulan_laporan.bulan_label,
    bulan_laporan.bulan_urutan,
    bulan_laporan.is_terkini,
    (
        row_number() over (
            partition by angka.indikator_kode, angka.kode_kecamatan, bulan_laporan.bulan
            order by angka.nilai desc nulls last, angka.wilayah_nama
        )
    )::int as urutan,
    angka.nilai,
    {{ nilai_bersatuan("angka.nilai", "angka.satuan", "indikator.desimal") }} as nilai_teks,
    {{ data_sampai_teks("angka.data_per") }} as data_sampai_teks,
    {{ lencana("angka.label_data", "angka.is_sementara", "angka.sementara_karena") }} as lencana,
    angka.label_data,
    angka.data_per
from {{ ref("mart__indikator") }} as angka
inner join bulan_laporan on angka.periode_jenis = 'bulan' and angka.periode_mulai = bulan_laporan.bulan
inner join {{ ref("dim_indikator") }} as indikator on angka.indikator_kode = indikator.kode
inner join {{ ref("dim_wilayah_kini") }} as kecamatan on angka.kode_kecamatan = kecamatan.kode_wilayah
where angka.wilayah_tingkat = 'kelurahan'
