-- A correction finds exactly one row, and in it the value that it expects.
{% set tabel = [("ref_angka_terbitan", ref("ref_angka_terbitan"))] %}
{% for sumber, nama in corrected_tables() %}
    {% do tabel.append((sumber ~ "__" ~ nama, source(sumber, nama))) %}
{% endfor %}

with
    cocok as (
        {% for nama, relasi in tabel %}
            select
                koreksi.koreksi_kode,
                count(baris.*) as baris,
                count(baris.*) filter (
                    where to_jsonb(baris) ->> koreksi.kolom is not distinct from koreksi.expect
                ) as sesuai
            from {{ ref("ref_koreksi") }} as koreksi
            left join {{ relasi }} as baris on to_jsonb(baris) @> koreksi.kunci
            where koreksi.tabel = '{{ nama }}'
            group by koreksi.koreksi_kode {{ "union all" if not loop.last }}
        {% endfor %}
    )

select koreksi.koreksi_kode, koreksi.tabel, koreksi.kunci, cocok.baris, cocok.sesuai
from {{ ref("ref_koreksi") }} as koreksi
left join cocok on koreksi.koreksi_kode = cocok.koreksi_kode
where (cocok.baris, cocok.sesuai) is distinct from (1, 1)
