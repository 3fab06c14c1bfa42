"""Every number of a report that is an answer of its own, with where it is from; what stands beside it is a column of its row."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from command_center.idformat import format_number
from command_center.report.document import Fact
from command_center.report.figures import Figure
from command_center.report.rows import Activity, Cases, Point, Topic
from command_center.report.wording import ABSENT, amount, last_of_month, moment


def of_figures(figures: Iterable[Figure]) -> list[Fact]:
    return [figure.fact for figure in figures]


def of_point(point: Point) -> Fact:
    return Fact(
        indikator_kode=point.indikator_kode,
        indikator_nama=point.indikator_nama,
        wilayah_kode=point.wilayah_kode,
        wilayah_nama=point.wilayah_nama,
        periode_mulai=point.periode_mulai,
        periode_selesai=point.periode_selesai,
        periode_label=point.periode_label,
        nilai=point.nilai,
        teks=amount(point.nilai, point.satuan, point.desimal),
        satuan=point.satuan,
        status=point.status,
        is_sementara=point.is_sementara,
        source=point.source,
        data_per=moment(point.data_per),
        label_data=point.label_data,
    )


def of_cases(cases: Cases) -> Fact:
    """`skdr:diare_akut`: not an indicator of the registry, and so named after where it is from."""
    return Fact(
        indikator_kode=f"skdr:{slug(cases.penyakit)}",
        indikator_nama=f"Kasus {cases.penyakit}",
        wilayah_kode=cases.kode_kecamatan,
        wilayah_nama=cases.kecamatan,
        periode_mulai=cases.minggu_mulai,
        periode_selesai=cases.minggu_selesai,
        periode_label=f"Minggu ke-{cases.minggu} {cases.tahun}",
        nilai=None if cases.kasus is None else Decimal(cases.kasus),
        teks=ABSENT if cases.kasus is None else format_number(cases.kasus),
        satuan="kasus",
        status="tanpa_ambang",
        is_sementara=cases.puskesmas_tanpa_angka > 0,
        source="dinkes_skdr",
        data_per=moment(cases.data_per),
        label_data=cases.label_data,
    )


def of_activity(activity: Activity) -> list[Fact]:
    """Money and work of one kegiatan: realised, and how far from what was planned."""
    told = (
        ("realisasi_keuangan", "Realisasi keuangan", activity.realisasi_keuangan_pct, activity.realisasi_keuangan_teks),
        ("deviasi_keuangan", "Deviasi keuangan", activity.deviasi_keuangan_poin, activity.deviasi_keuangan_teks),
        ("realisasi_fisik", "Realisasi fisik", activity.realisasi_fisik_pct, activity.realisasi_fisik_teks),
        ("deviasi_fisik", "Deviasi fisik", activity.deviasi_fisik_poin, activity.deviasi_fisik_teks),
    )
    return [
        Fact(
            indikator_kode=f"rfk_{kind}:{activity.kegiatan_kode}",
            indikator_nama=f"{name}: {activity.kegiatan}",
            wilayah_kode=activity.kode_kecamatan,
            wilayah_nama=activity.opd_nama,
            periode_mulai=activity.periode_mulai,
            periode_selesai=last_of_month(activity.periode_mulai),
            periode_label=activity.periode_label,
            nilai=value,
            teks=text,
            satuan="poin" if kind.startswith("deviasi") else "persen",
            status=activity.status_keuangan if kind.endswith("keuangan") else activity.status_fisik,
            is_sementara=False,
            source="adpem_rfk",
            data_per=moment(activity.data_per),
            label_data=activity.label_data,
        )
        for kind, name, value, text in told
    ]


def of_topic(topic: Topic) -> list[Fact]:
    told = (
        ("masuk", topic.masuk),
        ("selesai", topic.selesai),
        ("terbuka", topic.terbuka),
        ("lewat_batas", topic.lewat_batas),
    )
    return [
        Fact(
            indikator_kode=f"lapor_{kind}:{slug(topic.topik)}",
            indikator_nama=f"Laporan {kind.replace('_', ' ')}: {topic.topik}",
            wilayah_kode=topic.kode_kecamatan,
            wilayah_nama=topic.wilayah_nama,
            periode_mulai=topic.periode_mulai,
            periode_selesai=last_of_month(topic.periode_mulai),
            periode_label=topic.periode_label,
            nilai=Decimal(count),
            teks=format_number(count),
            satuan="laporan",
            status="tanpa_ambang",
            is_sementara=False,
            source="diskominfo_lapor",
            data_per=moment(topic.data_per),
            label_data=topic.label_data,
        )
        for kind, count in told
    ]


def slug(text: str) -> str:
    return re.sub("[^a-z0-9]+", "_", text.lower()).strip("_")


def once(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """One fact per indicator, area and period, in the order in which they are told."""
    known: dict[tuple[object, ...], Fact] = {}
    for fact in facts:
        known.setdefault((fact.indikator_kode, fact.wilayah_kode, fact.periode_mulai), fact)
    return tuple(known.values())
