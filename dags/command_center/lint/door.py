"""Tests of dbt that hold a domain: what one wrong row of an agency can break is caught when the row is loaded.

An error test holds every figure of its domain until the agency has mended its file. So each one either has its rules at the door,
where only the row or the value goes, or is about what the build makes of the rows, or holds on purpose.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from command_center.declaration.registry import get_source
from command_center.intake.quality import Expectation, expectations
from command_center.paths import DBT_PROJECT


@dataclass(frozen=True)
class Caught:
    """Columns of a table, each of which has a rule at the door that sets aside, empties or holds the batch."""

    source: str
    table: str
    columns: tuple[str, ...]


VICTIMS = (
    *("meninggal_jiwa", "hilang_jiwa", "luka_jiwa", "mengungsi_jiwa", "terdampak_jiwa"),
    *("rumah_ringan_unit", "rumah_sedang_unit", "rumah_berat_unit"),
)
FORM = (
    "suara_sah",
    "suara_tidak_sah",
    "suara_total",
    "surat_digunakan",
    "surat_diterima",
    "pengguna_jiwa",
    "pengguna_dpt_jiwa",
)
AT_THE_DOOR: dict[str, tuple[Caught, ...]] = {
    "bencana_korban_tidak_negatif": (Caught("bpbd_kejadian", "kejadian", VICTIMS),),
    "g1_kode_wilayah_dikenal": (
        Caught("bpbd_kejadian", "kejadian", ("kode_kelurahan",)),
        Caught("damkar_kejadian", "kejadian", ("kode_kelurahan",)),
        Caught("diskominfo_112", "tiket", ("kode_kelurahan", "kode_kecamatan")),
        Caught("dukcapil_dkb", "penduduk", ("kode_kelurahan",)),
        Caught("dukcapil_mutasi", "mutasi", ("kode_kelurahan",)),
        Caught("bmkg_prakiraan", "cuaca", ("kode_kelurahan",)),
        Caught("kpu_rekap", "rekap", ("kode_wilayah",)),
        Caught("dishub_hitung", "pendekat", ("kode_kelurahan",)),
        Caught("diskominfo_zabbix", "host", ("kode_kecamatan",)),
        Caught("media_berita", "berita", ("kode_kecamatan",)),
    ),
    "g2_laki_laki_perempuan": (
        Caught("dukcapil_dkb", "penduduk", ("laki_laki_jiwa", "perempuan_jiwa")),
        Caught("kpu_dpt", "kelurahan", ("laki_jiwa", "perempuan_jiwa")),
        Caught("kpu_rekap", "rekap", ("dpt_l_jiwa", "dpt_p_jiwa")),
    ),
    "g3_pembilang_dalam_penyebut": (
        Caught("dukcapil_dkb", "penduduk", ("rekam_ktp_jiwa", "wajib_ktp_jiwa")),
        Caught("adpem_rfk", "kegiatan", ("realisasi_keuangan_idr", "realisasi_fisik_pct")),
        Caught("kpu_sirekap", "progres", ("tps_masuk",)),
        Caught("kpu_rekap", "rekap", ("pengguna_dpt_jiwa",)),
    ),
    "g5_tidak_di_masa_depan": (),  # every time refuses the future: lint/sources.py
    "k1_suara_sah": (Caught("kpu_rekap", "rekap", ("suara_sah",)),),
    "k2_k6_rekapitulasi": (Caught("kpu_rekap", "rekap", FORM),),
    "lalu_lintas_kejenuhan_mustahil": (
        Caught("dishub_hitung", "hitungan", ("sepeda_motor_unit", "kapasitas_skr_jam")),
        Caught("dishub_hitung", "pendekat", ("kapasitas_skr_jam",)),
    ),
    "penduduk_wajib_ktp": (Caught("dukcapil_dkb", "penduduk", ("wajib_ktp_jiwa", "rekam_ktp_jiwa")),),
    "pengaduan_status_lengkap": (Caught("diskominfo_lapor", "laporan", ("status",)),),
    "program_fisik_wajar": (Caught("adpem_rfk", "kegiatan", ("realisasi_fisik_pct",)),),
    "tahapan_urut": (Caught("kpu_tahapan", "tahapan", ("mulai_tanggal", "selesai_tanggal")),),
}
# What the build makes of whatever rows there are: no row of an agency can break it.
OF_THE_BUILD = frozenset(
    {
        *("angka_terbitan_seperti_diharapkan", "damkar_jumlah_sama", "g2_bagian_tidak_melebihi_keseluruhan"),
        *("indikator_kecamatan_lengkap", "infrastruktur_putus_dalam_waktu", "minggu_epidemiologi"),
        *("pengaduan_opd_sama_dengan_kota", "perhatian_memuat_opd_dan_simpang_yang_buruk"),
        *("perhatian_memuat_semua_yang_meleset", "program_opd_sama_dengan_kota"),
        *("publik_tanpa_sel_kecil", "publik_tanpa_suara_simulasi", "skdr_jumlah_sama", "wilayah_lengkap"),
    }
)
# Parts of a result that do not add up to it: no row can be told to be the wrong one, and half a result is none.
ON_PURPOSE = frozenset({"k10_kecamatan_sama_dengan_kota", "k11_wilayah_lengkap"})
MILD = re.compile(r"severity\s*=\s*[\"']warn")


def door_problems(folder: Path = DBT_PROJECT / "tests") -> list[str]:
    """One sentence for each test that holds a domain for one row, and for each rule that is said to catch it and does not."""
    strict = {file.stem for file in folder.rglob("*.sql") if not MILD.search(file.read_text(encoding="utf-8"))}
    known = {*AT_THE_DOOR, *OF_THE_BUILD, *ON_PURPOSE}
    problems = [
        f"dbt_project/tests: {name} holds a domain when it fails, and nothing says which rule catches such a row when it is loaded; "
        "add one to expectations/ and say so in AT_THE_DOOR of lint/door.py, or make it warn."
        for name in sorted(strict - known)
    ]
    problems += [
        f"lint/door.py names {name}, which is no strict test of dbt; remove it." for name in sorted(known - strict)
    ]
    return problems + [sentence for name in sorted(AT_THE_DOOR) for sentence in _uncaught(name, AT_THE_DOOR[name])]


def _uncaught(test: str, caught: Iterable[Caught]) -> Iterator[str]:
    for one in caught:
        source = get_source(one.source)
        rules = [rule for rule in expectations(source).get(one.table, []) if _is_strict(rule)]
        areas = {column.name for column in source.tables[one.table].stored if column.references is not None}
        for column in one.columns:
            if column not in areas and not any(_is_about(rule, column) for rule in rules):
                yield (
                    f"expectations/{one.source}.yml: no rule of {one.table} that sets aside or holds is about {column!r}, so one row can "
                    f"fail {test} and hold a domain."
                )


def _is_strict(rule: Expectation) -> bool:
    return rule.quarantine or rule.severity == "critical"


def _is_about(rule: Expectation, column: str) -> bool:
    query = str(rule.kwargs.get("unexpected_rows_query", ""))
    return column in (rule.about, *rule.empties) or re.search(rf"\b{column}\b", query) is not None
