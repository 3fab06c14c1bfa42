{#- CTEs on the reports of citizens: `laporan` with whether each is due (settled, or past its limit), `matang` with the day from
    which the ratios of a month are final, `celah` with the first month that did not come, `terbuka` with what was open at the
    end of each month. -#}
{% macro laporan_pengaduan() %}
    keadaan as (
        select {{ local_until("data_per_at") }}::date as per_tanggal
        from {{ ref("int_sumber__keadaan") }}
        where source = 'diskominfo_lapor'
    ),

    hari_ini as (
        select keadaan.per_tanggal, tanggal.hari_kerja_ke
        from keadaan
        inner join {{ ref("dim_tanggal") }} as tanggal on keadaan.per_tanggal = tanggal.tanggal
    ),

    -- Due: settled, or its limit has passed.
    laporan as (
        select
            fakta.*,
            (
                fakta.is_didisposisi
                and (fakta.is_selesai or hari_ini.hari_kerja_ke - fakta.laporan_hari_ke > fakta.batas_hari_kerja)
            ) as is_jatuh_tempo
        from {{ ref("fct_laporan_pengaduan") }} as fakta
        cross join hari_ini
    ),

    -- A month is ripe when even the longest limit of a report of its last day has passed.
    matang as (
        select bulan.bulan_mulai, min(tanggal.tanggal) as matang_tanggal
        from {{ ref("dim_tanggal") }} as bulan
        cross join (select max(hari_kerja) as hari_kerja from {{ ref("ref_sla_pengaduan") }}) as batas
        left join {{ ref("dim_tanggal") }} as tanggal on tanggal.hari_kerja_ke > bulan.hari_kerja_ke + batas.hari_kerja
        where bulan.tanggal = bulan.bulan_selesai
        group by bulan.bulan_mulai
    ),

    -- From a month on whose reports did not come, nobody knows how many are still open.
    celah as (
        select min(periode_mulai) as bulan_mulai
        from
            (
                select periode_mulai, cakupan, min(periode_mulai) over () as awal
                from {{ ref("int_sumber__periode") }}
                where source = 'diskominfo_lapor' and periode_jenis = 'bulan'
            ) as bulan
        where cakupan <> 'penuh' and periode_mulai > awal
    ),

    akhir_bulan as (
        select tanggal.bulan_mulai, tanggal.hari_kerja_ke, tanggal.tanggal
        from {{ ref("dim_tanggal") }} as tanggal
        cross join hari_ini
        where
            tanggal.tanggal = least(tanggal.bulan_selesai, hari_ini.per_tanggal)
            and tanggal.bulan_mulai >= (select min(bulan_mulai) from laporan)
    ),

    terbuka as (
        select
            akhir_bulan.bulan_mulai,
            akhir_bulan.hari_kerja_ke - laporan.laporan_hari_ke as umur_hari_kerja,
            laporan.kode_kecamatan,
            laporan.kode_opd,
            laporan.instansi,
            laporan.kategori,
            laporan.batas_hari_kerja,
            laporan.is_simulasi
        from akhir_bulan
        inner join
            laporan
            on laporan.laporan_tanggal <= akhir_bulan.tanggal
            and (laporan.selesai_tanggal is null or laporan.selesai_tanggal > akhir_bulan.tanggal)
    ),
{% endmacro %}

{#- Why the ratios of a month may still change; of the CTEs hari_ini and matang. -#}
{% macro belum_matang() -%}
    case
        when matang.matang_tanggal is null or hari_ini.per_tanggal < matang.matang_tanggal
        then 'batas terpanjang belum lewat' || coalesce(', matang ' || to_char(matang.matang_tanggal, 'DD-MM-YYYY'), '')
    end
{%- endmacro %}
