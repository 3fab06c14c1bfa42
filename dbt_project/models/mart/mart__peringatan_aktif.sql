{{ config(materialized="view", meta={"camat_access": "all"}) }}

-- A view, so that a warning ends when it ends and not with the next build.
with jam as (select {{ local_time(sekarang()) }} as kini)

select
    peringatan_kode,
    min(acara) as acara,
    case
        min(keparahan)
        when 'Extreme'
        then '■ Ekstrem'
        when 'Severe'
        then '■ Berat'
        when 'Moderate'
        then '▲ Sedang'
        when 'Minor'
        then '● Ringan'
        else '– Tidak disebut'
    end as keparahan_teks,
    min(judul) as judul,
    min(uraian) as uraian,
    min(anjuran) as anjuran,
    count(*) as jumlah_kecamatan,
    string_agg(kecamatan, ', ' order by kecamatan) as kecamatan_teks,
    min(mulai) as mulai,
    max(berakhir) as berakhir,
    'berlaku sampai ' || {{ waktu_teks("max(berakhir)") }} as berlaku_teks,
    min(sumber) as sumber,
    min(label_data) as label_data
from {{ ref("mart__peringatan_cuaca") }}
cross join jam
where not is_diganti and mulai <= jam.kini and berakhir > jam.kini
group by peringatan_kode
