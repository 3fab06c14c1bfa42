{{ config(severity="warn") }}

-- G7: a complete month that is more than three times, or less than a third of, the same month last year.
select indikator_kode, periode_mulai, nilai, nilai_tahun_lalu
from {{ ref("mart__indikator") }}
where
    wilayah_tingkat = 'kota'
    and periode_jenis = 'bulan'
    and not is_sementara
    and nilai_tahun_lalu >= 20
    and (nilai > 3 * nilai_tahun_lalu or nilai < nilai_tahun_lalu / 3)
    and indikator_kode in (select kode from {{ ref("dim_indikator") }} where is_aditif)
