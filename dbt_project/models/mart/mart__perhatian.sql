{{
    config(
        meta={"camat_access": "rows"},
        indexes=[{"columns": ["kode_kecamatan"]}],
    )
}}

with
    jam as (select {{ local_time(sekarang()) }}::date as hari_ini),

    -- Which figures of the newest month miss their target, and the last time that each did not.
    meleset as (
        select ubin.*, indikator.source, angka.periode_selesai, angka.is_simulasi
        from {{ ref("mart__ubin") }} as ubin
        inner join {{ ref("dim_indikator") }} as indikator on ubin.indikator_kode = indikator.kode
        inner join
            {{ ref("mart__indikator") }} as angka
            on ubin.indikator_kode = angka.indikator_kode
            and ubin.wilayah_kode = angka.wilayah_kode
            and ubin.periode_mulai = angka.periode_mulai
        where ubin.is_terkini and ubin.status in ('waspada', 'siaga', 'buruk')
    ),

    riwayat as (
        select
            meleset.indikator_kode,
            meleset.wilayah_kode,
            lalu.periode_mulai,
            lalu.status,
            max(lalu.periode_mulai) filter (where lalu.status = 'baik') over (
                partition by meleset.indikator_kode, meleset.wilayah_kode
            ) as terakhir_baik
        from meleset
        inner join
            {{ ref("mart__indikator") }} as lalu
            on meleset.indikator_kode = lalu.indikator_kode
            and meleset.wilayah_kode = lalu.wilayah_kode
            and lalu.periode_mulai <= meleset.periode_mulai
    ),

    sejak as (
        select indikator_kode, wilayah_kode, min(periode_mulai) as sejak
        from riwayat
        where status in ('waspada', 'siaga', 'buruk') and periode_mulai > coalesce(terakhir_baik, date '-infinity')
        group by indikator_kode, wilayah_kode
    ),

    target as (
        select
            'target_' || meleset.domain as aturan_kode,
            meleset.wilayah_tingkat as subjek_jenis,
            meleset.wilayah_nama as subjek_nama,
            meleset.wilayah_kode,
            meleset.kode_kecamatan,
            null::text as opd_nama,
            meleset.indikator_kode,
            meleset.nilai_teks,
            meleset.target_teks,
            null::text as rincian,
            meleset.status,
            abs(meleset.nilai - meleset.target) / greatest(abs(meleset.target), 1) as besar,
            sejak.sejak,
            meleset.periode_selesai as hingga,
            meleset.periode_label,
            meleset.source,
            meleset.is_simulasi,
            meleset.lencana,
            meleset.label_data,
            meleset.data_per,
            meleset.data_sampai_teks,
            meleset.bulan_label
        from meleset
        left join sejak on meleset.indikator_kode = sejak.indikator_kode and meleset.wilayah_kode = sejak.wilayah_kode
    ),

    terlambat as (
        select
            'sumber_terlambat' as aturan_kode,
            'sumber' as subjek_jenis,
            judul as subjek_nama,
            null::text as wilayah_kode,
            null::text as kode_kecamatan,
            opd_nama,
            null::text as indikator_kode,
            case
                when umur_jam > batas_jam then 'berumur ' || {{ umur_teks("umur_jam") }} else 'sumbernya tidak menjawab'
            end as nilai_teks,
            'batas ' || {{ umur_teks("batas_jam") }} as target_teks,
            null::text as rincian,
            case when umur_jam > 2 * batas_jam then 'buruk' else 'waspada' end as status,
            umur_jam / batas_jam as besar,
            least((data_per + batas_jam * interval '1 hour')::date, jam.hari_ini) as sejak,
            jam.hari_ini as hingga,
            'per ' || {{ tanggal_teks("jam.hari_ini") }} as periode_label,
            source,
            false as is_simulasi
        from {{ ref("mart__kesegaran_sumber") }}
        cross join jam
        where status = 'terlambat'
    ),

    temuan as (
        select {{ temuan_columns() }}
        from {{ ref("int_temuan__semua") }}
        union all
        select {{ temuan_columns() }}
        from terlambat
    ),

    beserta_umur as (
        select
            temuan.*,
            {{ lencana(label_simulasi("temuan.is_simulasi"), "false", "null") }} as lencana,
            {{ label_simulasi("temuan.is_simulasi") }} as label_data,
            date_trunc('second', {{ local_until("sumber.data_per_at") }}) as data_per,
            {{
                data_sampai_teks(
                    local_until("sumber.data_per_at"),
                    "extract(epoch from " ~ sekarang() ~ " - sumber.data_per_at) / 3600 > 2 * sumber.batas_jam",
                )
            }} as data_sampai_teks,
            null::text as bulan_label
        from temuan
        left join {{ ref("int_sumber__keadaan") }} as sumber on temuan.source = sumber.source
    ),

    semua as (
        select *
        from target
        union all
        select *
        from beserta_umur
    ),

    diatur as (
        select
            semua.*,
            aturan.nama as aturan_nama,
            aturan.bobot,
            aturan.domain,
            bidang.nama as bidang_nama,
            bidang.dasbor,
            indikator.nama as indikator_nama,
            coalesce(kecamatan.nama, kota.nama) as wilayah_nama,
            case when semua.subjek_jenis = 'kecamatan' then 'Kecamatan ' else '' end
            || semua.subjek_nama as subjek_teks,
            aturan.kalimat as pola,
            aturan.tindakan,
            aturan.penjelasan,
            coalesce(semua.opd_nama, aturan.penanggung_jawab) as penanggung_jawab,
            -- What the city misses is in the city's own line; that of a kecamatan stands behind it. The n-th finding
            -- of a rule in
            -- one area counts less, so that one rule does not fill the page.
            aturan.bobot
            * {{ status_berat("semua.status") }}
            / case when semua.subjek_jenis = 'kecamatan' and aturan.kode like 'target%' then 2.0 else 1 end
            / sqrt(
                row_number() over (
                    partition by semua.aturan_kode, semua.wilayah_kode
                    order by
                        {{ status_berat("semua.status") }} desc,
                        semua.besar desc nulls last,
                        semua.subjek_nama,
                        semua.indikator_kode,
                        semua.rincian
                )
            ) as skor
        from semua
        inner join {{ ref("ref_aturan_perhatian") }} as aturan on semua.aturan_kode = aturan.kode
        inner join {{ ref("ref_bidang") }} as bidang on aturan.domain = bidang.domain
        inner join {{ ref("dim_wilayah_kini") }} as kota on kota.tingkat = 'kota'
        left join {{ ref("dim_wilayah_kini") }} as kecamatan on semua.kode_kecamatan = kecamatan.kode_wilayah
        left join {{ ref("dim_indikator") }} as indikator on semua.indikator_kode = indikator.kode
    )

