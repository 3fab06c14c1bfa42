with
    terdaftar as (
        select kode_kecamatan, count(*) as jumlah
        from {{ ref("ref_puskesmas") }}
        group by grouping sets ((), (kode_kecamatan))
    ),

    layanan as (
        select
            coalesce(kode_kecamatan, '{{ var("kode_kota") }}') as kode_wilayah,
            kode_kecamatan,
            bulan_mulai,
            indikator_kode,
            sum(terlayani_orang) as terlayani,
            sum(sasaran_orang) as sasaran,
            count(distinct puskesmas) as melapor,
            bool_or(is_simulasi) as is_simulasi
        from {{ ref("fct_layanan_spm") }}
        where kode_kecamatan is not null and indikator_kode is not null
        group by grouping sets ((bulan_mulai, indikator_kode), (bulan_mulai, indikator_kode, kode_kecamatan))
    ),

    kesakitan as (
        {{
            roll_up(
                ref("agg_kesakitan_bulanan"),
                {
                    "dbd": "coalesce(sum(kasus) filter (where kode_icd in ('A90', 'A91')), 0)",
                    "diare": "coalesce(sum(kasus) filter (where kode_icd = 'A09'), 0)",
                    "semua": "sum(kasus)",
                },
                ["kota", "kecamatan"],
            )
        }}
    ),

    lapor as (
        select
            coalesce(kode_kecamatan, '{{ var("kode_kota") }}') as kode_wilayah,
            bulan_mulai,
            count(distinct puskesmas) as melapor
        from {{ ref("fct_kesakitan") }}
        where kode_kecamatan is not null
        group by grouping sets ((bulan_mulai), (bulan_mulai, kode_kecamatan))
    ),

    penduduk as (
        {{ roll_up(ref("fct_penduduk"), {"penduduk": "sum(penduduk_jiwa)"}, ["kota", "kecamatan"], "per_tanggal") }}
    ),

    -- The latest count at the end of the month; before the first, the first.
    perkapita as (
        select
            kesakitan.*,
            lapor.melapor,
            terdaftar.jumlah as terdaftar,
            seri.penduduk,
            'DKB per ' || to_char(seri.per_tanggal, 'DD-MM-YYYY') as seri
        from kesakitan
        inner join lapor on kesakitan.kode_wilayah = lapor.kode_wilayah and kesakitan.bulan_mulai = lapor.bulan_mulai
        left join terdaftar on kesakitan.kode_wilayah = coalesce(terdaftar.kode_kecamatan, '{{ var("kode_kota") }}')
        left join
            lateral(
                select penduduk.penduduk, penduduk.per_tanggal
                from penduduk
                where penduduk.kode_wilayah = kesakitan.kode_wilayah
                order by
                    penduduk.per_tanggal >= (kesakitan.bulan_mulai + interval '1 month')::date,
                    case
                        when penduduk.per_tanggal < (kesakitan.bulan_mulai + interval '1 month')::date
                        then penduduk.per_tanggal
                    end desc,
                    penduduk.per_tanggal
                limit 1
            ) as seri
            on true
    )

select
    layanan.indikator_kode,
    layanan.kode_wilayah,
    'bulan' as periode_jenis,
    layanan.bulan_mulai as periode_mulai,
    layanan.terlayani as pembilang,
    layanan.sasaran as penyebut,
    null::numeric as nilai_langsung,
    null::numeric as nilai_lapor,
    'Sasaran Dinas Kesehatan ' || extract(year from layanan.bulan_mulai) as penyebut_asal,
    layanan.melapor < terdaftar.jumlah as is_belum_lengkap,
    {{ missing_members("layanan.melapor", "terdaftar.jumlah", "puskesmas") }} as alasan_sementara,
    false as is_hari_sama,
    layanan.is_simulasi
from layanan
left join terdaftar on layanan.kode_kecamatan is not distinct from terdaftar.kode_kecamatan

union all

{{
    per_indicator(
        "perkapita",
        "bulan",
        "bulan_mulai",
        {
            "kunjungan_sakit": {"pembilang": "semua"},
            "insidensi_dbd": {"pembilang": "dbd", "penyebut": "penduduk", "penyebut_asal": "seri"},
            "insidensi_diare": {"pembilang": "diare", "penyebut": "penduduk", "penyebut_asal": "seri"},
        },
        alasan_sementara=missing_members("melapor", "terdaftar", "puskesmas"),
    )
}}
