"""Charts that both dashboards have, each reading its own database."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from command_center.settings import CITY_NAME

from superset_exports.design import charts, datasets, look
from superset_exports.design.assets import Cell, Chart, Dashboard, Database, Dataset, Filter, Heading, Row, Stack, Tab
from superset_exports.design.contract import levels
from superset_exports.design.datasets import GUDANG

LEGEND_AT_RIGHT = {"legendOrientation": "right", "legendMargin": 330}
KOTA = {"wilayah_tingkat": "kota"}
AREA = "wilayah_nama"
WHOLE_CITY = "seluruh kota"

LEADERS = ("wali_kota", "insinyur_data", "walidata")
CITY_HALL = (*LEADERS, "opd")
TILE_COLUMNS = (
    "indikator_nama",
    "nilai_teks",
    "status_teks",
    "target_kartu",
    "perubahan_kartu",
    "tahunan_kartu",
    "berjalan_teks",
    "keterangan",
)
DEFINITION = "definisi_tautan"
TILES_HEIGHT = 40
FEW_TILES, FEW_TILES_HEIGHT = 3, 26  # which are wide enough to say everything in one line each
QUESTIONS = (
    "Keadaan?",
    "Terhadap target?",
    "Berubah apa?",
    "Perlu tindakan apa, oleh siapa, sejak kapan?",
    "Seberapa baru?",
)
ANSWERED_BY_TILES = dict(
    zip(QUESTIONS, ("angka-pokok", "angka-pokok", "angka-pokok", "perhatian", "angka-pokok"), strict=True)
)


def tiles(codes: Sequence[str], title: str = "Angka pokok", database: Database = GUDANG) -> Chart:
    """At most seven figures, each with verdict, target, change, period, age and, for officials, a link to its definition."""
    is_linked = database is GUDANG
    return charts.rows(
        "angka-pokok",
        title,
        datasets.ubin(database),
        [*TILE_COLUMNS, DEFINITION] if is_linked else TILE_COLUMNS,
        order=[("urutan", True)],
        where={"indikator_kode": codes},
        limit=50,  # a limit that is reached is warned of
        coloured=["status_teks"],
        links=is_linked,
    )


def attention(domain: str | None = None) -> Chart:
    """What needs somebody's hand, the weightiest first."""
    return charts.rows(
        "perhatian",
        "Perlu perhatian: apa, oleh siapa, sejak kapan",
        datasets.perhatian(of_all=domain is None),
        [
            "status_teks",
            "kalimat",
            "tindakan",
            "penanggung_jawab",
            "sejak_teks",
            "dasbor_tautan",
        ],
        order=[("urutan", True)],
        where={"domain": domain} if domain else None,
        limit=500,
        coloured=["status_teks"],
        links=True,
    )


def line(
    code: str,
    title: str,
    unit: str,
    *,
    threshold: float | None = None,
    number_format: str = charts.DECIMAL,
    metric: str = "Nilai",
    name: str = "",
    weekly: bool = False,
    database: Database = GUDANG,
) -> Chart:
    """One indicator of the chosen area along its periods, its threshold drawn; of the whole city where there are no others."""
    return charts.over_time(
        name or f"tren-{code.replace('_', '-')}",
        f"{title}, {WHOLE_CITY}" if levels()[code] == "kota" else title,
        datasets.mingguan(database) if weekly else datasets.bulanan(database),
        [metric],
        time="periode_mulai",
        grain="P1D" if weekly else "P1M",
        by=["asal_data"],
        where={"indikator_kode": code},
        axis_title=unit,
        number_format=number_format,
        date_format="%-d %b" if weekly else charts.MONTH,
        threshold=threshold,
        extra={"markerEnabled": True, "markerSize": 5},
    )


def headline(chart: Chart, code: str) -> Chart:
    """The message of the indicator that a chart draws, for the chosen month and area."""
    return charts.rows(
        f"pesan-{chart.name}",
        f"Pesan: {chart.title}",
        datasets.ubin(),
        ["pesan"],
        order=[("pesan", True)],
        where={"indikator_kode": code},
        limit=50,
    )


def drawn(chart: Chart) -> str:
    """The indicator that a chart draws; empty where it draws none, or several."""
    found = (one["val"] for one in chart.query["filters"] if one["col"] == "indikator_kode" and one["op"] == "==")
    return next(found, "")


