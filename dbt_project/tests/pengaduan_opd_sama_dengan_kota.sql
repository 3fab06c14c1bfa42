-- What is told by agency, topic and kecamatan adds up to the city's and the kecamatan's own figures.
with
    opd as (
        select
            indikator_kode,
            coalesce(kode_kecamatan, '{{ var("kode_kota") }}') as wilayah_kode,
            periode_mulai,
            nilai,
            is_sementara
        from {{ ref("mart__pengaduan_opd_topik") }}
        where irisan in ('kota', 'kecamatan')
    )

select opd.indikator_kode, opd.wilayah_kode, opd.periode_mulai, opd.nilai, indikator.nilai as nilai_indikator
from opd
inner join
    {{ ref("mart__indikator") }} as indikator
    on opd.indikator_kode = indikator.indikator_kode
    and opd.wilayah_kode = indikator.wilayah_kode
    and opd.periode_mulai = indikator.periode_mulai
where (opd.nilai, opd.is_sementara) is distinct from (indikator.nilai, indikator.is_sementara)
