"""Monthly indicators, written a second time: on raw and the reference seeds only, without the models.

Each query gives kode (of a kecamatan, or of the city), bulan (first day) and nilai. An absent row of a register means zero.
Where the two differ, it has [[what a kecamatan takes|what the whole city takes]].
"""

from __future__ import annotations

import re
from datetime import datetime

WIB = "at time zone 'Asia/Jakarta'"
KECAMATAN = "(select kode_wilayah as kode, upper(nama) as nama from core.ref_wilayah where tingkat = 'kecamatan')"
KELURAHAN = """(
    select kode_wilayah as kode, regexp_replace(lower(nama), '[^a-z0-9]', '', 'g') as ejaan from core.ref_wilayah where tingkat = 'kelurahan'
    union select kode_wilayah, regexp_replace(lower(ejaan), '[^a-z0-9]', '', 'g') from core.ref_wilayah_alias
)"""
PUSKESMAS = "(select lower(nama) as nama, kode_kecamatan as kode from core.ref_puskesmas)"

BENCANA = f"""
    select [[coalesce(substr(k.kode_kelurahan, 1, 8), w.kode)|'13.71']] as kode, date_trunc('month', k.lapor_at {WIB})::date as bulan, {{nilai}} as nilai
    from raw.bpbd_kejadian__kejadian as k left join {KECAMATAN} as w on upper(trim(k.nama_kecamatan)) = w.nama
    group by 1, 2
"""
DAMKAR = """
    with menit as (
        select *, [[substr(kode_kelurahan, 1, 8)|'13.71']] as kode,
            (((extract(hour from tiba_di_lokasi) - extract(hour from informasi_diterima)) * 60
            + extract(minute from tiba_di_lokasi) - extract(minute from informasi_diterima)
            + (extract(second from tiba_di_lokasi) - extract(second from informasi_diterima)) / 60 + 1440) % 1440) as m
        from raw.damkar_kejadian__kejadian [[where kode_kelurahan like '13.71.%'|]]
    )
    select kode, date_trunc('month', kejadian_tanggal)::date as bulan, {nilai} as nilai from menit group by 1, 2
"""
SAH = "m > 0 and m < 180"
BILA_KEBAKARAN = "filter (where lower(trim(jenis)) = 'kebakaran')"
KEBAKARAN = f"count(*) {BILA_KEBAKARAN}"
MUTASI = "select [[substr(kode_kelurahan, 1, 8)|'13.71']] as kode, bulan, sum({nama}_laki_jiwa + {nama}_perempuan_jiwa) as nilai from raw.dukcapil_mutasi__mutasi group by 1, 2"
SPM = f"""
    select [[p.kode|'13.71']] as kode, s.bulan, 100.0 * sum(s.terlayani_orang) / nullif(sum(s.sasaran_orang), 0) as nilai
    from raw.dinkes_spm__layanan as s join {PUSKESMAS} as p on lower(s.puskesmas) = p.nama where s.layanan = '{{layanan}}' group by 1, 2
"""
LAYANAN = (
    "Ibu Hamil", "Ibu Bersalin", "Bayi Baru Lahir", "Balita", "Usia Pendidikan Dasar", "Usia Produktif", "Usia Lanjut",
    "Penderita Hipertensi", "Penderita Diabetes Melitus", "ODGJ Berat", "Terduga Tuberkulosis", "Risiko HIV",
)  # fmt: skip
LB1 = f"select [[p.kode|'13.71']] as kode, l.bulan, sum(l.kasus) as nilai from raw.dinkes_lb1__kesakitan as l join {PUSKESMAS} as p on lower(l.puskesmas) = p.nama group by 1, 2"
INSIDENSI = f"""
    with kasus as (
        select [[p.kode|'13.71']] as kode, l.bulan,
            case when count(distinct l.puskesmas) > count(distinct l.puskesmas) filter (where l.kode_icd like '{{icd}}%' and l.kasus is null)
                then coalesce(sum(l.kasus) filter (where l.kode_icd like '{{icd}}%'), 0)
                else sum(l.kasus) filter (where l.kode_icd like '{{icd}}%')
            end as kasus
        from raw.dinkes_lb1__kesakitan as l join {PUSKESMAS} as p on lower(l.puskesmas) = p.nama group by 1, 2
    ),
    penduduk as (
        select [[substr(kode_kelurahan, 1, 8)|'13.71']] as kode, per_tanggal, sum(penduduk_jiwa) as jiwa from raw.dukcapil_dkb__penduduk group by 1, 2
    )
    select kode, bulan, 100000.0 * kasus / (
        select jiwa from penduduk as p where p.kode = kasus.kode and p.per_tanggal = coalesce(
            (select max(per_tanggal) from penduduk where per_tanggal < bulan + interval '1 month'), (select min(per_tanggal) from penduduk)
        )
    ) as nilai
    from kasus
"""
RFK = f"""
    select [[w.kode|'13.71']] as kode, r.bulan, {{nilai}} as nilai
    from raw.adpem_rfk__kegiatan as r [[|left]] join {KECAMATAN} as w on upper(r.opd) = 'KECAMATAN ' || w.nama group by 1, 2
"""
KEUANGAN = "100 * sum(r.realisasi_keuangan_idr) / sum(r.pagu_idr)"
# Only activities of which both sides are known
UANG_DAN_TARGET = "filter (where r.realisasi_keuangan_idr is not null and r.target_keuangan_pct is not null)"
FISIK_DAN_TARGET = "filter (where r.realisasi_fisik_pct is not null and r.target_fisik_pct is not null)"
FISIK = "sum(r.pagu_idr * r.realisasi_fisik_pct) / sum(r.pagu_idr) filter (where r.realisasi_fisik_pct is not null)"
DEVIASI_KEUANGAN = (
    f"sum(100 * r.realisasi_keuangan_idr - r.pagu_idr * r.target_keuangan_pct) / sum(r.pagu_idr) {UANG_DAN_TARGET}"
)
DEVIASI_FISIK = f"sum(r.pagu_idr * (r.realisasi_fisik_pct - r.target_fisik_pct)) / sum(r.pagu_idr) {FISIK_DAN_TARGET}"
LAPOR = f"""
    select [[substr(w.kode, 1, 8)|'13.71']] as kode, date_trunc('month', l.laporan_at {WIB})::date as bulan, {{nilai}} as nilai
    from raw.diskominfo_lapor__laporan as l
    [[|left]] join {KELURAHAN} as w on regexp_replace(regexp_replace(lower(l.kelurahan), '[^a-z0-9 ]', '', 'g'), '^(kelurahan|kel) | ', '', 'g') = w.ejaan
    group by 1, 2
"""
PANGGILAN = f"""
    select [[coalesce(kode_kecamatan, substr(kode_kelurahan, 1, 8))|'13.71']] as kode, date_trunc('month', terima_at {WIB})::date as bulan, {{nilai}} as nilai
    from raw.diskominfo_112__tiket group by 1, 2
"""
BERITA = f"""
    with satu as (
        select [[kode_kecamatan|'13.71']] as kode, date_trunc('month', terbit_at {WIB})::date as bulan, min(sentimen) as sentimen
        from raw.media_berita__berita
        group by 1, 2, topik, date_trunc('hour', terbit_at), trim(regexp_replace(lower(judul), '[^a-z0-9]+', ' ', 'g'))
    )
    select kode, bulan, {{nilai}} as nilai from satu group by 1, 2
"""
ACARA = f"""
    select [[w.kode|'13.71']] as kode, date_trunc('month', a.mulai_at {WIB})::date as bulan, count(*) as nilai
    from raw.setda_agenda__acara as a [[|left]] join {KECAMATAN} as w on upper(substring(a.tempat from 'Kec\\. ([^,;]+)')) = w.nama
    where a.status <> 'CANCELLED' group by 1, 2
"""
ISIAN = f"""
    select [[substr(w.kode, 1, 8)|'13.71']] as kode, i.bulan, {{nilai}} as nilai
    from raw.kelurahan_bulanan__isian as i join {KELURAHAN} as w on regexp_replace(lower(i.kelurahan), '[^a-z0-9]', '', 'g') = w.ejaan
    group by 1, 2
"""
SKR = "(0.25 * h.sepeda_motor_unit + h.mobil_penumpang_unit + 1.3 * (h.kendaraan_sedang_unit + h.kendaraan_berat_unit))"
BERMOTOR = "(h.sepeda_motor_unit + h.mobil_penumpang_unit + h.kendaraan_sedang_unit + h.kendaraan_berat_unit)"
HITUNGAN = f"""
    select [[substr(p.kode_kelurahan, 1, 8)|'13.71']] as kode, date_trunc('month', h.mulai_at {WIB})::date as bulan, {{nilai}} as nilai
    from raw.dishub_hitung__hitungan as h join raw.dishub_hitung__pendekat as p using (kode_simpang, pendekat)
    {{syarat}} group by 1, 2
"""
PUNCAK = f"where extract(hour from h.mulai_at {WIB}) in (7, 8, 16, 17)"
# Zero only where an approach is watched
MACET = f"""
    with macet as (
        select [[substr(p.kode_kelurahan, 1, 8)|'13.71']] as kode, date_trunc('month', m.mulai_at {WIB})::date as bulan,
            sum(case when m.selesai_at >= m.mulai_at then extract(epoch from m.selesai_at - m.mulai_at) / 60 end) / 60 as nilai
        from raw.dishub_macet__macet as m [[|left]] join raw.dishub_hitung__pendekat as p using (kode_simpang, pendekat)
        group by 1, 2
    )
    select kode, bulan, case when macet.bulan is null then 0 else macet.nilai end as nilai
    from (select distinct [[substr(kode_kelurahan, 1, 8)|'13.71']] as kode from raw.dishub_hitung__pendekat) as tempat
    cross join (select distinct bulan from macet) as dicatat left join macet using (kode, bulan)
"""


