"""Figures that are shown of something else than an area: of an agency, a junction, a topic, a corridor, a service, a disease.

Each table of the mart that has such figures is described once: by which words its row is named, and how it reads as a figure.
A subject of two words, such as a topic of an agency, is written with `|` between them, in this order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from command_center.database import Connection, all_values, first_row, has_row
from command_center.operate.figure import Figure


@dataclass(frozen=True)
class Shown:
    """One kind of subject of one table; `subjects` has the columns by any of which each of its words may be given."""

    table: str
    what: str
    source: str
    subjects: tuple[tuple[str, ...], ...]
    where: str = "true"
    rows: str = ""  # what reads as a figure, where the table's own rows do not

    @property
    def relation(self) -> str:
        return self.rows or f"mart.{self.table}"


OPD = ("opd_kode", "opd_nama")
REPORTS = "diskominfo_lapor"
TOPICS = "pengaduan_opd_topik"

# One row per kegiatan and month, with its figures side by side.
ACTIVITIES = """(
    select rfk.kegiatan_kode, rfk.kegiatan, rfk.bulan, rfk.periode_mulai, rfk.periode_label, rfk.data_per, rfk.lencana,
        rfk.label_data, false as is_sementara, null::numeric as pembilang, null::numeric as penyebut, angka.*
    from mart.rfk_kegiatan as rfk
    cross join lateral (values
        ('realisasi_keuangan', 'Realisasi keuangan', realisasi_keuangan_pct, realisasi_keuangan_teks, status_keuangan),
        ('deviasi_keuangan', 'Deviasi keuangan', deviasi_keuangan_poin, deviasi_keuangan_teks, status_keuangan),
        ('realisasi_fisik', 'Realisasi fisik', realisasi_fisik_pct, realisasi_fisik_teks, status_fisik),
        ('deviasi_fisik', 'Deviasi fisik', deviasi_fisik_poin, deviasi_fisik_teks, status_fisik)
    ) as angka (indikator_kode, indikator_nama, nilai, nilai_teks, status)
)"""
# What a report counts beside its indicators; one row per indicator says the same counts.
COUNTS = """(
    select topik.irisan, topik.opd_kode, topik.opd_nama, topik.topik, topik.kode_kecamatan, topik.wilayah_nama, topik.bulan,
        topik.periode_mulai, topik.periode_label, topik.data_per, topik.lencana, topik.label_data, topik.is_sementara,
        angka.nilai::numeric as pembilang, null::numeric as penyebut, 'tanpa_ambang' as status, angka.indikator_kode,
        angka.indikator_nama, angka.nilai::numeric as nilai, angka.nilai || ' laporan' as nilai_teks
    from mart.pengaduan_opd_topik as topik
    cross join lateral (values
        ('lapor_masuk', 'Laporan masuk', masuk), ('lapor_selesai', 'Laporan selesai', selesai),
        ('lapor_terbuka', 'Laporan terbuka', terbuka), ('lapor_lewat_batas', 'Laporan lewat batas', lewat_batas)
    ) as angka (indikator_kode, indikator_nama, nilai)
    where topik.indikator_kode = 'laporan_masuk'
)"""
CASES = """(
    select kasus.kode_kecamatan, kasus.kecamatan, kasus.penyakit, kasus.minggu_mulai as bulan, kasus.minggu_mulai as periode_mulai,
        'Minggu ke-' || kasus.minggu || ' ' || kasus.tahun as periode_label, segar.data_per, '' as lencana, kasus.label_data,
        kasus.puskesmas_tanpa_angka > 0 as is_sementara, kasus.kasus::numeric as pembilang, null::numeric as penyebut, 'tanpa_ambang' as status,
        'skdr' as indikator_kode, 'Kasus SKDR' as indikator_nama, kasus.kasus::numeric as nilai,
        coalesce(kasus.kasus || ' kasus', '–') as nilai_teks, 'minggu_epid' as periode_jenis
    from mart.skdr_mingguan as kasus left join mart.kesegaran_sumber as segar on segar.source = 'dinkes_skdr'
)"""
SERVICES = """(
    select layanan_kode, layanan, tanggal as bulan, tanggal as periode_mulai, hari_teks as periode_label, data_per, '' as lencana,
        label_data, false as is_sementara, null::numeric as pembilang, null::numeric as penyebut, status,
        'ketersediaan_layanan' as indikator_kode, 'Ketersediaan layanan' as indikator_nama, ketersediaan_persen as nilai, nilai_teks,
        'hari' as periode_jenis
    from mart.layanan_ti
)"""
TABLES = (
    Shown("rfk_opd", "OPD", "adpem_rfk", ((*OPD, "opd_singkatan"),), "not is_seluruh"),
    Shown("rfk_kegiatan", "kegiatan", "adpem_rfk", (("kegiatan_kode", "kegiatan"),), rows=ACTIVITIES),
    Shown("iku_opd", "OPD", "organisasi_iku", (OPD,), "tingkat = 'opd'"),
    Shown("iku_opd", "OPD|IKU", "organisasi_iku", (OPD, ("iku",)), "tingkat = 'iku'"),
    Shown("kemacetan_simpang", "junction", "dishub_hitung", (("kode_simpang", "simpang"),)),
    Shown("angkutan_koridor", "corridor", "dishub_trans_padang", (("koridor", "koridor_teks"),)),
    Shown("layanan_ti", "service", "diskominfo_zabbix", (("layanan_kode", "layanan"),), rows=SERVICES),
    Shown("skdr_mingguan", "kecamatan|disease", "dinkes_skdr", (("kode_kecamatan", "kecamatan"), ("penyakit",)), rows=CASES),
    *(
        Shown(TOPICS, what, REPORTS, subjects, f"irisan = '{irisan}'", rows)
        for rows in ("", COUNTS)
        for irisan, what, subjects in (
            ("opd", "OPD", (OPD,)),
            ("topik", "topic", (("topik",),)),
            ("opd_topik", "OPD|topic", (OPD, ("topik",))),
            ("kecamatan_topik", "kecamatan|topic", (("kode_kecamatan", "wilayah_nama"), ("topik",))),
        )
    ),
)  # fmt: skip
SLUG = "trim(both '_' from regexp_replace(lower(a.{column}), '[^a-z0-9]+', '_', 'g'))"
MONTHS = {"bulan": 1, "triwulan": 3, "semester": 6, "tahun": 12}


def find(mart: Connection, kode: str, subject: str, period: str) -> Figure | None:
    """The figure of an indicator that one of the tables shows of this subject and period."""
    for shown, words in _of_as_many_words(subject):
        figure = first_row(mart, Figure, _query(shown), {"kode": kode, "period": period, **words})
        if figure is not None:
            return figure
    return None


def as_reports_say(kode: str, area: str) -> tuple[str, str]:
    """What a report's workbook calls `rfk_realisasi_fisik:<kegiatan>`, `lapor_masuk:<topic>` or `skdr:<disease>` of an area."""
    told, _, of_what = kode.partition(":")
    if not of_what:
        return kode, area
    return (told.removeprefix("rfk_"), of_what) if told.startswith("rfk_") else (told, f"{area}|{of_what}")


