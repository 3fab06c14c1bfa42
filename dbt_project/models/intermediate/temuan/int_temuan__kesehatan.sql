with
    sinyal as (select * from {{ ref("int_skdr__sinyal") }}),

    terakhir as (select max(minggu_mulai) as minggu_mulai from sinyal),

    -- A sign is followed up for weeks, and a month is judged with its last week only.
    tanda as (
        select
            sinyal.*,
            sinyal.minggu_mulai + 6 as minggu_selesai,
            concat_ws(
                ', ',
                case when sinyal.is_dua_kali then 'dua kali minggu sebelumnya' end,
                case when sinyal.is_naik_tiga_kali then 'naik tiga minggu berturut-turut' end,
                case when sinyal.is_dua_kali_bulanan then 'sebulan dua kali rata-rata setahun' end,
                case when sinyal.is_penyakit_baru then 'tidak ada setahun terakhir' end
            ) as kriteria
        from sinyal
        cross join terakhir
        where sinyal.is_sinyal and sinyal.minggu_mulai > terakhir.minggu_mulai - 28
    ),

    asal as (
        select minggu_mulai, kode_kecamatan, bool_or(is_simulasi) as is_simulasi
        from {{ ref("agg_skdr_mingguan") }}
        group by minggu_mulai, kode_kecamatan
    ),

    temuan as (
        select
            'sinyal_klb' as aturan_kode,
            'kecamatan' as subjek_jenis,
            wilayah.nama as subjek_nama,
            wilayah.kode_wilayah as wilayah_kode,
            wilayah.kode_kecamatan,
            null::text as opd_nama,
            'sinyal_klb' as indikator_kode,
            {{ indonesian_number("tanda.kasus", 0) }} || ' kasus' as nilai_teks,
            'tanpa target' as target_teks,
            tanda.penyakit || ' (' || tanda.kriteria || ')' as rincian,
            'siaga' as status,
            tanda.kasus::numeric as besar,
            tanda.minggu_mulai as sejak,
            tanda.minggu_selesai as hingga,
            periode.periode_label,
            'dinkes_skdr' as source,
            coalesce(asal.is_simulasi, false) as is_simulasi
        from tanda
        inner join {{ ref("dim_wilayah_kini") }} as wilayah on tanda.kode_kecamatan = wilayah.kode_wilayah
        left join
            {{ ref("dim_periode") }} as periode
            on periode.periode_jenis = 'minggu_epid'
            and tanda.minggu_mulai = periode.periode_mulai
        left join asal on tanda.minggu_mulai = asal.minggu_mulai and tanda.kode_kecamatan = asal.kode_kecamatan
    )

select {{ temuan_columns() }}
from temuan
