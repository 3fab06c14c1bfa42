with kejadian as (select * from {{ ref("fct_kejadian_damkar") }} where not is_luar_wilayah)

select
    case
        when grouping(kode_kelurahan) = 0
        then kode_kelurahan
        when grouping(kode_kecamatan) = 0
        then kode_kecamatan
        else '13.71'
    end as kode_wilayah,
    bulan_mulai,
    count(*) filter (where jenis = 'Kebakaran') as jumlah_kebakaran,
    count(*) filter (where jenis = 'Penyelamatan') as jumlah_penyelamatan,
    count(*) as jumlah_kejadian,
    count(waktu_tanggap_menit) as jumlah_waktu_sah,
    count(*) filter (where waktu_tanggap_menit <= 15) as jumlah_tanggap_15mnt,
    round((percentile_cont(0.5) within group (order by waktu_tanggap_menit))::numeric, 2) as waktu_tanggap_median_menit,
    sum(kerugian_idr) filter (where jenis = 'Kebakaran') as kerugian_idr,
    sum(coalesce(luka_jiwa, 0) + coalesce(meninggal_jiwa, 0)) filter (where jenis = 'Kebakaran') as korban_jiwa,
    bool_or(is_simulasi) as is_simulasi
from kejadian
group by grouping sets ((bulan_mulai), (bulan_mulai, kode_kecamatan), (bulan_mulai, kode_kecamatan, kode_kelurahan))
having
    (grouping(kode_kecamatan) = 1 or kode_kecamatan is not null)
    and (grouping(kode_kelurahan) = 1 or kode_kelurahan is not null)
