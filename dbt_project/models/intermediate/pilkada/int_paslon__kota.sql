-- Pairs are registered for the province (governor) or the city (mayor); both prefixes
-- of Padang's codes.
select
    paslon.pemilihan,
    paslon.paslon_id,
    paslon.nomor_urut,
    paslon.nama as paslon_nama,
    paslon.warna,
    paslon._is_simulasi as is_simulasi
from {{ ref("stg_kpu_sirekap__paslon") }} as paslon
where '{{ var("kode_kota") | replace(".", "") }}' like paslon.kode_kpu || '%'
