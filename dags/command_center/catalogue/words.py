"""How the catalogue says in Indonesian what declarations say in words of the program."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from command_center.idformat import DAYS, format_number

TYPES = {
    "text": "teks",
    "integer": "bilangan bulat",
    "bigint": "bilangan bulat",
    "smallint": "bilangan bulat",
    "numeric": "bilangan",
    "double precision": "bilangan",
    "boolean": "ya atau tidak",
    "date": "tanggal",
    "time": "jam",
    "timestamptz": "waktu",
    "timestamp without time zone": "waktu",
    "timestamp with time zone": "waktu",
    "json": "susunan (JSON)",
    "jsonb": "susunan (JSON)",
}
MODES = {
    "snapshot": "setiap kiriman memuat seluruh isi",
    "window": "setiap kiriman memuat satu kurun waktu",
    "register": "buku catatan yang masih dapat berubah",
    "upsert": "setiap kiriman memuat yang baru dan yang berubah",
    "observation": "pengamatan yang hanya bertambah",
}
KINDS = {
    "csv": "berkas CSV",
    "xlsx": "berkas Excel",
    "spreadsheetml": "berkas Excel (XML)",
    "html_table": "tabel pada halaman web",
    "icalendar": "kalender (iCalendar)",
    "sql": "pertanyaan ke basis data",
    "rss": "umpan berita (RSS)",
    "cap": "peringatan (CAP)",
    "ckan": "portal data (CKAN)",
    "arcgis_rest": "layanan peta (ArcGIS)",
    "prometheus": "layanan pemantauan",
    "json_rpc": "layanan pemantauan (JSON-RPC)",
    "xml": "layanan web (XML)",
    "http_json": "layanan web (JSON)",
}
TREATMENTS = {"drop": "tidak disimpan", "hmac": "disimpan sebagai sandi"}
KEPT = {"surel": "surel", "nik": "NIK", "telepon": "nomor telepon", "nama": "nama orang"}
CLASSES = {"publik": "publik", "terbatas": "terbatas", "rahasia": "rahasia"}
KIP = {
    "berkala": "wajib diumumkan berkala",
    "serta_merta": "wajib diumumkan serta-merta",
    "setiap_saat": "wajib tersedia setiap saat",
    "dikecualikan": "dikecualikan",
}
CONSEQUENCES = {True: "baris disisihkan", False: "dicatat"}
DIRECTIONS = {"naik_baik": "makin besar makin baik", "turun_baik": "makin kecil makin baik"}
PERIODS = {
    "bulan": "bulan",
    "minggu_epid": "minggu epidemiologi",
    "triwulan": "triwulan",
    "semester": "semester",
    "pemilihan": "pemilihan",
}
SCHEMAS = {"mart": "data untuk pejabat", "publik": "data untuk masyarakat"}


def schedule(cron: str | None) -> str:
    """As mart.kamus says it; what it has no words for stands as it is."""
    if cron is None:
        return "tanpa jadwal"
    minute, hour, day, month, weekday = cron.split()
    if (day, month) != ("*", "*"):
        return cron
    if hour == weekday == "*":
        every = re.fullmatch(r"\*/(\d+)", minute)
        return "setiap menit" if minute == "*" else f"setiap {every[1]} menit" if every else "setiap jam"
    if every := re.fullmatch(r"\*/(\d+)", hour):
        return f"setiap {every[1]} jam"
    if not re.fullmatch(r"\d+(,\d+)*", hour) or not re.fullmatch(r"[0-6]|\*", weekday):
        return cron
    days = "setiap hari" if weekday == "*" else f"setiap {DAYS[int(weekday) - 1]}"
    return f"{days} pukul {', '.join(f'{int(one):02}.{int(minute):02}' for one in hour.split(','))} WIB"


def span(length: timedelta) -> str:
    hours = length.total_seconds() / 3600
    return f"{format_number(hours)} jam" if hours < 48 else f"{format_number(hours // 24)} hari"


def type_name(name: str) -> str:
    return TYPES.get(name.partition("(")[0], name)


def kept_of(kept: Sequence[str]) -> str:
    """What a column's text may tell, for it is nobody's own."""
    return f"{' dan '.join(KEPT[one] for one in kept)} tidak ditutup"
