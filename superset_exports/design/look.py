"""How the dashboards look: style sheet and the texts that stand beside charts."""

from __future__ import annotations

from command_center.settings import CITY_NAME

CSS = """
.dashboard { background: #F3F5F8; }
.dashboard .grid-container { margin: 16px 20px 24px; }
.dashboard-component-chart-holder {
  background: #FFFFFF; border: 1px solid #DFE4EA; border-radius: 8px; padding: 14px 16px 10px;
}
.dashboard .chart-header .header-title { font-size: 15px; font-weight: 600; color: #111827; }
.dashboard .dashboard-component-header { padding: 6px 0 0; }
.dashboard .dashboard-component-header .header-style-option,
.dashboard .dashboard-component-header { color: #0B3954; font-weight: 700; }
.dashboard-markdown .dashboard-component-chart-holder { padding: 12px 18px; }
.dashboard-markdown p { margin: 0 0 6px; color: #1F2937; font-size: 14px; line-height: 1.5; }
.superset-legacy-chart-big-number .kicker { font-size: 13px !important; color: #4B5563; }
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
.kota-sumber { color: #4B5563; }
""".strip()


def banner(audience: str) -> str:
    """What the page is and which of its figures are not real."""
    return (
        f"{audience}\n\n"
        '<span class="kota-simulasi">DATA SIMULASI</span> Deret dan baris bertanda <b>DATA SIMULASI</b> dibuat untuk uji coba '
        "dan bukan data resmi. Angka lain berasal dari sumber yang disebut di setiap bagian. "
        "Umur dan mutu setiap sumber ada di bagian <b>Umur dan mutu data</b>."
    )


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