def indicators(chart: Chart) -> list[str]:
    """Those that a chart is narrowed to; none where it shows whatever there is."""
    asked: str | Sequence[str] = next(
        (one["val"] for one in chart.query["filters"] if one["col"] == "indikator_kode"), ()
    )
    return [asked] if isinstance(asked, str) else list(asked)


def is_of_city(chart: Chart) -> bool:
    """Whether a chart has nothing to show of any kecamatan, and would be empty where one is chosen."""
    if chart.dataset.is_of_city:
        return True
    if AREA not in chart.dataset.column_names:
        return False
    codes = indicators(chart)
    kept = {one["col"]: one.get("val") for one in chart.query["filters"]}
    return kept.get("wilayah_tingkat") == KOTA["wilayah_tingkat"] or (
        bool(codes) and all(levels().get(code) == "kota" for code in codes)
    )


def of_city(rows: Iterable[Row | Heading]) -> list[str]:
    """Names of the charts that stay the city's for any area."""
    page = Dashboard("", "", "", list(rows))
    return [chart.name for chart in page.charts.values() if is_of_city(chart)]


def with_legend(chart: Chart, legend: str) -> Stack:
    """A map and, below it, what its colours mean."""
    return Stack([chart], note=legend)


def told(row: Row | Heading) -> Row | Heading:
    """A row whose lines of one indicator stand under their message."""
    if isinstance(row, Heading):
        return row
    return Row(row.height, [Cell(under_message(cell.content), cell.width) for cell in row.cells])


def under_message(content: Chart | Stack | str) -> Chart | Stack | str:
    if isinstance(content, Chart) and content.viz_type == charts.LINE and drawn(content):
        return Stack([content], message=headline(content, drawn(content)))
    return content


def ranked(
    code: str,
    title: str,
    unit: str,
    *,
    threshold: float | None = None,
    number_format: str = charts.DECIMAL,
    name: str = "",
    database: Database = GUDANG,
) -> Chart:
    """The kecamatan of which there is a figure beside one another, in the chosen month."""
    return charts.across(
        name or f"kecamatan-{code.replace('_', '-')}",
        title,
        datasets.ubin(database),
        ["Nilai"],
        category="wilayah_nama",
        by=["asal_data"],
        where={"indikator_kode": code, "wilayah_tingkat": "kecamatan", "nilai": None},
        axis_title=unit,
        number_format=number_format,
        threshold=threshold,
    )


def details(domain: str | None, title: str = "Semua angka bidang ini", database: Database = GUDANG) -> Chart:
    """Every figure of a domain, or of all, with all that is said about it."""
    return charts.rows(
        "rincian",
        title,
        datasets.ubin(database),
        [
            "indikator_nama",
            "nilai_teks",
            "status_teks",
            "target_teks",
            "perubahan_teks",
            "tahunan_teks",
            "rerata_teks",
            "peringkat_teks",
            "keterangan",
        ],
        order=[("domain", True), ("urutan", True)],
        where={"domain": domain} if domain else None,
        limit=200,
        coloured=["status_teks"],
        search=not domain,
    )


def definitions(domain: str | None, database: Database = GUDANG) -> Chart:
    return charts.rows(
        "definisi",
        "Arti dan cara menghitung setiap angka",
        datasets.kamus(database),
        [
            "indikator_nama",
            "definisi",
            "interpretasi",
            "rumus",
            "ambang_teks",
            "ambang_dasar",
            "dasar_hukum",
            "sumber_judul",
            "opd_nama",
            "data_sampai_teks",
        ],
        order=[("indikator_nama", True)],
        where={"domain": domain} if domain else None,
        limit=200,
        search=not domain,
    )


