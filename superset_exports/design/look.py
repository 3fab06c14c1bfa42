"""How the dashboards look: style sheet and the texts that stand beside charts."""

from __future__ import annotations

from command_center.settings import CITY_NAME

# As dbt_project/macros/peta_kecamatan.sql paints them.
STATUS_FILLS = {"baik": "#2a9d8f", "waspada": "#e9c46a", "siaga": "#f4a261", "buruk": "#d1495b", "kosong": "#bdbdbd"}
RATE_FILLS = ("#deebf7", "#c6dbef", "#9ecae1", "#6baed6", "#4292c6")
FILLS = STATUS_FILLS | {f"laju-{number}": fill for number, fill in enumerate(RATE_FILLS, start=1)}
COLOURS = "\n".join(f".kota-{name} {{ background: {fill}; }}" for name, fill in FILLS.items())
CSS = """
.dashboard { background: #F3F5F8; }
.dashboard .grid-container { margin: 12px 16px 24px; }
.dashboard-component-chart-holder {
  background: #FFFFFF; border: 1px solid #DFE4EA; border-radius: 8px; padding: 10px 14px 8px;
}
.dashboard .chart-header .header-title { font-size: 15px; font-weight: 600; color: #111827; }
.dashboard .dashboard-component-header { padding: 6px 0 0; }
.dashboard .dashboard-component-header .header-style-option,
.dashboard .dashboard-component-header { color: #0B3954; font-weight: 700; }
.dashboard-markdown .dashboard-component-chart-holder { padding: 12px 18px; }
.dashboard-markdown p { margin: 0 0 6px; color: #1F2937; font-size: 14px; line-height: 1.5; }
td.dt-is-null { font-size: 0 !important; }
td.dt-is-null::after { content: "–"; font-size: 13px; }
.kota-simulasi {
  display: inline-block; background: #7A3E00; color: #FFFFFF; font-weight: 700; letter-spacing: .04em;
  border-radius: 4px; padding: 2px 10px; margin-right: 8px;
}
.kota-sementara {
  display: inline-block; background: #FFF4D6; color: #5C3B00; font-weight: 700; border: 1px solid #B7791F;
  border-radius: 4px; padding: 1px 8px;
}
/* Whence the figures of a chart are, once, in its title line (docker/superset/pages.js). */
.chart-slice .header-title[data-asal] { display: flex; align-items: center; }
.chart-slice .header-title[data-asal]::after {
  flex: none;
  content: attr(data-asal); background: #7A3E00; color: #FFFFFF; font-size: 10px; font-weight: 700; letter-spacing: .04em;
  border-radius: 4px; padding: 1px 6px; margin-left: 8px; white-space: nowrap;
}
.kota-warna { display: inline-block; width: 14px; height: 12px; border: 1px solid #37474F; margin: 0 4px 0 0; vertical-align: -1px; }
.kota-legenda { font-size: 12px; line-height: 1.4; color: #1F2937; margin-right: 12px; white-space: nowrap; }
{COLOURS}
.kota-sumber { color: #4B5563; }
.dashboard-markdown a { text-decoration: underline; }
.chart-container p { color: #4B5563 !important; }
[data-test="metadata-bar"] { display: none; }
.chart-slice table td { white-space: normal; font-size: 13px; line-height: 1.4; }
.dashboard-component-chart-holder:has([data-test-chart-name^="Angka pokok"]) { padding: 4px 14px 4px; overflow-y: auto; }
.chart-slice[data-test-chart-name^="Angka pokok"] :is(.dashboard-chart, [role="table"], [role="presentation"]) { overflow: visible !important; }
/* The message of a chart: a table of one row and one column, without its head, over the chart that it is of. */
.chart-slice[data-test-chart-name^="Pesan"] [data-test="slice-header"], .chart-slice[data-test-chart-name^="Pesan"] thead { display: none; }
.chart-slice[data-test-chart-name^="Pesan"] div { visibility: visible !important; overflow: visible !important; }
.chart-slice[data-test-chart-name^="Pesan"] tr { background: transparent !important; }
.chart-slice[data-test-chart-name^="Pesan"] td {
  border: 0 !important; padding: 0 !important; background: transparent !important; pointer-events: none;
  font-size: 13px; font-weight: 600; line-height: 16px; color: #0B3954;
}
.grid-column > .dragdroppable-row:has([data-test-chart-name^="Pesan"]) { margin-bottom: 0 !important; }
.dashboard-component-chart-holder:has(> .chart-slice[data-test-chart-name^="Pesan"]) {
  padding: 8px 16px 0; border-bottom: 0; border-radius: 8px 8px 0 0;
}
.grid-column > .dragdroppable-row:has([data-test-chart-name^="Pesan"]) + .dragdroppable-row .dashboard-component-chart-holder {
  padding: 0 16px 4px; border-top: 0; border-radius: 0 0 8px 8px;
}
.grid-column > .dragdroppable-row:has([data-test-chart-name^="Pesan"]) + .dragdroppable-row [data-test="slice-header"] { margin-bottom: 0; }
.grid-column > .dragdroppable-row:has([data-test-chart-name^="Pesan"]) + .dragdroppable-row .header-title { font-size: 12px; font-weight: 400; color: #4B5563; }
/* Key figures: each row of their table is a card; the table without its head is what Superset measures, and never shows. */
.chart-slice[data-test-chart-name^="Angka pokok"] div[role="presentation"] { visibility: visible !important; }
.chart-slice[data-test-chart-name^="Angka pokok"] thead { display: none; }
.chart-slice[data-test-chart-name^="Angka pokok"] table, .chart-slice[data-test-chart-name^="Angka pokok"] tbody { display: block; border: 0; }
.chart-slice[data-test-chart-name^="Angka pokok"] tbody { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 8px; }
.chart-slice[data-test-chart-name^="Angka pokok"] tr {
  display: flex; flex-direction: column; border: 1px solid #DFE4EA; border-radius: 8px; padding: 5px 9px;
  background: #FFFFFF !important;
}
.chart-slice[data-test-chart-name^="Angka pokok"] td {
  display: block; border: 0 !important; padding: 0 0 1px !important; font-size: 12px; line-height: 1.3; color: #374151;
  text-align: left !important;
}
.chart-slice[data-test-chart-name^="Angka pokok"] td.dt-is-null { display: none !important; }
.chart-slice[data-test-chart-name^="Angka pokok"] td:nth-child(1) { font-weight: 600; font-size: 13px; color: #111827; }
.chart-slice[data-test-chart-name^="Angka pokok"] td:nth-child(2) { font-size: 18px; font-weight: 700; line-height: 1.2; color: #0B3954; }
.chart-slice[data-test-chart-name^="Angka pokok"] td:nth-child(3) {
  align-self: flex-start; border-radius: 4px; padding: 1px 8px !important; margin: 1px 0 2px; font-weight: 700; color: #111827;
}
.chart-slice[data-test-chart-name^="Angka pokok"] td:nth-child(n+7) { color: #4B5563; font-size: 11px; line-height: 1.25; }
/* Cards and what needs a hand take no clicks that would narrow other charts; their links do. */
.chart-slice[data-test-chart-name^="Angka pokok"] td, .chart-slice[data-test-chart-name^="Perlu perhatian"] td { pointer-events: none; }
.chart-slice td a { pointer-events: auto; }
/* Verdicts stand two abreast: field and verdict in one line, then the figure with its target and change, then its age. */
.chart-slice[data-test-chart-name="Angka pokok: putusan setiap bidang"] tbody { grid-template-columns: repeat(auto-fit, minmax(225px, 1fr)); gap: 5px; }
.chart-slice[data-test-chart-name="Angka pokok: putusan setiap bidang"] tr { flex-flow: row wrap; align-content: flex-start; padding: 3px 8px; }
.chart-slice[data-test-chart-name="Angka pokok: putusan setiap bidang"] td:nth-child(1) { flex: 1 1 auto; }
.chart-slice[data-test-chart-name="Angka pokok: putusan setiap bidang"] td:nth-child(2) {
  font-size: 12px; font-weight: 700; line-height: 15px; border-radius: 4px; padding: 1px 6px !important; color: #111827;
}
.chart-slice[data-test-chart-name="Angka pokok: putusan setiap bidang"] td:nth-child(3) {
  flex: 1 0 100%; margin: 0; padding: 1px 0 0 !important; font-size: 11px; font-weight: 400; line-height: 13px; color: #1F2937;
}
.chart-slice[data-test-chart-name="Angka pokok: putusan setiap bidang"] td:nth-child(4) {
  flex: 1 0 100%; padding: 0 !important; font-size: 10px; line-height: 12px; color: #4B5563;
}
/* A screen in a lobby, read from three metres (?putar=, docker/superset/pages.js). */
.kota-lobi .chart-slice .header-title { font-size: 26px; }
.kota-lobi .dashboard-markdown p, .kota-lobi .kota-legenda { font-size: 20px; }
.kota-lobi .dashboard-component-tabs [role="tab"] { font-size: 24px; }
.kota-lobi .chart-slice table :is(td, th) { font-size: 20px; line-height: 1.35; }
.kota-lobi .chart-slice[data-test-chart-name^="Angka pokok"] td { font-size: 17px; }
.kota-lobi .chart-slice[data-test-chart-name^="Angka pokok"] td:nth-child(1) { font-size: 20px; }
.kota-lobi .chart-slice[data-test-chart-name^="Angka pokok"] td:nth-child(2) { font-size: 34px; }
.kota-lobi .chart-slice[data-test-chart-name^="Angka pokok"] td:nth-child(n+4) { display: none; }
button[data-test="dropdown-container-btn"] { background: #DCE7ED !important; }
@media (max-width: 600px) {
  [data-test="filter-bar"] > div { flex-wrap: wrap; height: auto; }
  [data-test="filter-bar"] > div > div { flex: 1 1 100%; }
}
""".strip().replace("{COLOURS}", COLOURS)


