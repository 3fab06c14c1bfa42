{{ config(meta={"camat_access": "rows"}) }}

with
    sumber as (
        select
            batas_jam,
            data_per_at,
            date_trunc('second', {{ local_until("data_per_at") }}) as data_per,
            extract(epoch from {{ sekarang() }} - data_per_at) / 3600 > 2 * batas_jam as is_lama
        from {{ ref("int_sumber__keadaan") }}
        where source = 'bpbd_kejadian'
    )

select
    kejadian.no_kejadian,
    kejadian.jenis_bencana,
    kejadian.kejadian_tanggal as tanggal,
    {{ hari_tanggal_teks("kejadian.kejadian_tanggal") }} as hari_teks,
    {{ waktu_teks(local_time("kejadian.lapor_at")) }} as waktu_teks,
    kejadian.kode_kecamatan,
    coalesce(kecamatan.nama, 'Tidak diketahui') as kecamatan,
    coalesce(kelurahan.nama, '–') as kelurahan,
    case
        when kejadian.selesai_at is not null
        then '● Selesai'
        when kejadian.tiba_at is not null
        then '▲ Sedang ditangani'
        else '■ Petugas belum tercatat tiba'
    end as penanganan_teks,
    trim_scale(round(kejadian.waktu_tanggap_menit, 1)) as waktu_tanggap_menit,
    {{ nilai_bersatuan("kejadian.waktu_tanggap_menit", "'menit'", 0) }} as waktu_tanggap_teks,
    kejadian.meninggal_jiwa,
    kejadian.hilang_jiwa,
    kejadian.luka_jiwa,
    kejadian.mengungsi_jiwa,
    kejadian.terdampak_jiwa,
    {% set korban = {
        "meninggal_jiwa": "meninggal",
        "hilang_jiwa": "hilang",
        "luka_jiwa": "luka",
        "mengungsi_jiwa": "mengungsi",
        "terdampak_jiwa": "terdampak",
    } %}
    {% set dikenal = "num_nonnulls(kejadian." ~ (korban | join(", kejadian.")) ~ ")" %}
    case
        when {{ dikenal }} = 0
        then 'belum didata'
        else
            coalesce(
                nullif(
                    concat_ws(
                        ' · '
                        {%- for nama, kata in korban.items() %}
                            ,
                            case
                                when kejadian.{{ nama }} > 0
                                then '{{ kata }} ' || {{ indonesian_number("kejadian." ~ nama, 0) }}
                            end
                        {%- endfor %}
                    ),
                    ''
                ),
                '0'
            )
            || case when {{ dikenal }} < {{ korban | length }} then ' · lainnya belum didata' else '' end
    end as korban_teks,
    kejadian.rumah_ringan_unit,
    kejadian.rumah_sedang_unit,
    kejadian.rumah_berat_unit,
    {{ data_sampai_teks("sumber.data_per", "sumber.is_lama") }} as data_sampai_teks,
    {{ label_simulasi("kejadian.is_simulasi") }} as label_data,
    sumber.data_per
from {{ ref("fct_kejadian_bencana") }} as kejadian
cross join sumber
left join {{ ref("dim_wilayah_kini") }} as kecamatan on kejadian.kode_kecamatan = kecamatan.kode_wilayah
left join {{ ref("dim_wilayah_kini") }} as kelurahan on kejadian.kode_kelurahan = kelurahan.kode_wilayah
-- The last 14 days that the register tells of, so that a late register is not an empty screen.
where
    kejadian.kejadian_tanggal > sumber.data_per::date - 14
    and (kejadian.kode_kecamatan is null or kejadian.kode_kecamatan like '{{ var("kode_kota") }}.%')