def domain_page(
    slug: str,
    title: str,
    description: str,
    domain: str,
    *,
    tiles: Chart,
    beside: Chart,
    tabs: Sequence[Tab],
    all_areas: Collection[str] = (),
    all_months: Collection[str] = (),
    about: str = "",
    filters: Sequence[Filter] = (),
    label_colors: Mapping[str, str] | None = None,
    audience: Sequence[str] = CITY_HALL,
    crossing: Mapping[str, Collection[str]] | None = None,
) -> Dashboard:
    """First screen: figures, then what needs a hand beside one chart, about an indicator; below, tabs that ask when opened."""
    first = Stack([beside], message=headline(beside, about)) if about else under_message(beside)
    height = FEW_TILES_HEIGHT if len(indicators(tiles)) <= FEW_TILES else TILES_HEIGHT
    rows = [Row(height, [Cell(tiles, 12)]), Row(31, [Cell(attention(domain), 7), Cell(first, 5)])]
    told_tabs = [Tab(tab.title, [told(row) for row in tab.rows]) for tab in tabs]
    citywide = of_city([*rows, *(row for tab in told_tabs for row in tab.rows)])
    return Dashboard(
        slug=slug,
        title=title,
        description=description,
        css=look.CSS,
        audience=audience,
        filters=[month(without=all_months), area(without=[*all_areas, *citywide]), *filters],
        answers=ANSWERED_BY_TILES,
        crossing=crossing or {},
        metadata={"label_colors": dict(label_colors)} if label_colors else {},
        rows=rows,
        tabs=[
            *told_tabs,
            Tab("Rincian", [Row(60, [Cell(details(domain), 12)])]),
            Tab("Definisi", [Row(60, [Cell(definitions(domain), 12)])]),
        ],
    )


def one_agency(agencies: Dataset, without: Collection[str] = ()) -> Filter:
    """All of them at first; links from what needs a hand name one, and no definition is an agency's."""
    left_out = ["definisi", *without]
    return Filter("opd", "Perangkat daerah", agencies, "opd_nama", "Urutan nama", is_required=False, without=left_out)


def month(without: Collection[str] = (), database: Database = GUDANG) -> Filter:
    """The newest at first; charts along time show all of them."""
    months = datasets.ubin(database)
    return Filter("bulan", "Bulan laporan", months, "bulan_label", "Bulan terbaru", is_ascending=False, without=without)


def area(without: Collection[str] = (), database: Database = GUDANG) -> Filter:
    """The whole city at first."""
    areas = datasets.ubin(database)
    return Filter("wilayah", "Wilayah", areas, "wilayah_nama", "Urutan wilayah", chosen=CITY_NAME, without=without)


def fire_charts(database: Database) -> list[Chart]:
    return [fires_per_month(database), response_time(database)]


def fires_per_month(database: Database) -> Chart:
    return charts.over_time(
        "damkar-per-bulan",
        "Kebakaran dan penyelamatan setiap bulan yang sudah lengkap",
        datasets.damkar_bulanan(database),
        ["Kebakaran", "Penyelamatan"],
        time="bulan",
        grain="P1M",
        kind="bar",
        by=["asal_data"],
        axis_title="kejadian",
    )


def fires_map() -> Stack:
    """A count would show where most people live; the rate says where it burns more often."""
    drawn = charts.place_map(
        "peta-kebakaran",
        "Kebakaran per 10.000 penduduk, 12 bulan terakhir",
        datasets.kebakaran_laju(),
        shape="bentuk_berlabel",
        where={},
    )
    return with_legend(drawn, look.rates_legend("kebakaran"))


def response_time(database: Database) -> Chart:
    return charts.across(
        "waktu-tanggap-kecamatan",
        "Waktu tanggap median per kecamatan, ambang 15 menit",
        datasets.peta_kecamatan(database),
        ["Nilai"],
        category="kecamatan",
        by=["ambang_15_menit"],
        where={"indikator_kode": "waktu_tanggap"},
        axis_title="menit",
        number_format=charts.DECIMAL,
    )


def answered_in_time(database: Database) -> Chart:
    return charts.across(
        "persen-tanggap-kecamatan",
        "Bagian yang ditanggapi dalam 15 menit per kecamatan",
        datasets.peta_kecamatan(database),
        ["Bagian"],
        category="kecamatan",
        by=["periode_asal"],
        where={"indikator_kode": "persen_tanggap_15mnt"},
        axis_title="bagian kejadian",
        number_format=",.0%",
        extra={"truncateYAxis": True, "y_axis_bounds": [0, 1]},
    )


def warnings(database: Database) -> Chart:
    return charts.rows(
        "peringatan",
        "Peringatan BMKG yang sedang berlaku, menurut kata-kata BMKG",
        datasets.peringatan_aktif(database),
        ["keparahan_teks", "acara", "judul", "anjuran", "kecamatan_teks", "berlaku_teks", "sumber"],
        order=[("berakhir", False)],
        limit=200,
    )


