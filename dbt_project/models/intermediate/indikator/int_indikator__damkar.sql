with
    batas as (
        select min(bulan_mulai) as awal, max(bulan_mulai) as akhir, bool_or(is_simulasi) as is_simulasi
        from {{ ref("agg_damkar_bulanan") }}
    ),

    bulan as (
        select distinct tanggal.bulan_mulai, tanggal.bulan_selesai, tanggal.bulan_nama, tanggal.tahun, batas.is_simulasi
        from {{ ref("dim_tanggal") }} as tanggal
        inner join batas on tanggal.tanggal between batas.awal and batas.akhir
    ),

    -- A month without a fire is a zero, not a gap: the register is complete.
    petak as (
        select
            bulan.bulan_mulai,
            bulan.bulan_selesai,
            bulan.bulan_nama || ' ' || bulan.tahun as periode_label,
            wilayah.kode_wilayah,
            wilayah.tingkat,
            coalesce(agregat.jumlah_kebakaran, 0) as jumlah_kebakaran,
            coalesce(agregat.jumlah_penyelamatan, 0) as jumlah_penyelamatan,
            coalesce(agregat.jumlah_kejadian, 0) as jumlah_kejadian,
            coalesce(agregat.jumlah_waktu_sah, 0) as jumlah_waktu_sah,
            coalesce(agregat.jumlah_tanggap_15mnt, 0) as jumlah_tanggap_15mnt,
            agregat.waktu_tanggap_median_menit,
            coalesce(agregat.is_simulasi, bulan.is_simulasi) as is_simulasi
        from bulan
        cross join {{ ref("dim_wilayah") }} as wilayah
        left join
            {{ ref("agg_damkar_bulanan") }} as agregat
            on bulan.bulan_mulai = agregat.bulan_mulai
            and wilayah.kode_wilayah = agregat.kode_wilayah
    )

select
    ukuran.indikator_kode,
    petak.kode_wilayah,
    'bulan' as periode_jenis,
    petak.bulan_mulai as periode_mulai,
    petak.bulan_selesai as periode_selesai,
    petak.periode_label,
    ukuran.pembilang::numeric as pembilang,
    ukuran.penyebut::numeric as penyebut,
    ukuran.nilai_median,
    null::numeric as nilai_lapor,
    false as is_belum_lengkap,
    petak.is_simulasi
from petak
cross join
    lateral(
        values
            ('jumlah_kebakaran', jumlah_kebakaran, null::bigint, null::numeric),
            ('jumlah_penyelamatan', jumlah_penyelamatan, null, null),
            ('waktu_tanggap', null, jumlah_waktu_sah, waktu_tanggap_median_menit),
            ('persen_tanggap_15mnt', jumlah_tanggap_15mnt, jumlah_kejadian, null)
    ) as ukuran(indikator_kode, pembilang, penyebut, nilai_median)
where petak.tingkat <> 'kelurahan' or ukuran.indikator_kode in ('jumlah_kebakaran', 'jumlah_penyelamatan')
