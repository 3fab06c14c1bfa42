"""The registry in words: what each figure means, how it is computed, and from where."""

from __future__ import annotations

from superset_exports.design import access, charts, datasets, look, shared
from superset_exports.design.assets import Cell, Chart, Dashboard, Filter, Row


def dashboard() -> Dashboard:
    return Dashboard(
        slug="kamus",
        title="Kamus data",
        description="Arti, rumus, ambang, dan sumber setiap angka",
        css=look.CSS,
        audience=access.OFFICIALS,
        filters=[one_figure()],
        answers=dict.fromkeys(
            shared.QUESTIONS, "kamus"
        ),  # for every figure: its meaning, limits, schedule, owner and age
        rows=[Row(73, [Cell(registry(), 12)])],
    )


def one_figure() -> Filter:
    """What a link from a figure names."""
    return Filter("indikator", "Kode indikator", datasets.kamus(), "indikator_kode", "Urutan nama", is_required=False)


def registry() -> Chart:
    return charts.rows(
        "kamus",
        "Setiap angka: arti, rumus, ambang, dan sumbernya",
        datasets.kamus(),
        [
            "bidang_nama",
            "indikator_nama",
            "definisi",
            "interpretasi",
            "rumus",
            "satuan",
            "ambang_teks",
            "ambang_dasar",
            "banding_berjalan_teks",
            "dasar_hukum",
            "asal_teks",
            "data_sampai_teks",
        ],
        order=[("bidang_nama", True), ("indikator_nama", True)],
        limit=500,
        search=True,
    )
