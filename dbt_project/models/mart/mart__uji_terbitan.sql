{{ config(meta={"camat_access": "all"}) }}

with
    bagian as (
        select
            uji.kasus,
            uji.uji,
            bagian.urutan,
            case when bagian.teks like '-%' then -1 else 1 end
            * case when uji.is_terkoreksi then angka.nilai_terkoreksi else angka.nilai_asli end as nilai
        from {{ ref("ref_uji_terbitan") }} as uji
        cross join lateral string_to_table(uji.bagian, ' ')
        with ordinality as bagian(teks, urutan)
        inner join
            {{ ref("int_mutu__angka_terbitan") }} as angka
            on uji.kasus = angka.kasus
            and ltrim(bagian.teks, '-') = angka.butir
    ),

    dihitung as (
        select
            uji.*,
            angka.nilai_asli as nilai_terbit,
            angka.sumber,
            case
                uji.aturan
                when 'rasio'
                then
                    round(
                        100
                        * max(bagian.nilai) filter (where bagian.urutan = 1)
                        / nullif(max(bagian.nilai) filter (where bagian.urutan = 2), 0),
                        2
                    )
                else sum(bagian.nilai)
            end as nilai_dihitung
        from {{ ref("ref_uji_terbitan") }} as uji
        inner join
            {{ ref("int_mutu__angka_terbitan") }} as angka on uji.kasus = angka.kasus and uji.jumlah = angka.butir
        inner join bagian on uji.kasus = bagian.kasus and uji.uji = bagian.uji
        group by
            uji.kasus,
            uji.uji,
            uji.aturan,
            uji.bagian,
            uji.jumlah,
            uji.toleransi,
            uji.tingkat,
            uji.diharapkan,
            uji.selisih_diharapkan,
            uji.is_terkoreksi,
            uji.arti,
            angka.nilai_asli,
            angka.sumber
    )

-- The rules of the registers, on figures that were really published: each is known to pass, to warn or to fail.
select
    kasus,
    uji,
    arti,
    nilai_dihitung,
    nilai_terbit,
    case aturan when 'tidak_turun' then nilai_terbit - nilai_dihitung else nilai_dihitung - nilai_terbit end as selisih,
    case
        when aturan = 'tidak_turun' and nilai_terbit >= nilai_dihitung
        then 'lolos'
        when aturan <> 'tidak_turun' and abs(nilai_dihitung - nilai_terbit) <= toleransi
        then 'lolos'
        else tingkat
    end as hasil,
    diharapkan,
    selisih_diharapkan,
    is_terkoreksi,
    sumber
from dihitung
