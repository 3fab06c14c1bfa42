{{
    config(
        meta={"camat_access": "rows"},
        indexes=[{"columns": ["domain", "wilayah_kode", "bulan"], "unique": true}],
    )
}}

with
    ubin as (select *, {{ status_berat("status") }} as berat from {{ ref("mart__ubin") }}),

    dihitung as (
        select
            domain,
            wilayah_kode,
            wilayah_nama,
            wilayah_tingkat,
            kode_kecamatan,
            bulan,
            bulan_label,
            bulan_urutan,
            is_terkini,
            (count(*) filter (where status = 'baik'))::int as jumlah_baik,
            (count(*) filter (where status = 'waspada'))::int as jumlah_waspada,
            (count(*) filter (where status = 'siaga'))::int as jumlah_siaga,
            (count(*) filter (where status = 'buruk'))::int as jumlah_buruk,
            (count(*) filter (where status = 'tanpa_ambang'))::int as jumlah_tanpa_target,
            (count(*) filter (where status = 'tidak_tersedia'))::int as jumlah_tidak_tersedia,
            count(*) as jumlah,
            count(*) filter (where lencana like '%SEMENTARA%') as sementara,
            min(data_per) filter (where periode_mulai is not null) as data_per,
            bool_or(data_sampai_teks like '%▲ lama') as is_lama,
            max(label_data) as label_data
        from ubin
        group by
            domain,
            wilayah_kode,
            wilayah_nama,
            wilayah_tingkat,
            kode_kecamatan,
            bulan,
            bulan_label,
            bulan_urutan,
            is_terkini
    ),

    -- The worst there is; among equals the one that the domain shows first.
    utama as (
        select distinct
            on (domain, wilayah_kode, bulan)
            domain,
            wilayah_kode,
            bulan,
            indikator_nama || ' ' || nilai_teks || ', ' || target_teks as utama_teks,
            coalesce(nullif(perubahan_teks, '–'), 'belum ada pembanding') as perubahan_teks
        from ubin
        order by domain, wilayah_kode, bulan, berat desc, (status = 'tidak_tersedia'), urutan
    ),

    dinilai as (
        select
            dihitung.*,
            utama.utama_teks,
            utama.perubahan_teks,
            case
                when jumlah_buruk > 0
                then 'buruk'
                when jumlah_siaga > 0
                then 'siaga'
                when jumlah_waspada > 0
                then 'waspada'
                when jumlah_baik > 0
                then 'baik'
                when jumlah_tanpa_target > 0
                then 'tanpa_ambang'
                else 'tidak_tersedia'
            end as status
        from dihitung
        inner join
            utama
            on dihitung.domain = utama.domain
            and dihitung.wilayah_kode = utama.wilayah_kode
            and dihitung.bulan = utama.bulan
    )

select
    dinilai.domain,
    bidang.nama as bidang_nama,
    bidang.urutan,
    dinilai.wilayah_kode,
    dinilai.wilayah_nama,
    dinilai.wilayah_tingkat,
    dinilai.kode_kecamatan,
    dinilai.bulan,
    dinilai.bulan_label,
    dinilai.bulan_urutan,
    dinilai.is_terkini,
    dinilai.jumlah_baik,
    dinilai.jumlah_waspada,
    dinilai.jumlah_siaga,
    dinilai.jumlah_buruk,
    dinilai.jumlah_tanpa_target,
    dinilai.jumlah_tidak_tersedia,
    dinilai.status,
    case
        dinilai.status
        when 'buruk'
        then '■ ' || dinilai.jumlah_buruk || ' buruk'
        when 'siaga'
        then '◆ ' || dinilai.jumlah_siaga || ' siaga'
        when 'waspada'
        then '▲ ' || dinilai.jumlah_waspada || ' waspada'
        when 'baik'
        then '● baik'
        when 'tanpa_ambang'
        then '– tanpa target'
        else '– tidak tersedia'
    end as status_teks,
    dinilai.utama_teks,
    dinilai.perubahan_teks,
    -- The page of one kecamatan is not one of the city.
    case
        when bidang.dasbor = 'wilayah' and dinilai.wilayah_tingkat = 'kota'
        then {{ tautan("bidang.dasbor", "bidang.nama", "bulan", "bulan_label", "dinilai.bulan_label") }}
        else
            {{
                tautan_saringan(
                    "bidang.dasbor",
                    "bidang.nama",
                    [
                        ("wilayah", "wilayah_nama", "dinilai.wilayah_nama"),
                        ("bulan", "bulan_label", "dinilai.bulan_label"),
                    ],
                )
            }}
    end as dasbor_tautan,
    {{ data_sampai_teks("dinilai.data_per", "dinilai.is_lama") }} as data_sampai_teks,
    {{
        lencana(
            "dinilai.label_data",
            "dinilai.sementara > 0",
            "dinilai.sementara || ' dari ' || dinilai.jumlah || ' indikator'",
        )
    }} as lencana,
    dinilai.label_data,
    dinilai.data_per
from dinilai
inner join {{ ref("ref_bidang") }} as bidang on dinilai.domain = bidang.domain
