{{ config(materialized="view", meta={"camat_access": "all"}) }}

-- A view on the ledger, which measures each table every day: what a dashboard shows is of the last measurement.
{% set bagian = {
    "kelengkapan": "kelengkapan",
    "keabsahan": "keabsahan",
    "ketepatan_waktu": "ketepatan waktu",
    "keunikan": "keunikan",
    "keselarasan": "keselarasan",
} %}
select
    mutu.source,
    katalog.title as judul,
    katalog.opd_name as opd_nama,
    katalog.steward as penanggung_jawab,
    mutu.table_name as tabel,
    mutu.hari,
    mutu.hari = max(mutu.hari) over (partition by mutu.source, mutu.table_name) as is_terbaru,
    {% for kolom in (bagian | list) + ["skor"] %}
        mutu.{{ kolom }}, coalesce({{ indonesian_number("mutu." ~ kolom, 1) }}, '–') as {{ kolom }}_teks,
    {% endfor %}
    mutu.bagian_diketahui
    || ' dari 5 bagian'
    || case
        when mutu.bagian_diketahui < 5
        then
            '; belum diketahui: ' || concat_ws(
                ', '
                {% for kolom, kata in bagian.items() %}
                    , case when mutu.{{ kolom }} is null then '{{ kata }}' end
                {% endfor %}
            )
        else ''
    end as dinilai_dari,
    mutu.baris_dibaca,
    {{ waktu_teks(local_time("mutu.dihitung_at")) }} as dihitung_teks
from {{ source("ops", "mutu_harian") }} as mutu
inner join {{ source("ops", "source_catalogue") }} as katalog on mutu.source = katalog.source
