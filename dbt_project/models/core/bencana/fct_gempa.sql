with
    observasi as (
        select *, {{ berpotensi_tsunami("potensi") }} as potensi_tsunami from {{ ref("stg_bmkg_gempa__gempa") }}
    ),

    -- The latest word of any list counts; a list that is silent on a column does not
    -- erase another's word.
    gabungan as (
        select
            gempa_kode,
            min(gempa_at) as gempa_at,
            min(lintang) as lintang,
            min(bujur) as bujur,
            (array_agg(magnitudo order by _batch_id desc, _row desc))[1] as magnitudo,
            (array_agg(kedalaman_km order by _batch_id desc, _row desc) filter (where kedalaman_km is not null))[
                1
            ] as kedalaman_km,
            (array_agg(wilayah order by _batch_id desc, _row desc) filter (where wilayah is not null))[1] as wilayah,
            (
                array_agg(potensi order by potensi_tsunami is null, _batch_id desc, _row desc) filter (
                    where potensi is not null
                )
            )[1] as potensi,
            (array_agg(potensi_tsunami order by _batch_id desc, _row desc) filter (where potensi_tsunami is not null))[
                1
            ] as potensi_tsunami,
            (array_agg(dirasakan order by _batch_id desc, _row desc) filter (where dirasakan is not null))[
                1
            ] as dirasakan,
            (array_agg(shakemap order by _batch_id desc, _row desc) filter (where shakemap is not null))[1] as shakemap,
            bool_or(feed = 'gempadirasakan') as is_di_daftar_dirasakan,
            string_agg(distinct feed, ', ' order by feed) as feeds,
            bool_or(_is_simulasi) as is_simulasi,
            max(_batch_id) as _batch_id
        from observasi
        group by gempa_kode
    )

select
    gempa_kode,
    gempa_at,
    {{ wib("gempa_at") }}::date as gempa_tanggal,
    lintang,
    bujur,
    magnitudo,
    kedalaman_km,
    round(
        {{ jarak_km("lintang", "bujur", var("padang_lintang"), var("padang_bujur")) }}::numeric, 1
    ) as jarak_padang_km,
    wilayah,
    potensi,
    potensi_tsunami,
    dirasakan,
    dirasakan is not null or is_di_daftar_dirasakan as is_dirasakan,
    shakemap,
    feeds,
    is_simulasi,
    _batch_id
from gabungan
