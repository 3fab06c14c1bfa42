{{ config(severity="warn") }}

-- A correction finds exactly one row, and in it the value that it expects; one that does not is not applied, and the
-- agency's own word stands.
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
                count(baris.*) filter (where {{ is_fitting() }}) as sesuai
            from {{ ref("ref_koreksi") }} as koreksi
            left join {{ relasi }} as baris on to_jsonb(baris) @> koreksi.kunci
            where koreksi.tabel = '{{ nama }}'
            group by koreksi.koreksi_kode {{ "union all" if not loop.last }}
        {% endfor %}
    )

select
    koreksi.koreksi_kode,
    koreksi.tabel,
    koreksi.kunci,
    cocok.baris,
    cocok.sesuai,
    format(
        'correction %s of %s %s finds %s rows, %s of them with %s = %L where %L fits; remove it from ref_koreksi, or mend it',
        koreksi.koreksi_kode,
        koreksi.tabel,
        koreksi.kunci,
        coalesce(cocok.baris, 0),
        coalesce(cocok.sesuai, 0),
        koreksi.kolom,
        koreksi.expect,
        koreksi.nilai
    ) as kalimat
from {{ ref("ref_koreksi") }} as koreksi
left join cocok on koreksi.koreksi_kode = cocok.koreksi_kode
where (cocok.baris, cocok.sesuai) is distinct from (1, 1)
