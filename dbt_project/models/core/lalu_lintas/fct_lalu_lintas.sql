{{
    config(
        materialized="partitioned",
        incremental_strategy="replace_keys",
        changes={
            "source": "dishub_hitung",
            "table": "hitungan",
            "key": {
                "_part": "_part",
                "mulai_at": "mulai_at",
                "kode_simpang": "kode_simpang",
                "pendekat": "pendekat",
                "tanggal": local_time("mulai_at") ~ "::date",
            },
        },
        partition={
            "column": "tanggal",
            "source": "dishub_hitung",
            "table": "hitungan",
            "expression": local_time("mulai_at") ~ "::date",
        },
        derived_key=["tanggal"],
        on_schema_change="fail",
        post_hook="{{ distribute('kode_simpang') }}",
        indexes=[
            {"columns": ["kode_simpang", "pendekat", "mulai_at", "tanggal"], "unique": true},
        ],
    )
}}

with
    hitungan as (
        select *, {{ local_time("mulai_at") }}::date as tanggal
        from {{ changed_rows_of(ref("stg_dishub_hitung__hitungan")) }} as berubah
    )

-- Passenger car units by the factors of the manual for junctions with signals (PKJI); what has no motor has none.
select
    mulai_at,
    tanggal,
    kode_simpang,
    pendekat,
    sepeda_motor_unit,
    mobil_penumpang_unit,
    kendaraan_sedang_unit,
    kendaraan_berat_unit,
    tak_bermotor_unit,
    sepeda_motor_unit + mobil_penumpang_unit + kendaraan_sedang_unit + kendaraan_berat_unit as kendaraan_unit,
    (
        {{ var("ekr_sepeda_motor") }} * sepeda_motor_unit
        + mobil_penumpang_unit
        + {{ var("ekr_kendaraan_sedang") }} * kendaraan_sedang_unit
        + {{ var("ekr_kendaraan_berat") }} * kendaraan_berat_unit
    )::numeric as volume_skr,
    kecepatan_km_jam,
    _is_simulasi as is_simulasi,
    _part
from hitungan
-- The quarters of an hour of an approach lie together, so that an hour is one page to read.
{% if not takes_changes() %} order by kode_simpang, pendekat, mulai_at {% endif %}