def latest_quakes(database: Database) -> Chart:
    return charts.rows(
        "gempa-terbaru",
        "Gempa menurut BMKG, 30 hari terakhir",
        datasets.gempa(database),
        [
            "waktu",
            "magnitudo",
            "kedalaman_km",
            "jarak_padang_km",
            "wilayah",
            "dirasakan_teks",
            "tsunami_teks",
            "label_teks",
        ],
        order=[("waktu", False)],
        limit=1000,
        decimals={"magnitudo": ",.1f", "kedalaman_km": ",.0f", "jarak_padang_km": ",.0f"},
    )


def votes(database: Database, election: str, office: str) -> Chart:
    return charts.across(
        f"suara-{election}",
        f"Suara {office} 2024 di {CITY_NAME}: sementara, bukan hasil resmi",
        datasets.pilkada_suara(database),
        ["Suara"],
        category="calon",
        by=["catatan_asal"],
        where={"pemilihan": election, **KOTA},
        axis_title="suara",
        bars=4,
        is_by_name=True,
    )


def freshness(database: Database) -> Chart:
    return charts.rows(
        "kesegaran",
        "Umur dan mutu setiap sumber data",
        datasets.kesegaran_sumber(database),
        ["judul", "opd_nama", "data_per_teks", "umur_teks", "batas_teks", "kesegaran", "mutu_teks"],
        order=[("judul", True)],
    )


def editions(database: Database) -> Chart:
    return charts.rows(
        "terbitan",
        "Terbitan setiap bidang",
        datasets.terbitan(database),
        ["bidang", "terbitan_teks", "umur_teks", "data_per_teks", "keadaan"],
        order=[("bidang", True)],
    )


def vote_details(database: Database) -> Chart:
    share = {"persen": ",.2f"} if database is datasets.GUDANG else {}  # no pair's before the result is official
    return charts.rows(
        "rincian-suara",
        f"Rincian suara di {CITY_NAME}: sementara, bukan hasil resmi",
        datasets.pilkada_suara(database),
        [
            "pemilihan_nama",
            "nomor_urut",
            "paslon_nama",
            "suara",
            *share,
            "tps_masuk",
            "tps_total",
            "waktu",
            "catatan",
            "label_teks",
        ],
        order=[("pemilihan_nama", True), ("nomor_urut", True)],
        where=KOTA,
        decimals=share | dict.fromkeys(("suara", "tps_masuk", "tps_total", "nomor_urut"), ",.0f"),
    )


def count_progress() -> Chart:
    return charts.over_time(
        "perkembangan-hitungan",
        "Suara masuk selama penghitungan: sementara, bukan hasil resmi",
        datasets.pilkada_perkembangan(),
        ["Suara masuk"],
        time="waktu",
        grain="PT1H",
        by=["pemilihan_asal"],
        axis_title="bagian TPS yang masuk",
        number_format=",.0%",
        date_format="%-d/%-m %H.%M",
        extra={
            "tooltipTimeFormat": charts.MINUTE,
            "markerEnabled": True,  # a published count may stand alone
            "markerSize": 8,
            "truncateYAxis": True,
            "y_axis_bounds": [0, 1],
        },
    )


def mayor_by_kecamatan() -> Chart:
    return charts.across(
        "wali-kota-kecamatan",
        "Suara Wali Kota 2024 per kecamatan: sementara, bukan hasil resmi",
        datasets.pilkada_suara(GUDANG),
        ["Suara"],
        category="wilayah_nama",
        by=["nomor_calon"],
        where={"pemilihan": "pkwkk", "wilayah_tingkat": "kecamatan"},
        axis_title="suara",
        is_by_name=True,
        extra={"show_value": False, "sort_series_type": "name", "sort_series_ascending": True},
    )


def agenda(name: str, title: str, dataset: Dataset) -> Chart:
    return charts.rows(
        name,
        title,
        dataset,
        [
            "hari_teks",
            "jam_teks",
            "judul",
            "pelaksana",
            "tempat",
            "kecamatan",
            "status_teks",
            "bentrok_teks",
            "label_teks",
        ],
        order=[("urutan", True)],
        limit=500,
        may_be_empty=True,
    )
