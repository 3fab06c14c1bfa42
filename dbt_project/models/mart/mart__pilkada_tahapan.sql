{{ config(meta={"camat_access": "all"}) }}

with
    tahapan as (
        select
            tahapan.*,
            case
                when tahapan.selesai_tanggal < {{ hari_ini() }}
                then 'selesai'
                when tahapan.mulai_tanggal <= {{ hari_ini() }}
                then 'berlangsung'
                else 'akan_datang'
            end as status,
            pemilihan.pemungutan_tanggal
        from {{ ref("fct_tahapan") }} as tahapan
        left join {{ ref("ref_hari_pemilihan") }} as pemilihan on tahapan.tahun = pemilihan.tahun
    ),

    -- One sentence for today: what runs; else what comes next; else what was last.
    hari_ini as (
        select
            coalesce(
                'Berlangsung: '
                || string_agg(nama, '; ' order by mulai_tanggal, nama) filter (where status = 'berlangsung'),
                'Berikutnya: ' || (
                    array_agg(nama || ', ' || {{ tanggal_teks("mulai_tanggal") }} order by mulai_tanggal) filter (
                        where status = 'akan_datang'
                    )
                )[1],
                'Tidak ada tahapan yang berjalan; terakhir: ' || (
                    array_agg(
                        nama || ', ' || {{ tanggal_teks("selesai_tanggal") }}
                        order by selesai_tanggal desc, mulai_tanggal desc
                    )
                )[1]
            ) as teks
        from tahapan
    )

select
    tahapan.tahun,
    'Pilkada ' || tahapan.tahun as pilkada,
    (
        row_number() over (
            partition by tahapan.tahun order by tahapan.mulai_tanggal, tahapan.selesai_tanggal, tahapan.nama
        )
    )::int as urutan,
    tahapan.kode,
    tahapan.nama,
    tahapan.mulai_tanggal,
    tahapan.selesai_tanggal,
    {{ tanggal_teks("tahapan.mulai_tanggal") }} || case
        when tahapan.selesai_tanggal > tahapan.mulai_tanggal
        then ' – ' || {{ tanggal_teks("tahapan.selesai_tanggal") }}
        else ''
    end as jadwal_teks,
    (tahapan.selesai_tanggal - tahapan.mulai_tanggal + 1) as lama_hari,
    (tahapan.mulai_tanggal - tahapan.pemungutan_tanggal) as hari_dari_pemungutan,
    tahapan.status,
    case
        tahapan.status
        when 'selesai'
        then '● Selesai'
        when 'berlangsung'
        then '▶ Berlangsung, hari ke-' || ({{ hari_ini() }} - tahapan.mulai_tanggal + 1)
        else '○ ' || (tahapan.mulai_tanggal - {{ hari_ini() }}) || ' hari lagi'
    end as status_teks,
    hari_ini.teks as hari_ini_teks,
    tahapan.dasar_hukum,
    tahapan.catatan,
    {{ label_simulasi("tahapan.is_simulasi") }} as label_data
from tahapan
cross join hari_ini