def _of_as_many_words(subject: str) -> Iterator[tuple[Shown, dict[str, str]]]:
    words = {f"word_{place}": word.strip().lower() for place, word in enumerate(subject.split("|"))}
    return ((shown, words) for shown in TABLES if len(shown.subjects) == len(words))


def _query(shown: Shown) -> str:
    code = " || '|' || ".join(f"a.{columns[0]}" for columns in shown.subjects)
    name = " || ' · ' || ".join(f"a.{columns[min(1, len(columns) - 1)]}" for columns in shown.subjects)
    own_kind = "a.periode_jenis" if "periode_jenis" in shown.rows else "d.periode_jenis"
    length = " ".join(f"when '{kind}' then interval '{count} months'" for kind, count in MONTHS.items())
    return f"""
        select a.indikator_kode, a.indikator_nama, coalesce({code}, {name}, '') as wilayah_kode, coalesce({name}, '') as wilayah_nama,
            a.periode_label, a.periode_mulai,
            (a.periode_mulai + case {own_kind} {length} when 'minggu_epid' then interval '7 days' when 'hari' then interval '1 day'
                else interval '1 month' end - interval '1 day')::date as periode_selesai,
            a.nilai_teks, a.nilai, a.pembilang, a.penyebut, coalesce(d.satuan, '–') as satuan, a.status, null::text as mutu,
            a.is_sementara, nullif(a.lencana, '') as sementara_karena, a.label_data is not null as is_simulasi, a.data_per,
            coalesce(d.rumus, 'counted') as rumus, coalesce(d.definisi, '–') as definisi, '{shown.source}' as source,
            '{shown.table}' as "table"
        from {shown.relation} as a left join mart.dim_indikator as d on d.kode = a.indikator_kode
        where {shown.where} and a.indikator_kode = %(kode)s
            and (to_char(a.periode_mulai, 'YYYY-MM') = %(period)s or a.periode_mulai::text = %(period)s or a.periode_label = %(period)s)
            and {_is_named(shown)}
        order by a.periode_mulai, a.bulan desc limit 1
    """


def _is_named(shown: Shown) -> str:
    """In whatever case, or as a report's workbook writes it: `banjir_dan_drainase`."""
    return " and ".join(
        f"%(word_{place})s in ({', '.join(f'lower(a.{column}), {SLUG.format(column=column)}' for column in columns)})"
        for place, columns in enumerate(shown.subjects)
    )


def told_of(mart: Connection, kode: str) -> list[str]:
    """Of which subjects there are figures of an indicator beside areas, with an example of each."""
    return list(_examples(mart, kode))


def _examples(mart: Connection, kode: str) -> Iterator[str]:
    for shown in TABLES:
        if has_row(
            mart, f"select from {shown.relation} as a where {shown.where} and a.indikator_kode = %s limit 1", [kode]
        ):
            names = all_values(mart, str, _example(shown.relation, shown.where, shown.subjects), [kode])
            yield f"{shown.what} ({', '.join(map(repr, names))} …, mart.{shown.table})"


def _example(relation: str, where: str, subjects: Sequence[Sequence[str]]) -> str:
    code = " || '|' || ".join(f"a.{columns[0]}" for columns in subjects)
    return f"select {code} from {relation} as a where {where} and a.indikator_kode = %s and {code} is not null group by 1 order by 1 limit 2"


def periods_of(mart: Connection, kode: str, subject: str) -> list[str]:
    """The newest periods of which there is a figure of a subject."""
    for shown, words in _of_as_many_words(subject):
        found = all_values(
            mart,
            str,
            f"select a.periode_mulai::text from {shown.relation} as a where {shown.where} and a.indikator_kode = %(kode)s "
            f"and {_is_named(shown)} group by 1 order by 1 desc limit 5",
            {"kode": kode, **words},
        )
        if found:
            return found
    return []