def median(column: str) -> str:
    return f"(percentile_cont(0.5) within group (order by {column}))::numeric"


REGISTERS = {
    "jumlah_kejadian_bencana": BENCANA.format(nilai="count(*)"),
    **{
        f"korban_{nama}": BENCANA.format(nilai=f"sum(k.{nama}_jiwa)")
        for nama in ("meninggal", "hilang", "luka", "mengungsi", "terdampak")
    },
    **{
        f"rumah_rusak_{nama}": BENCANA.format(nilai=f"sum(k.rumah_{nama}_unit)")
        for nama in ("ringan", "sedang", "berat")
    },
    "jumlah_kebakaran": DAMKAR.format(nilai="count(*) filter (where lower(trim(jenis)) = 'kebakaran')"),
    "jumlah_penyelamatan": DAMKAR.format(nilai="count(*) filter (where lower(trim(jenis)) = 'penyelamatan')"),
    "kerugian_kebakaran": DAMKAR.format(
        nilai=f"case when {KEBAKARAN} = 0 then 0 else sum(kerugian_idr) {BILA_KEBAKARAN} end"
    ),
    "korban_kebakaran": DAMKAR.format(
        nilai=f"case when {KEBAKARAN} = 0 then 0 else sum(coalesce(luka_jiwa + meninggal_jiwa, luka_jiwa, meninggal_jiwa)) {BILA_KEBAKARAN} end"
    ),
    "laporan_masuk": LAPOR.format(nilai="count(*)"),
    "panggilan_112_darurat": PANGGILAN.format(nilai="count(*) filter (where jenis_panggilan = 'darurat')"),
    "kecelakaan": PANGGILAN.format(nilai="count(*) filter (where upper(kejadian) = 'KECELAKAAN LALU LINTAS')"),
    "kegiatan_terjadwal": ACARA,
    "volume_sebutan": BERITA.format(nilai="count(*)"),
}
OTHERS = {
    "waktu_tanggap_bencana": BENCANA.format(
        nilai=median("case when k.tiba_at >= k.lapor_at then extract(epoch from k.tiba_at - k.lapor_at) / 60 end")
    ),
    "waktu_tanggap": DAMKAR.format(nilai=median(f"case when {SAH} then m end")),
    "persen_tanggap_15mnt": DAMKAR.format(nilai=f"100.0 * count(*) filter (where {SAH} and m <= 15) / count(*)"),
    **{f"mutasi_{nama}": MUTASI.format(nama=nama) for nama in ("lahir", "mati", "datang", "pindah")},
    **{f"spm_kes_{nomor:02}": SPM.format(layanan=nama) for nomor, nama in enumerate(LAYANAN, 1)},
    "kunjungan_sakit": LB1,
    "insidensi_dbd": INSIDENSI.format(icd="A9"),
    "insidensi_diare": INSIDENSI.format(icd="A09"),
    "realisasi_keuangan": RFK.format(nilai=KEUANGAN),
    "realisasi_fisik": RFK.format(nilai=FISIK),
    "deviasi_keuangan": RFK.format(nilai=DEVIASI_KEUANGAN),
    "deviasi_fisik": RFK.format(nilai=DEVIASI_FISIK),
    "persen_tindak_lanjut": LAPOR.format(
        nilai="100.0 * count(*) filter (where l.disposisi_at is not null and l.status in ('Proses', 'Selesai')) / nullif(count(l.disposisi_at), 0)"
    ),
    "persen_selesai": LAPOR.format(
        nilai="100.0 * count(*) filter (where l.disposisi_at is not null and l.selesai_at is not null) / nullif(count(l.disposisi_at), 0)"
    ),
    "waktu_disposisi_112": PANGGILAN.format(
        nilai=median("case when diteruskan_at >= terima_at then extract(epoch from diteruskan_at - terima_at) / 60 end")
    ),
    "sentimen_bersih": BERITA.format(
        nilai="100.0 * (count(*) filter (where sentimen = 'positif') - count(*) filter (where sentimen = 'negatif')) / count(*)"
    ),
    **{
        kode: ISIAN.format(nilai=f"sum(i.jumlah) filter (where i.uraian = '{uraian}')")
        for kode, uraian in (
            ("gangguan_ketertiban", "Gangguan ketertiban"),
            ("titik_sampah_liar", "Titik sampah liar"),
            ("lampu_jalan_padam", "Lampu jalan padam"),
        )
    },
    "volume_lalu_lintas": HITUNGAN.format(nilai=f"sum({SKR}) / (count(*) * 0.25)", syarat=""),
    "derajat_kejenuhan": HITUNGAN.format(nilai=f"sum({SKR}) / sum(p.kapasitas_skr_jam * 0.25)", syarat=PUNCAK),
    "kecepatan_rata_rata": HITUNGAN.format(
        nilai=f"sum(h.kecepatan_km_jam * {BERMOTOR}) / sum({BERMOTOR}) filter (where h.kecepatan_km_jam is not null)",
        syarat="",
    ),
    "lama_kemacetan": MACET,
}
QUERIES = REGISTERS | OTHERS
# Provisional wherever somebody did not note them at an event, which is in nearly every kecamatan and month
OFTEN_UNTOLD = frozenset(
    kode for kode in QUERIES if kode.startswith(("korban_", "rumah_rusak_")) or kode == "kerugian_kebakaran"
)
# Of which source, table and moment an indicator is whose running month is compared with the same days before it
SAME_DAYS = {
    **dict.fromkeys(
        ("jumlah_kejadian_bencana", "waktu_tanggap_bencana"),
        ("bpbd_kejadian", "bpbd_kejadian__kejadian", f"lapor_at {WIB}"),
    ),
    **dict.fromkeys(
        ("jumlah_kebakaran", "jumlah_penyelamatan", "waktu_tanggap", "persen_tanggap_15mnt"),
        ("damkar_kejadian", "damkar_kejadian__kejadian", "kejadian_tanggal + coalesce(informasi_diterima, '00:00')"),
    ),
    **dict.fromkeys(
        ("panggilan_112_darurat", "kecelakaan", "waktu_disposisi_112"),
        ("diskominfo_112", "diskominfo_112__tiket", f"terima_at {WIB}"),
    ),
    **dict.fromkeys(
        ("volume_sebutan", "sentimen_bersih"), ("media_berita", "media_berita__berita", f"terbit_at {WIB}")
    ),
}
# By epidemiological week, which begins on a Sunday; the first holds the fourth of January
MINGGUAN = f"""
    select [[p.kode|'13.71']] as kode, make_date(s.tahun::int, 1, 4) - extract(dow from make_date(s.tahun::int, 1, 4))::int + 7 * (s.minggu - 1)::int as bulan, {{nilai}} as nilai
    from raw.dinkes_skdr__kasus as s join {PUSKESMAS} as p on replace(lower(s.puskesmas), '_', ' ') = p.nama group by 1, 2
"""
WEEKLY = {
    "kasus_skdr_total": MINGGUAN.format(nilai="sum(s.kasus)"),
    **{
        kode: MINGGUAN.format(nilai=f"coalesce(sum(s.kasus) filter (where s.penyakit ~ '^{penyakit}'), 0)")
        for kode, penyakit in (("kasus_dengue", "Suspek Dengue"), ("kasus_ispa", "ISPA"), ("kasus_diare", "Diare"))
    },
}


# What was planned until a month, for the curves of plan and result
PLANS = {
    f"realisasi_{what}": RFK.format(
        nilai=f"sum(r.pagu_idr * r.target_{what}_pct) {of_both} / sum(r.pagu_idr) {of_both}"
    )
    for what, of_both in (("keuangan", UANG_DAN_TARGET), ("fisik", FISIK_DAN_TARGET))
}


def until(kode: str, moment: datetime) -> str:
    """The query of an indicator of SAME_DAYS on what was before a moment of the city's clock."""
    _, table, column = SAME_DAYS[kode]
    before = f"(select * from raw.{table} where {column} < timestamp '{moment.isoformat()}')"
    return QUERIES[kode].replace(f"raw.{table}", before)


def of_places(query: str, *, city: bool = False) -> str:
    """A query for the kecamatan, or for the whole city."""
    return re.sub(r"\[\[(.*?)\|(.*?)\]\]", r"\2" if city else r"\1", query)
