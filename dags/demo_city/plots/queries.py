"""What the plots of the synthetic city show: pages of panels, each panel one query over raw that returns x, series and y."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SIMULATED = "DATA SIMULASI"
RAMADAN = "daterange('2024-03-12', '2024-04-10'), daterange('2025-03-01', '2025-03-31'), daterange('2026-02-19', '2026-03-21')"


@dataclass(frozen=True)
class Panel:
    """A query and how it is drawn: `stack` bars over x, `lines`, `points`, or `ranks` (bars that lie, in the query's order)."""

    title: str
    unit: str
    kind: Literal["stack", "lines", "points", "ranks"]
    sql: str
    from_zero: bool = True


@dataclass(frozen=True)
class Page:
    """One image of a domain; `label` says where its figures come from."""

    name: str
    title: str
    panels: tuple[Panel, ...]
    label: str = SIMULATED
    shares_x: bool = False


WETTEST = """
    wettest as (
        select date_trunc('day', lapor_at) as d from raw.bpbd_kejadian__kejadian
        where jenis_bencana ~* 'banjir|genangan' group by 1 order by count(*) desc, 1 limit 1
    ), hours as (select d + n * interval '1 hour' as h from wettest, generate_series(-12, 35) as n)
"""
KIND_OF_DAY = f"""
    case when t::date <@ any(array[{RAMADAN}]) then 'Ramadan, working days'
        when extract(isodow from t) = 7 then 'Sundays' when extract(isodow from t) = 6 then 'Saturdays'
        else 'Mondays to Fridays' end
"""
PAGES = (
    Page(
        "bencana",
        "Disasters: BPBD's incident book",
        (
            Panel(
                "Incidents per month, by hazard",
                "kejadian",
                "stack",
                "select date_trunc('month', lapor_at)::date, initcap(trim(jenis_bencana)), count(*) from raw.bpbd_kejadian__kejadian group by 1, 2",
            ),
            Panel(
                "Displaced and affected people per month",
                "jiwa",
                "lines",
                """
                select date_trunc('month', lapor_at)::date, s, sum(y) from raw.bpbd_kejadian__kejadian,
                    lateral (values ('affected', terdampak_jiwa), ('displaced', mengungsi_jiwa)) as v (s, y) group by 1, 2
                """,
            ),
            Panel(
                "Incidents by kecamatan, whole time",
                "kejadian",
                "ranks",
                """
                select initcap(nama_kecamatan), 'kejadian', count(*) from raw.bpbd_kejadian__kejadian
                where nama_kecamatan is not null group by initcap(nama_kecamatan) order by 3 desc limit 11
                """,
            ),
        ),
    ),
    Page(
        "rantai-banjir",
        "From rain to calls: the wettest day and what follows from it",
        (
            Panel(
                "BPBD: incidents reported per hour",
                "kejadian",
                "stack",
                f"""
                with {WETTEST}
                select h::timestamp, coalesce(initcap(trim(jenis_bencana)), 'none'), count(no_kejadian) from hours
                left join raw.bpbd_kejadian__kejadian on date_trunc('hour', lapor_at) = h group by 1, 2
                """,
            ),
            Panel(
                "112: calls per hour",
                "panggilan",
                "stack",
                f"""
                with {WETTEST}
                select h::timestamp, coalesce(initcap(kejadian), 'none'), count(tiket_id) from hours
                left join raw.diskominfo_112__tiket on date_trunc('hour', terima_at) = h group by 1, 2
                """,
            ),
            Panel(
                "Dishub: mean speed at the junctions, and on the same weekdays of the eight weeks around",
                "km/jam",
                "lines",
                f"""
                with {WETTEST}
                select h::timestamp, 'that day', avg(kecepatan_km_jam) from hours
                join raw.dishub_hitung__hitungan on mulai_at >= h and mulai_at < h + interval '1 hour' group by 1
                union all
                select h::timestamp, 'usual', avg(kecepatan_km_jam) from hours, generate_series(-4, 4) as w
                join lateral (select kecepatan_km_jam from raw.dishub_hitung__hitungan
                    where mulai_at >= h + w * interval '7 days' and mulai_at < h + w * interval '7 days' + interval '1 hour') as x on true
                where w <> 0 group by 1
                """,
                from_zero=False,
            ),
        ),
        shares_x=True,
    ),
    Page(
        "gempa",
        "Earthquakes: BMKG's lists, damage, calls",
        (
            Panel(
                "BMKG's rolling lists as asked for once: earthquakes by time and magnitude",
                "M",
                "points",
                "select gempa_at::timestamp, case when bool_or(dirasakan <> '') then 'felt' else 'not felt' end, max(magnitudo) from raw.bmkg_gempa__gempa group by gempa_at, lintang, bujur",
                from_zero=False,
            ),
            Panel(
                "BPBD: incidents after earthquakes, per month",
                "kejadian",
                "stack",
                """
                select date_trunc('month', lapor_at)::date, coalesce(initcap(nama_kecamatan), '-'), count(*) from raw.bpbd_kejadian__kejadian
                where jenis_bencana ~* 'gempa' group by 1, 2
                """,
            ),
            Panel(
                "112: calls per hour on the day when most people asked what it was",
                "panggilan",
                "stack",
                """
                with shaken as (
                    select date_trunc('day', terima_at) as d from raw.diskominfo_112__tiket where kejadian ~* 'informasi'
                    group by 1 order by count(*) desc, 1 limit 1
                )
                select date_trunc('hour', terima_at)::timestamp, initcap(kejadian), count(*) from raw.diskominfo_112__tiket
                join shaken on terima_at >= d and terima_at < d + interval '1 day' group by 1, 2
                """,
            ),
        ),
    ),
    Page(
        "kemacetan",
        "Congestion: quarter-hour counts at junctions",
        (
            Panel(
                "Vehicles per junction and hour, by kind of day",
                "kendaraan/jam",
                "lines",
                f"""
                with q as (
                    select mulai_at as t, count(distinct kode_simpang) as s,
                        sum(sepeda_motor_unit + mobil_penumpang_unit + kendaraan_sedang_unit + kendaraan_berat_unit) as y
                    from raw.dishub_hitung__hitungan group by 1
                )
                select extract(hour from t) + extract(minute from t) / 60.0, {KIND_OF_DAY}, 4 * avg(y::numeric / s) from q group by 1, 2
                """,
            ),
            Panel(
                "Mean speed, by kind of day",
                "km/jam",
                "lines",
                f"""
                with q as (select mulai_at as t, avg(kecepatan_km_jam) as y from raw.dishub_hitung__hitungan group by 1)
                select extract(hour from t) + extract(minute from t) / 60.0, {KIND_OF_DAY}, avg(y) from q group by 1, 2
                """,
                from_zero=False,
            ),
            Panel(
                "Vehicles per junction and day, weekly mean",
                "kendaraan/hari",
                "lines",
                """
                with q as (
                    select date_trunc('day', mulai_at) as d, count(distinct kode_simpang) as s, sum(sepeda_motor_unit) as sm,
                        sum(mobil_penumpang_unit + kendaraan_sedang_unit + kendaraan_berat_unit) as mp
                    from raw.dishub_hitung__hitungan group by 1
                )
                select date_trunc('week', d)::date, n, avg(y::numeric / s) from q, lateral (values ('motorcycles', sm), ('cars and heavier', mp)) as v (n, y)
                group by 1, 2
                """,
            ),
        ),
    ),
    Page(
        "angkutan",
        "Congestion: jams at junctions, and Trans Padang",
        (
            Panel(
                "Jams per month, by their worst level",
                "kemacetan",
                "stack",
                "select date_trunc('month', mulai_at)::date, 'level ' || tingkat, count(*) from raw.dishub_macet__macet group by 1, 2",
            ),
            Panel(
                "Passengers per week, by corridor (the week that runs is left out)",
                "orang",
                "stack",
                """
                select date_trunc('week', tanggal)::date, 'koridor ' || koridor, sum(coalesce(penumpang_umum_orang, 0) + coalesce(penumpang_pelajar_orang, 0))
                from raw.dishub_trans_padang__harian where tanggal < (select date_trunc('week', max(tanggal)) from raw.dishub_trans_padang__harian)
                group by 1, 2
                """,
            ),
        ),
    ),
    Page(
        "penduduk",
        "Population: the cleaned register and the changes of each month",
        (
            Panel(
                "Population by kecamatan, newest semester",
                "jiwa",
                "ranks",
                """
                select nama_kecamatan, s, sum(y) from raw.dukcapil_dkb__penduduk,
                    lateral (values ('men', laki_laki_jiwa), ('women', perempuan_jiwa)) as v (s, y)
                where per_tanggal = (select max(per_tanggal) from raw.dukcapil_dkb__penduduk)
                group by 1, 2 order by sum(sum(y)) over (partition by nama_kecamatan) desc, 2
                """,
            ),
            Panel(
                "Births, deaths, arrivals and departures per month, city",
                "jiwa",
                "lines",
                """
                select bulan, s, sum(y) from raw.dukcapil_mutasi__mutasi, lateral (values
                    ('born', lahir_laki_jiwa + lahir_perempuan_jiwa), ('died', mati_laki_jiwa + mati_perempuan_jiwa),
                    ('came', datang_laki_jiwa + datang_perempuan_jiwa), ('left', pindah_laki_jiwa + pindah_perempuan_jiwa)) as v (s, y)
                group by 1, 2
                """,
            ),
        ),
    ),
    Page(
        "kesehatan",
        "Health: surveillance, sickness, minimum services",
        (
            Panel(
                "SKDR: suspected dengue per week, by year",
                "kasus",
                "lines",
                "select minggu, tahun, sum(kasus) from raw.dinkes_skdr__kasus where penyakit ~* 'dengue' group by 1, 2",
            ),
            Panel(
                "LB1: new cases per month, the commonest diseases",
                "kasus",
                "lines",
                """
                with top as (select penyakit from raw.dinkes_lb1__kesakitan group by 1 order by sum(kasus) desc limit 7)
                select bulan, penyakit, sum(kasus) from raw.dinkes_lb1__kesakitan join top using (penyakit) group by 1, 2
                """,
            ),
            Panel(
                "SPM: people served of the year's target, newest month",
                "persen",
                "ranks",
                """
                select layanan, 'persen', 100.0 * sum(terlayani_orang) / sum(sasaran_orang) from raw.dinkes_spm__layanan
                where bulan = (select max(bulan) from raw.dinkes_spm__layanan) group by 1 order by 3 desc
                """,
            ),
        ),
    ),
    Page(
        "kebakaran",
        "Fire and rescue",
        (
            Panel(
                "Incidents per month",
                "kejadian",
                "stack",
                "select date_trunc('month', kejadian_tanggal)::date, initcap(jenis), count(*) from raw.damkar_kejadian__kejadian group by 1, 2",
            ),
            Panel(
                "Fires by hour of the day",
                "kejadian",
                "stack",
                "select extract(hour from informasi_diterima), 'kebakaran', count(*) from raw.damkar_kejadian__kejadian where jenis ~* 'kebakaran' group by 1",
            ),
            Panel(
                "What was rescued",
                "kejadian",
                "ranks",
                "select objek, 'kejadian', count(*) from raw.damkar_kejadian__kejadian where jenis !~* 'kebakaran' group by 1 order by 3 desc limit 10",
            ),
        ),
    ),
    Page(
        "panggilan-112",
        "112: calls",
        (
            Panel(
                "Calls per month, by what is reported",
                "panggilan",
                "stack",
                "select date_trunc('month', terima_at)::date, initcap(kejadian), count(*) from raw.diskominfo_112__tiket group by 1, 2",
            ),
            Panel(
                "Calls by hour of the day, by kind of day",
                "panggilan per hari",
                "lines",
                f"""
                with q as (select date_trunc('hour', terima_at) as t, count(*) as y from raw.diskominfo_112__tiket group by 1),
                days as (select {KIND_OF_DAY} as k, count(*) as n from (select distinct date_trunc('day', t) as t from q) as d group by 1)
                select h, k, sum(y)::numeric / max(n) from (select extract(hour from t) as h, {KIND_OF_DAY} as k, y from q) as c join days using (k) group by 1, 2
                """,
            ),
        ),
    ),
    Page(
        "pengaduan",
        "Complaints: SP4N-LAPOR!",
        (
            Panel(
                "Reports per month, by topic",
                "laporan",
                "stack",
                "select date_trunc('month', laporan_at)::date, kategori, count(*) from raw.diskominfo_lapor__laporan group by 1, 2",
            ),
            Panel(
                "Days until closed, median per month, by agency",
                "hari",
                "lines",
                """
                with top as (select instansi from raw.diskominfo_lapor__laporan group by 1 order by count(*) desc limit 5)
                select date_trunc('month', laporan_at)::date, instansi,
                    percentile_cont(0.5) within group (order by extract(epoch from selesai_at - laporan_at) / 86400)
                from raw.diskominfo_lapor__laporan join top using (instansi) where selesai_at is not null group by 1, 2
                """,
            ),
            Panel(
                "Reports by state",
                "laporan",
                "ranks",
                "select status, 'laporan', count(*) from raw.diskominfo_lapor__laporan group by 1 order by 3 desc",
            ),
        ),
    ),
    Page(
        "anggaran",
        "Programmes and budget: physical and financial progress",
        (
            Panel(
                "Spent of the year's budget, city",
                "persen",
                "lines",
                """
                select make_date(2024, extract(month from bulan)::int, 1), s || extract(year from bulan), sum(y) / sum(pagu_idr)
                from raw.adpem_rfk__kegiatan, lateral (values ('spent ', realisasi_keuangan_idr * 100), ('planned ', target_keuangan_pct * pagu_idr)) as v (s, y)
                group by 1, 2
                """,
            ),
            Panel(
                "Spent by agency, newest month: the six highest and lowest",
                "persen",
                "ranks",
                """
                with q as (
                    select opd, 100 * sum(realisasi_keuangan_idr) / sum(pagu_idr) as p from raw.adpem_rfk__kegiatan
                    where bulan = (select max(bulan) from raw.adpem_rfk__kegiatan) group by 1
                ), r as (select *, row_number() over (order by p) as a, row_number() over (order by p desc) as b from q)
                select opd, 'persen', p from r where a <= 6 or b <= 6 order by p desc
                """,
            ),
        ),
    ),
    Page(
        "kinerja",
        "Performance: IKU of the agencies and the kelurahan's form",
        (
            Panel(
                "IKU: indicators that reached their quarter's target",
                "persen",
                "lines",
                """
                select make_date(tahun::int, (3 * triwulan)::int - 2, 1), 'persen', 100.0 * count(*) filter (where
                    case when arah ~* 'turun' then realisasi <= target_triwulan else realisasi >= target_triwulan end) / count(*)
                from raw.organisasi_iku__capaian where realisasi is not null and target_triwulan is not null group by 1
                """,
            ),
            Panel(
                "Kelurahan that sent their form, of 104",
                "kelurahan",
                "stack",
                "select bulan, 'kelurahan', count(distinct kelurahan) from raw.kelurahan_bulanan__isian group by 1",
            ),
            Panel(
                "What the form tells: clogged drains, dark street lamps, litter, mutual aid",
                "per bulan",
                "lines",
                """
                select bulan, uraian, sum(jumlah) from raw.kelurahan_bulanan__isian
                where uraian in ('Saluran tersumbat', 'Lampu jalan padam', 'Titik sampah liar', 'Gotong royong dilaksanakan') group by 1, 2
                """,
            ),
        ),
    ),
    Page(
        "infrastruktur-ti",
        "IT infrastructure",
        (
            Panel(
                "Problems per week, by severity",
                "masalah",
                "stack",
                """
                select date_trunc('week', mulai_at)::date, case tingkat when 5 then '5 bencana' when 4 then '4 tinggi' when 3 then '3 sedang'
                    when 2 then '2 peringatan' else '1 informasi' end, count(*)
                from raw.diskominfo_zabbix__masalah group by 1, 2
                """,
            ),
            Panel(
                "Backups per month that did not succeed",
                "persen",
                "lines",
                """
                select date_trunc('month', malam_tanggal)::date, s, 100.0 * count(*) filter (where status = s) / count(*)
                from raw.diskominfo_cadangan__pekerjaan, (values ('gagal'), ('terlewat')) as v (s) group by 1, 2
                """,
            ),
            Panel(
                "Days until certificates expire, as last seen",
                "hari",
                "ranks",
                """
                select coalesce(layanan, titik_layanan), 'hari', extract(epoch from max(berakhir_at) - max(max(_observed_at)) over ()) / 86400
                from raw.diskominfo_sertifikat__sertifikat group by layanan, titik_layanan order by 3
                """,
            ),
        ),
    ),
    Page(
        "agenda",
        "City agenda",
        (
            Panel(
                "Events per month",
                "acara",
                "stack",
                "select date_trunc('month', mulai_at)::date, split_part(coalesce(kategori, '-'), ',', 1), count(*) from raw.setda_agenda__acara group by 1, 2",
            ),
            Panel(
                "Events by hour of the day and state",
                "acara",
                "stack",
                "select extract(hour from mulai_at), status, count(*) from raw.setda_agenda__acara where not is_sehari_penuh group by 1, 2",
            ),
        ),
    ),
    Page(
        "isu",
        "Issues that circulate: news",
        (
            Panel(
                "News items per month, by topic",
                "berita",
                "stack",
                "select date_trunc('month', terbit_at)::date, coalesce(topik, '-'), count(*) from raw.media_berita__berita group by 1, 2",
            ),
            Panel(
                "News items per month, by sentiment",
                "berita",
                "lines",
                "select date_trunc('month', terbit_at)::date, sentimen, count(*) from raw.media_berita__berita group by 1, 2",
            ),
        ),
    ),
    Page(
        "pilkada",
        "Pilkada: published figures",
        (
            Panel(
                "Votes for mayor and governor in the city, official and preliminary",
                "suara",
                "ranks",
                """
                select pemilihan || ' ' || tahun || ' ' || status || ', pair ' || nomor_urut, 'suara', suara from raw.kpu_rekap__suara
                order by tahun, pemilihan, status, nomor_urut
                """,
            ),
            Panel(
                "Fixed voter list by kecamatan, 2020",
                "pemilih",
                "ranks",
                "select nama_kecamatan, 'pemilih', dpt_jiwa from raw.kpu_rekap__dpt where tahun = 2020 order by dpt_jiwa desc",
            ),
        ),
        label="figures as published by KPU",
    ),
)
