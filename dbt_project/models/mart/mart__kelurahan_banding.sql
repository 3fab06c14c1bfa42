{{
    config(
        meta={"camat_access": "rows"},
        indexes=[
            {"columns": ["wilayah_kode", "bulan"], "unique": true},
            {"columns": ["wilayah_nama", "bulan"]},
        ],
    )
}}

{%- set banyak = [
    "jumlah_kejadian_bencana",
    "jumlah_kebakaran",
    "laporan_masuk",
    "gangguan_ketertiban",
    "titik_sampah_liar",
    "lampu_jalan_padam",
] -%}

-- Rates are ranked; a count is of unlike numbers of residents, so that it stands beside without a rank.
-- Of tables that were just built PostgreSQL knows no numbers: what is not materialized it would read anew for each row.
with
    bulan_laporan as ({{ bulan_laporan() }}),

    angka as (select * from {{ ref("mart__indikator") }} where wilayah_tingkat = 'kelurahan'),

    -- The newest half-year that was over by the end of the month; one for all, so that they are ranked in it.
    semester as materialized(
        select bulan_laporan.bulan, max(angka.periode_mulai) as periode_mulai
        from bulan_laporan
        inner join
            angka
            on angka.indikator_kode = 'cakupan_perekaman_ktpel'
            and angka.nilai is not null
            and angka.periode_selesai <= bulan_laporan.bulan_selesai
        group by bulan_laporan.bulan
    ),

    ktpel as materialized(
        select semester.bulan, angka.*, indikator.desimal
        from semester
        inner join
            angka on angka.indikator_kode = 'cakupan_perekaman_ktpel' and semester.periode_mulai = angka.periode_mulai
        inner join {{ ref("dim_indikator") }} as indikator on angka.indikator_kode = indikator.kode
    ),

    banyak as materialized(
        select
            angka.wilayah_kode,
            bulan_laporan.bulan,
            {% for kode in banyak %}
                max(angka.nilai) filter (where angka.indikator_kode = '{{ kode }}') as {{ kode }},
            {% endfor %}
            min(angka.data_per) as data_per,
            max(angka.label_data) as label_data,
            bool_or(angka.is_sementara) as is_sementara
        from angka
        inner join bulan_laporan on angka.periode_jenis = 'bulan' and angka.periode_mulai = bulan_laporan.bulan
        where angka.indikator_kode in ('{{ banyak | join("', '") }}')
        group by angka.wilayah_kode, bulan_laporan.bulan
    )

select
    kelurahan.kode_wilayah as wilayah_kode,
    kelurahan.nama as kelurahan,
    kelurahan.kode_kecamatan,
    kecamatan.nama as wilayah_nama,
    bulan_laporan.bulan,
    bulan_laporan.bulan_label,
    bulan_laporan.bulan_urutan,
    bulan_laporan.is_terkini,
    ktpel.peringkat as urutan,
    ktpel.nilai as ktpel_persen,
    {{ nilai_bersatuan("ktpel.nilai", "'persen'", "ktpel.desimal") }} as ktpel_teks,
    {{ status_teks("ktpel.status") }} as status_teks,
    coalesce(ktpel.peringkat || ' dari ' || ktpel.jumlah_wilayah, '–') as peringkat_teks,
    ktpel.periode_label,
    {% for kode in banyak %}
        coalesce({{ indonesian_number("banyak." ~ kode, 0) }}, '–') as {{ kode }}_teks,
    {% endfor %}
    concat_ws(
        ' · ',
        'KTP-el ' || ktpel.periode_label,
        {{ data_sampai_teks("least(banyak.data_per, ktpel.data_per)") }},
        {{
            lencana(
                "coalesce(banyak.label_data, ktpel.label_data)",
                "coalesce(banyak.is_sementara, false)",
                "null::text",
            )
        }}
    ) as keterangan,
    coalesce(banyak.label_data, ktpel.label_data) as label_data,
    least(banyak.data_per, ktpel.data_per) as data_per
from {{ ref("dim_wilayah_kini") }} as kelurahan
inner join {{ ref("dim_wilayah_kini") }} as kecamatan on kelurahan.kode_kecamatan = kecamatan.kode_wilayah
cross join bulan_laporan
left join ktpel on kelurahan.kode_wilayah = ktpel.wilayah_kode and bulan_laporan.bulan = ktpel.bulan
left join banyak on kelurahan.kode_wilayah = banyak.wilayah_kode and bulan_laporan.bulan = banyak.bulan
where kelurahan.tingkat = 'kelurahan'
