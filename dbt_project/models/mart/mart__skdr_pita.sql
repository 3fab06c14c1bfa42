{{ config(meta={"camat_access": "rows"}) }}

with
    sumber as (
        select
            {{ local_until("data_per_at") }} as data_per,
            {{ sekarang() }} - data_per_at > 2 * batas_jam * interval '1 hour' as is_lama
        from {{ ref("int_sumber__keadaan") }}
        where source = 'dinkes_skdr'
    ),

    fakta as (
        select
            coalesce(kode_kecamatan, '{{ var("kode_kota") }}') as kode_wilayah,
            tahun,
            minggu,
            minggu_mulai,
            minggu_selesai,
            penyakit,
            sum(kasus)::bigint as kasus,
            sum(puskesmas_tanpa_angka) as tanpa_angka,
            bool_or(is_simulasi) as is_simulasi
        from {{ ref("agg_skdr_mingguan") }}
        group by
            grouping sets (
                (tahun, minggu, minggu_mulai, minggu_selesai, penyakit),
                (kode_kecamatan, tahun, minggu, minggu_mulai, minggu_selesai, penyakit)
            )
    ),

    penyakit as (select penyakit, bool_or(is_simulasi) as is_simulasi from fakta group by penyakit),

    lapor as (select distinct kode_wilayah, tahun, minggu, minggu_mulai, minggu_selesai from fakta),

    -- Who reported a week without a disease had none of it; of who did not report, nothing is known.
    deret as (
        select
            lapor.*,
            penyakit.penyakit,
            case when fakta.penyakit is null then 0 else fakta.kasus end as kasus,
            coalesce(fakta.tanpa_angka, 0) as tanpa_angka,
            case when coalesce(fakta.tanpa_angka, 0) = 0 then coalesce(fakta.kasus, 0) end as kasus_lengkap,
            penyakit.is_simulasi
        from lapor
        cross join penyakit
        left join
            fakta
            on lapor.kode_wilayah = fakta.kode_wilayah
            and lapor.minggu_mulai = fakta.minggu_mulai
            and penyakit.penyakit = fakta.penyakit
    ),

    -- The same week of the three years before, as many as there are and are known.
    dibanding as (
        select
            *,
            count(kasus_lengkap) over kemarin as jumlah_tahun,
            string_agg(tahun::text, ', ') filter (where kasus_lengkap is not null) over kemarin as tahun_teks,
            min(kasus_lengkap) over kemarin as terendah,
            max(kasus_lengkap) over kemarin as tertinggi,
            sum(kasus_lengkap) over kemarin as jumlah_kasus
        from deret
        window
            kemarin as (
                partition by kode_wilayah, penyakit, minggu order by tahun range between 3 preceding and 1 preceding
            )
    ),

    selesai as (
        select
            dibanding.*,
            max(dibanding.minggu_mulai) over () as minggu_terakhir,
            max(dibanding.minggu_mulai) over (partition by dibanding.kode_wilayah) as minggu_dilaporkan
        from dibanding
        cross join sumber
        where dibanding.minggu_selesai <= sumber.data_per::date
    )

select
    wilayah.kode_wilayah as wilayah_kode,
    wilayah.nama as wilayah_nama,
    wilayah.tingkat as wilayah_tingkat,
    wilayah.kode_kecamatan,
    dibanding.penyakit,
    dibanding.tahun,
    dibanding.minggu,
    dibanding.minggu_mulai,
    dibanding.minggu_selesai,
    dibanding.minggu_mulai = dibanding.minggu_dilaporkan as is_terkini,
    dibanding.kasus,
    dibanding.terendah,
    -- Of one value itself, of two their mean, of three the one between.
    trim_scale(
        case
            dibanding.jumlah_tahun
            when 3
            then dibanding.jumlah_kasus - dibanding.terendah - dibanding.tertinggi
            else (dibanding.terendah + dibanding.tertinggi) / 2.0
        end
    ) as median,
    dibanding.tertinggi,
    dibanding.jumlah_tahun::int as jumlah_tahun,
    case
        dibanding.jumlah_tahun
        when 0
        then 'belum ada tahun pembanding'
        else dibanding.jumlah_tahun || ' tahun: ' || dibanding.tahun_teks
    end as pembanding_teks,
    coalesce(
        {{ indonesian_number("dibanding.terendah", 0) }} || '–' || {{ indonesian_number("dibanding.tertinggi", 0) }},
        '–'
    ) as rentang_teks,
    case
        when dibanding.kasus is null
        then '– Tidak diketahui'
        when dibanding.jumlah_tahun = 0
        then '– Tanpa pembanding'
        when dibanding.kasus > dibanding.tertinggi
        then '▲ Di atas rentang'
        when dibanding.tanpa_angka > 0
        then '– Belum lengkap'
        when dibanding.kasus < dibanding.terendah
        then '▼ Di bawah rentang'
        else '● Dalam rentang'
    end as posisi_teks,
    'Minggu ke-' || dibanding.minggu || ' ' || dibanding.tahun as periode_label,
    {{ data_sampai_teks("sumber.data_per", "sumber.is_lama") }} as data_sampai_teks,
    {{ label_simulasi("dibanding.is_simulasi") }} as label_data,
    date_trunc('second', sumber.data_per) as data_per
from selesai as dibanding
inner join {{ ref("dim_wilayah_kini") }} as wilayah on dibanding.kode_wilayah = wilayah.kode_wilayah
cross join sumber
where dibanding.minggu_mulai > dibanding.minggu_terakhir - 26 * 7
