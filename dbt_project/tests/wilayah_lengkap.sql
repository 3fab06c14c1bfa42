-- One city, with as many kecamatan and kelurahan as the decree of 2025 has.
select tingkat, count(*) as jumlah
from {{ ref("dim_wilayah_kini") }}
group by tingkat
having
    count(*) <> case
        tingkat
        when 'kota'
        then 1
        when 'kecamatan'
        then {{ var("jumlah_kecamatan") }}
        when 'kelurahan'
        then {{ var("jumlah_kelurahan") }}
    end
