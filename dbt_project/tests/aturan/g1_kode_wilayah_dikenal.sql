-- G1: every code of a region exists.
{% set fakta = {
    "fct_kejadian_bencana": "kode_kelurahan",
    "fct_kejadian_damkar": "kode_kelurahan",
    "fct_penduduk": "kode_kelurahan",
    "fct_mutasi_penduduk": "kode_kelurahan",
    "fct_prakiraan_cuaca": "kode_kelurahan",
    "fct_panggilan_112": "kode_kelurahan",
    "fct_dpt": "kode_kecamatan",
    "fct_rekap_formulir": "kode_wilayah",
    "fct_rekap_suara": "kode_wilayah",
    "fct_berita": "kode_kecamatan",
    "fct_peringatan_cuaca": "kode_kecamatan",
    "dim_pendekat": "kode_kelurahan",
    "dim_host": "kode_kecamatan",
} %}
select kode.model, kode.kode_wilayah
from
    (
        {% for model, kolom in fakta.items() %}
            select distinct '{{ model }}' as model, {{ kolom }} as kode_wilayah
            from {{ ref(model) }}
            where {{ kolom }} like '{{ var("kode_kota") }}%' {{ "union all" if not loop.last }}
        {% endfor %}
    ) as kode
left join {{ ref("dim_wilayah_kini") }} as wilayah on kode.kode_wilayah = wilayah.kode_wilayah
where wilayah.kode_wilayah is null