PHONE_LINK = "[Tampilan untuk telepon](/superset/dashboard/publik-telepon/)"
OPEN_DATA_LINK = "[Unduh sebagai data terbuka (CSV)](/data-terbuka/)"


def banner(audience: str) -> str:
    """What the page is and which of its figures are not real."""
    return (
        f"{audience}\n\n"
        '<span class="kota-simulasi">DATA SIMULASI</span> Deret dan baris bertanda <b>DATA SIMULASI</b> dibuat untuk uji coba '
        "dan bukan data resmi. Angka lain berasal dari sumber yang disebut di setiap bagian. "
        "Umur dan mutu setiap sumber ada pada lembar <b>Tentang data</b>."
    )


def status_legend(target: str) -> str:
    """What the colours of a map of verdicts mean, each with the sign and the word that stand for it elsewhere."""
    signs = {
        "baik": f"● baik ({target})",
        "waspada": "▲ waspada",
        "siaga": "◆ siaga",
        "buruk": "■ buruk",
        "kosong": "– belum ada",
    }
    return " ".join(sample(name, words) for name, words in signs.items())


def rates_legend(what: str) -> str:
    """Five classes of the same width, of which the numbers stand on the map and in the list beside it."""
    words = ["paling jarang", "", "", "", "paling sering"]
    steps = [sample(f"laju-{number}", words[number - 1]) for number in range(1, 6)]
    told = f"{what} per 10.000 penduduk: lima kelas sama lebar dari 0 sampai laju tertinggi"
    return f'{"".join(steps)} {sample("kosong", "belum diketahui")} <span class="kota-legenda">{told}</span>'


def sample(name: str, words: str) -> str:
    text = f'<span class="kota-legenda">{words}</span>' if words else ""
    return f'<span class="kota-warna kota-{name}">&nbsp;</span>{text}'


def votes_note() -> str:
    return (
        '<span class="kota-sementara">Sementara, bukan hasil resmi</span>\n\n'
        "Hitungan Sirekap adalah alat bantu; hasil yang sah ialah rekapitulasi berjenjang KPU. "
        "Pasangan calon ditampilkan menurut nomor urut.\n\n"
        '<span class="kota-sumber">Sumber: Komisi Pemilihan Umum (KPU), Sirekap Pilkada 2024.</span>'
    )


def quake_note() -> str:
    return (
        '<span class="kota-sumber">Sumber: BMKG (Badan Meteorologi, Klimatologi, dan Geofisika). '
        f"Jarak dihitung dari pusat {CITY_NAME}.</span>"
    )
