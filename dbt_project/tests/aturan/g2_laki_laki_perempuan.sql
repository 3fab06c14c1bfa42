-- G2, K5: men + women = all, on every row that tells both; in lists of voters some have no sex.
select
    'fct_penduduk' as model, kode_kelurahan as kode, laki_laki_jiwa as l, perempuan_jiwa as p, penduduk_jiwa as jumlah
from {{ ref("fct_penduduk") }}
where laki_laki_jiwa + perempuan_jiwa <> penduduk_jiwa
union all
select 'fct_dpt', kode_kecamatan || ' ' || nama_kelurahan, laki_jiwa, perempuan_jiwa, jumlah_jiwa
from {{ ref("fct_dpt") }}
where laki_jiwa + perempuan_jiwa > jumlah_jiwa
union all
select 'fct_rekap_formulir', pemilihan || ' ' || tahun || ' ' || kode_wilayah, dpt_l_jiwa, dpt_p_jiwa, dpt_jiwa
from {{ ref("fct_rekap_formulir") }}
where dpt_l_jiwa + dpt_p_jiwa <> dpt_jiwa