select
    aturan_kode,
    aturan_nama,
    bobot,
    (
        row_number() over (
            order by
                skor desc,
                subjek_jenis = 'kecamatan',
                besar desc nulls last,
                aturan_kode,
                indikator_kode,
                subjek_nama,
                periode_label,
                rincian
        )
    )::int as urutan,
    domain,
    bidang_nama,
    indikator_kode,
    subjek_jenis,
    subjek_nama,
    wilayah_kode,
    wilayah_nama,
    kode_kecamatan,
    opd_nama,
    {{
        isi_pola(
            "pola",
            {
                "subjek": "subjek_teks",
                "indikator": "indikator_nama",
                "nilai": "nilai_teks",
                "target": "target_teks",
                "rincian": "rincian",
                "periode": "periode_label",
            },
        )
    }} as kalimat,
    nilai_teks,
    target_teks,
    status,
    {{ status_teks("status") }} as status_teks,
    sejak,
    {{ sejak_teks("sejak", "hingga") }} as sejak_teks,
    tindakan,
    penanggung_jawab,
    penjelasan,
    case
        when subjek_jenis = 'opd'
        then {{ tautan("dasbor", "bidang_nama", "opd", "opd_nama", "opd_nama") }}
        -- The page of one kecamatan is not one of the city.
        when bulan_label is not null and (dasbor <> 'wilayah' or subjek_jenis = 'kecamatan')
        then
            {{
                tautan_saringan(
                    "dasbor",
                    "bidang_nama",
                    [("wilayah", "wilayah_nama", "subjek_nama"), ("bulan", "bulan_label", "bulan_label")],
                )
            }}
        else {{ tautan("dasbor", "bidang_nama") }}
    end as dasbor_tautan,
    periode_label,
    data_sampai_teks,
    lencana,
    label_data,
    data_per
from diatur
