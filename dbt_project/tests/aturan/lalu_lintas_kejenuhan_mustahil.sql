-- A degree of saturation lies between 0 and 1,5.
select
    agregat.kode_simpang,
    agregat.pendekat,
    agregat.bulan_mulai,
    agregat.volume_jam_tertinggi_skr,
    pendekat.kapasitas_skr_jam
from {{ ref("agg_lalu_lintas_bulanan") }} as agregat
inner join
    {{ ref("int_pendekat__masa") }} as pendekat
    on agregat.kode_simpang = pendekat.kode_simpang
    and agregat.pendekat = pendekat.pendekat
    and {{ in_force("pendekat", mid_month("agregat.bulan_mulai")) }}
where agregat.volume_jam_tertinggi_skr / nullif(pendekat.kapasitas_skr_jam, 0) not between 0 and 1.5
