-- Only approved public indicators; small cells hidden, and one sibling with a cell
-- that stands alone, so that no hidden
-- value can be had by subtraction. Columns derived from a hidden value are hidden
-- with it.
with
    boleh as (
        select
            indikator.*,
            registrasi.sel_kecil,
            case when indikator.wilayah_tingkat = 'kelurahan' then indikator.kode_kecamatan else '13.71' end as induk
        from {{ ref("mart__indikator") }} as indikator
        inner join {{ ref("dim_indikator") }} as registrasi on indikator.indikator_kode = registrasi.kode
        where
            indikator.klasifikasi = 'publik'
            and registrasi.disetujui_publik_tanggal is not null
            and not (indikator.domain = 'pilkada' and indikator.is_simulasi)
    ),

    primer as (select *, coalesce(nilai > 0 and nilai < sel_kecil, false) as is_kecil from boleh),

    urutan as (
        select
            *,
            count(*) filter (where is_kecil) over saudara as jumlah_kecil,
            row_number() over (
                partition by indikator_kode, periode_mulai, wilayah_tingkat, induk
                order by is_kecil, nilai is null, nilai = 0, nilai, wilayah_kode
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

    disembunyikan as (
        select
            *,
            case when not is_kecil and not is_pelindung then nilai end as nilai_terbit,
            case when not is_kecil and not is_pelindung then pembilang end as pembilang_terbit
        from ditandai
    ),

    dirangkai as (
        select
            *,
            max(nilai_terbit) filter (where wilayah_tingkat = 'kota') over (
                partition by indikator_kode, periode_mulai
            ) as nilai_kota_terbit,
            lag(nilai_terbit) over (
                partition by indikator_kode, wilayah_kode order by periode_mulai
            ) as nilai_sebelumnya_terbit
        from disembunyikan
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
    pembilang_terbit as pembilang,
    penyebut,
    nilai_terbit as nilai,
    case when is_kecil then '<' || sel_kecil when is_pelindung then 'disembunyikan' else nilai_teks end as nilai_teks,
    nilai_lapor,
    case when nilai_terbit is not null then peringkat end as peringkat,
    jumlah_wilayah,
    case when sel_kecil is null or nilai_kota_terbit is not null then rerata_kecamatan end as rerata_kecamatan,
    nilai_kota_terbit as nilai_kota,
    nilai_sebelumnya_terbit as nilai_sebelumnya,
    nilai_terbit - nilai_sebelumnya_terbit as perubahan,
    status,
    mutu,
    is_sementara,
    is_simulasi,
    sumber,
    data_per,
    label_data,
    klasifikasi
from dirangkai
