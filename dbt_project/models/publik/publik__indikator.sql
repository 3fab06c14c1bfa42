-- Only approved public indicators; small cells hidden, and one sibling with a cell
-- that stands alone, so that no hidden
-- value can be had by subtraction. Columns derived from a hidden value are hidden
-- with it.
with
    boleh as (
        select
            indikator.*,
            registrasi.sel_kecil,
            registrasi.cara,
            case
                when indikator.wilayah_tingkat = 'kelurahan' then indikator.kode_kecamatan else '{{ var("kode_kota") }}'
            end as induk
        from {{ ref("mart__indikator") }} as indikator
        inner join {{ ref("dim_indikator") }} as registrasi on indikator.indikator_kode = registrasi.kode
        where
            indikator.klasifikasi = 'publik'
            and registrasi.disetujui_publik_tanggal is not null
            and not (indikator.domain = 'pilkada' and indikator.is_simulasi)
            -- Sensitive topics are shown for the city only.
            and array_position(array['kota', 'kecamatan', 'kelurahan'], indikator.wilayah_tingkat)
            <= array_position(array['kota', 'kecamatan', 'kelurahan'], registrasi.publik_tingkat)
    ),

    primer as (select *, coalesce(pembilang > 0 and pembilang < sel_kecil, false) as is_kecil from boleh),

    urutan as (
        select
            *,
            count(*) filter (where is_kecil) over saudara as jumlah_kecil,
            row_number() over (
                partition by indikator_kode, periode_mulai, wilayah_tingkat, induk
                order by is_kecil, pembilang is null, pembilang = 0, pembilang, wilayah_kode
            ) as giliran
        from primer
        window saudara as (partition by indikator_kode, periode_mulai, wilayah_tingkat, induk)
    ),

    ditandai as (
        select
            *,
            (
                not is_kecil and nilai is not null and wilayah_tingkat <> 'kota' and jumlah_kecil = 1 and giliran = 1
            ) as is_pelindung
        from urutan
    ),

    -- What a hidden kecamatan is made of would tell it.
    berinduk as (
        select
            anak.*,
            anak.is_pelindung
            or (
                sel_kecil is not null
                and wilayah_tingkat = 'kelurahan'
                and bool_or(wilayah_tingkat = 'kecamatan' and (is_kecil or is_pelindung)) over (
                    partition by indikator_kode, periode_mulai, kode_kecamatan
                )
            ) as is_dilindungi
        from ditandai as anak
    ),

    disembunyikan as (
        select
            *,
            case when not is_kecil and not is_dilindungi then nilai end as nilai_terbit,
            case when not is_kecil and not is_dilindungi then pembilang end as pembilang_terbit
        from berinduk
    ),

    dirangkai as (
        select
            kini.*,
            max(kini.nilai_terbit) filter (where kini.wilayah_tingkat = 'kota') over (
                partition by kini.indikator_kode, kini.periode_mulai
            ) as nilai_kota_terbit,
            sebelum.nilai_terbit as nilai_sebelumnya_terbit,
            tahun_lalu.nilai_terbit as nilai_tahun_lalu_terbit
        from disembunyikan as kini
        left join
            disembunyikan as sebelum
            on kini.indikator_kode = sebelum.indikator_kode
            and kini.wilayah_kode = sebelum.wilayah_kode
            and kini.periode_sebelum = sebelum.periode_mulai
        left join
            disembunyikan as tahun_lalu
            on kini.indikator_kode = tahun_lalu.indikator_kode
            and kini.wilayah_kode = tahun_lalu.wilayah_kode
            and kini.periode_tahun_lalu = tahun_lalu.periode_mulai
    )

select
    indikator_kode,
    indikator_nama,
    domain,
    satuan,
    arah,
    wilayah_kode,
    wilayah_nama,
    wilayah_tingkat,
    kode_kecamatan,
    periode_jenis,
    periode_mulai,
    periode_selesai,
    periode_label,
    periode_sebelum,
    periode_tahun_lalu,
    pembilang_terbit as pembilang,
    penyebut,
    nilai_terbit as nilai,
    case when is_kecil then '<' || sel_kecil when is_dilindungi then 'disembunyikan' else nilai_teks end as nilai_teks,
    nilai_lapor,
    penyebut_asal,
    case when nilai_terbit is not null then peringkat end as peringkat,
    jumlah_wilayah,
    case when sel_kecil is null or nilai_kota_terbit is not null then rerata_kecamatan end as rerata_kecamatan,
    nilai_kota_terbit as nilai_kota,
    case when sel_kecil is null then rerata_setingkat end as rerata_setingkat,
    case when sel_kecil is null then rerata_seinduk end as rerata_seinduk,
    nilai_sebelumnya_terbit as nilai_sebelumnya,
    nilai_terbit - nilai_sebelumnya_terbit as perubahan,
    nilai_tahun_lalu_terbit as nilai_tahun_lalu,
    nilai_terbit - nilai_tahun_lalu_terbit as perubahan_tahunan,
    status,
    mutu,
    is_sementara,
    is_simulasi,
    sumber,
    data_per,
    label_data,
    klasifikasi
from dirangkai
