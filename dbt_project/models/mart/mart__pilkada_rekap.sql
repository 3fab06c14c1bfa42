{{ config(meta={"camat_access": "rows"}) }}

with
    -- Where the decided result is known it alone counts; a quick count stands in for none.
    resmi as (
        select pemilihan, tahun, kode_wilayah, nomor_urut, suara, sumber, terbit_tanggal, is_simulasi
        from {{ ref("fct_rekap_suara") }}
        where status = 'resmi'
    ),

    sirekap as (
        select
            suara.pemilihan,
            extract(year from pemilihan.pemungutan_suara_tanggal)::int as tahun,
            suara.kode_wilayah,
            paslon.nomor_urut::int as nomor_urut,
            suara.suara,
            progres.tps_masuk,
            progres.tps_total,
            suara.is_simulasi or coalesce(progres.is_simulasi, false) as is_simulasi
        from {{ ref("int_suara__terkini") }} as suara
        inner join {{ ref("ref_pemilihan") }} as pemilihan on suara.pemilihan = pemilihan.pemilihan
        inner join
            {{ ref("int_paslon__kota") }} as paslon
            on suara.pemilihan = paslon.pemilihan
            and suara.paslon_id = paslon.paslon_id
        left join
            {{ ref("int_progres_suara__terkini") }} as progres
            on suara.pemilihan = progres.pemilihan
            and suara.kode_wilayah = progres.kode_wilayah
    ),

    nama as (
        select pemilihan, tahun, nomor_urut, min(paslon_nama) as paslon_nama
        from {{ ref("fct_suara_resmi") }}
        group by pemilihan, tahun, nomor_urut
    ),

    berdampingan as (
        select
            pemilihan,
            tahun,
            kode_wilayah,
            nomor_urut,
            resmi.suara as suara_resmi,
            resmi.sumber as sumber_resmi,
            resmi.terbit_tanggal,
            coalesce(resmi.is_simulasi, false) as is_resmi_simulasi,
            sirekap.suara as suara_sirekap,
            sirekap.tps_masuk,
            sirekap.tps_total,
            round(
                100.0 * resmi.suara / nullif(sum(resmi.suara) over (partition by pemilihan, tahun, kode_wilayah), 0), 2
            ) as persen_resmi,
            round(
                100.0
                * sirekap.suara
                / nullif(sum(sirekap.suara) over (partition by pemilihan, tahun, kode_wilayah), 0),
                2
            ) as persen_sirekap,
            coalesce(resmi.is_simulasi, false) or coalesce(sirekap.is_simulasi, false) as is_simulasi
        from resmi
        full join sirekap using (pemilihan, tahun, kode_wilayah, nomor_urut)
    )

select
    dua.pemilihan,
    pemilihan.nama as pemilihan_nama,
    dua.tahun,
    wilayah.kode_wilayah as wilayah_kode,
    wilayah.nama as wilayah_nama,
    wilayah.tingkat as wilayah_tingkat,
    wilayah.kode_kecamatan,
    dua.nomor_urut,
    coalesce(nama.paslon_nama, paslon.paslon_nama, 'Pasangan calon ' || dua.nomor_urut) as paslon_nama,
    dua.suara_resmi,
    dua.persen_resmi,
    dua.sumber_resmi,
    dua.terbit_tanggal,
    dua.suara_sirekap,
    dua.persen_sirekap,
    dua.tps_masuk,
    dua.tps_total,
    dua.suara_sirekap - dua.suara_resmi as selisih_suara,
    case
        when dua.suara_sirekap is null or dua.suara_resmi is null
        then '–'
        when dua.suara_sirekap = dua.suara_resmi
        then 'sama'
        else
            case when dua.suara_sirekap > dua.suara_resmi then '+' else '' end
            || {{ indonesian_number("dua.suara_sirekap - dua.suara_resmi", 0) }}
            || ' suara'
    end as selisih_teks,
    case
        when dua.suara_resmi is null
        then 'Sementara, bukan hasil resmi'
        when dua.is_resmi_simulasi
        then 'Pembagian simulasi, bukan hasil resmi'
        else 'Hasil resmi'
    end as status_teks,
    dua.suara_resmi is null as is_sementara,
    {{ label_simulasi("dua.is_simulasi") }} as label_data
from berdampingan as dua
inner join {{ ref("ref_pemilihan") }} as pemilihan on dua.pemilihan = pemilihan.pemilihan
inner join {{ ref("dim_wilayah_kini") }} as wilayah on dua.kode_wilayah = wilayah.kode_wilayah
left join nama on dua.pemilihan = nama.pemilihan and dua.tahun = nama.tahun and dua.nomor_urut = nama.nomor_urut
left join
    {{ ref("int_paslon__kota") }} as paslon
    on dua.pemilihan = paslon.pemilihan
    and dua.nomor_urut = paslon.nomor_urut::int
    and dua.tahun = extract(year from pemilihan.pemungutan_suara_tanggal)
