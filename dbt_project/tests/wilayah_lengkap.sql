-- The decree of 2025: one city, 11 kecamatan, 104 kelurahan.
select tingkat, count(*) as jumlah
from {{ ref("dim_wilayah_kini") }}
group by tingkat
having count(*) <> case tingkat when 'kota' then 1 when 'kecamatan' then 11 when 'kelurahan' then 104 end
