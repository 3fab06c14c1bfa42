-- K2 total = valid + invalid; K3 total = ballots used; K4 users = their three kinds = ballots used; K6 received =
-- used +
-- spoilt + left; K8 users of the list ≤ the list. What is not published is not compared.
select pemilihan, tahun, kode_wilayah, aturan.kode, aturan.kiri, aturan.kanan
from {{ ref("fct_rekap_formulir") }}
cross join
    lateral(
        values
            ('K2', suara_total, suara_sah + suara_tidak_sah),
            ('K3', suara_total, surat_digunakan),
            ('K4', pengguna_jiwa, pengguna_dpt_jiwa + pengguna_dpph_jiwa + pengguna_dptb_jiwa),
            ('K4', pengguna_jiwa, surat_digunakan),
            ('K6', surat_diterima, surat_digunakan + surat_rusak + surat_sisa)
    ) as aturan(kode, kiri, kanan)
where status = 'resmi' and aturan.kiri <> aturan.kanan
union all
select pemilihan, tahun, kode_wilayah, 'K8', pengguna_dpt_jiwa, dpt_jiwa
from {{ ref("fct_rekap_formulir") }}
where pengguna_dpt_jiwa > dpt_jiwa
