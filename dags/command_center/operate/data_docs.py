"""Great Expectations' Data Docs from the audits in the ledger, and before them why each batch is held; readable without a network.

The pages that the library writes ask third parties for styles and scripts; those are taken out and a style of our own put in.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from html import escape
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from command_center.database import connect
from command_center.idformat import format_moment, format_number, plain
from command_center.ledger.audit import Audited, newest
from command_center.ledger.batch import Status
from command_center.operate.watch import advice, cause
from command_center.settings import settings

BATCH = re.compile(r"batch[ _](\d+)")  # the name of a folder below validations/
OUTCOMES: Mapping[Status, str] = {
    "held": "ditahan",
    "failed": "gagal",
    "published": "terbit",
    "unchanged": "tidak berubah",
}
ORDER = ("ditahan", "gagal", "dilepas, belum dimuat", "dibuang", "terbit", "tidak berubah")
HEADS = (
    *("data", "bagian", "kiriman", "diperiksa", "hasil", "mengapa"),
    *("baris dibaca", "terbit", "tetap", "dikarantina", "aturan gagal", "rincian"),
)

# A browser that is told so asks nobody, whatever is left in the page.
ALONE = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">"
STYLE = """<meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 96rem; padding: 0 1rem; color: #1b2733 }
table { border-collapse: collapse; margin: 1rem 0 } th, td { border-bottom: 1px solid #d5dde5; padding: .35rem .7rem; text-align: left; vertical-align: top }
th { color: #4a5b6c; font-weight: 600 } a { color: #0b5394 } h1 { font-size: 1.5rem } td.number { text-align: right; font-variant-numeric: tabular-nums }
nav, footer, .modal, .navbar, #ge-cta-footer, #suite-edit-instructions-button, button, img, .sticky { display: none !important }
.badge { border: 1px solid; border-radius: .3rem; padding: 0 .4rem } tr:target { background: #fff4d6 } label { margin-right: 1.5rem }
.failed { color: #9c1c00; font-weight: 600 } .passed { color: #1d6b2f }
</style>"""
WIDE = (
    "body { max-width: 110rem; font-size: 13.5px; padding: 0 .5rem } th, td { padding: .3rem } td:nth-child(6) { min-width: 14rem } "
    "td:nth-child(2) { overflow-wrap: anywhere; min-width: 6rem; max-width: 11rem } td ul { margin: .2rem 0; padding-left: 1.2rem } "
)
SIMULATED = '<br><span class="badge">DATA SIMULASI</span>'
# What the ledger notes of what was published, in English for who mends it, and the same for its agency.
COLUMN = r"column '(?P<kolom>[^']*)'"
NOTES = (
    (
        re.compile(
            rf"(?P<jumlah>\d+) values? of {COLUMN} left out, the first in (?P<tempat>.*?): (?P<sebab>.*?); the rest of the rows? went on"
        ),
        "{jumlah} isian kolom ‘{kolom}’ tidak diambil, yang pertama di {tempat}: {sebab}; sisa barisnya terbit.",
    ),
    (
        re.compile(
            rf"NIK, telephone(?: or e-mail|, e-mail or name) hidden in (?P<jumlah>\d+) texts? of {COLUMN}, the first in (?P<tempat>.*?); ask the "
            "steward to leave them out, or declare the column rahasia"
        ),
        "NIK, telepon, surel, atau nama ditutup pada {jumlah} teks kolom ‘{kolom}’, yang pertama di {tempat}; jangan dikirim lagi.",
    ),
    (
        re.compile(r"the data reach to (?P<sampai>[-0-9: ]+), more than (?P<jam>\S+) h ago; nothing newer came\."),
        "Isinya baru sampai {sampai} WIB, lebih lama dari {jam} jam; yang lebih baru belum datang.",
    ),
)
RULE = re.compile(
    r"\bexpect_\w+ on .*?failed \(.*?\)(?:, (?:observed \S+|\d+ rows))?|\bunexpected_rows_expectation on .*?failed \(.*?\)(?:, observed \S+)?"
)
STRANGERS = re.compile(
    r"<script\b.*?</script>|<(link|img|iframe|source|video|audio|object|embed)\b[^>]*?(href|src|srcset|data)\s*=\s*"
    r"[\"']?(https?:)?//[^>]*>",
    re.DOTALL | re.IGNORECASE,
)


def without_strangers(page: str) -> str:
    """A page that asks no other host for anything."""
    return STRANGERS.sub("", page).replace("<head>", f"<head>{ALONE}", 1).replace("</head>", STYLE + "</head>", 1)


def index_page(audits: Sequence[Audited], folder: Path) -> str:
    """What became of the newest batch of each table and part, what is held first, and why; chosen by outcome and source."""
    places = _places(folder)
    pages = {number: page for number, place in places.items() for page in place.rglob("*.html")}
    ordered = sorted(audits, key=lambda one: ORDER.index(_outcome(one)))
    rows = "".join(_index_row(one, pages.get(one.audit_id or 0), folder) for one in ordered)
    heads = "".join(f"<th>{head}</th>" for head in HEADS)
    outcomes = [(name, f"{name} ({_count(audits, name)})") for name in ORDER if _count(audits, name)]
    sources = sorted({(one.source, f"{one.title} ({one.source})") for one in audits})
    chosen = _choice("hasil", "Hasil", outcomes) + _choice("sumber", "Sumber", sources)
    title = "Mengapa ditahan: hasil pemeriksaan terakhir setiap tabel dan bagian"
    return (
        f'<!doctype html><html lang="id"><head>{ALONE}<title>{title}</title>{STYLE}'
        f"<style>{WIDE}{_hiding('hasil', outcomes)}{_hiding('sumber', sources)}</style></head><body><h1>{title}</h1>"
        "<p>Kiriman yang ditahan tidak diterbitkan; data yang sudah terbit sebelumnya tetap dipakai. Yang memutuskan: "
        "<code>docs/runbook.md</code>.</p>"
        f"<form>{chosen}</form><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></body></html>"
    )


def _count(audits: Sequence[Audited], outcome: str) -> int:
    return sum(_outcome(one) == outcome for one in audits)


def _outcome(one: Audited) -> str:
    if one.status == "held" and one.decision is not None:
        return "dibuang" if one.decision == "buang" else "dilepas, belum dimuat"
    return OUTCOMES[one.status]


def _choice(name: str, label: str, options: Iterable[tuple[str, str]]) -> str:
    offered = "".join(f'<option value="{escape(value)}">{escape(text)}</option>' for value, text in options)
    return f'<label>{label} <select id="{name}"><option value="">semua</option>{offered}</select></label> '


def _hiding(name: str, options: Iterable[tuple[str, str]]) -> str:
    """Without a program, of which the page may have none: what was not chosen is not shown."""
    return "".join(
        f'body:has(#{name} option[value="{value}"]:checked) tbody tr:not([data-{name}="{value}"]) {{ display: none }}'
        for value, _ in options
    )


def _index_row(one: Audited, page: Path | None, folder: Path) -> str:
    results = one.result["results"] if one.result else []
    failed = [result for result in results if not result["success"]]
    link = f'<a href="{quote(str(page.relative_to(folder)))}">rincian</a>' if page else ""
    mark = f'<span class="failed">✗ {len(failed)}</span>' if failed else '<span class="passed">✓ 0</span>'
    outcome = _outcome(one)
    counts = (one.rows_read, one.rows_published, one.rows_unchanged, one.rows_quarantined)
    cells = (
        f"{escape(one.title)}<br><code>{escape(f'{one.source}.{one.table}')}</code>{SIMULATED if one.is_simulasi else ''}",
        *(escape(one.part), str(one.batch_id), _moment(one.finished_at)),
        f'<span class="badge {"failed" if one.status in ("held", "failed") else "passed"}">{outcome}</span>',
        _why(one, failed),
    )
    return (
        f'<tr id="kiriman-{one.batch_id}" data-hasil="{outcome}" data-sumber="{escape(one.source)}">'
        + "".join(f"<td>{cell}</td>" for cell in cells)
        + "".join(f'<td class="number">{format_number(count)}</td>' for count in counts)
        + f"<td>{mark if results else ''}</td><td>{link}</td></tr>"
    )


def _moment(at: datetime) -> str:
    """Day and time, a line each."""
    return format_moment(at).replace(" pukul ", "<br>pukul ").replace(" ", "&nbsp;")


def _why(one: Audited, failed: Sequence[Mapping[str, Any]]) -> str:
    """In the words that its agency reads, then in those of the ledger; and which rules did not hold."""
    reason = plain(one.reason)
    said = [escape(note) for note in _notes(reason)]
    if one.status == "held":
        said = [escape(f"Ditahan karena {cause(one.reason)}. {advice(one.reason)}")]
    rules = dict.fromkeys(str(result["expectation_config"]["meta"].get("reason", "")) for result in failed)
    listed = "".join(f"<li>{escape(rule)}</li>" for rule in rules if rule)
    if listed:
        said.append(f"Aturan yang tidak dipenuhi:<ul>{listed}</ul>")
    if reason:
        said.append(f"<details><summary>Kalimat lengkap</summary>{escape(reason)}</details>")
    return "<br>".join(said).replace("</ul><br>", "</ul>")


def _notes(reason: str) -> list[str]:
    """What is known to the agency in its own words; what failed by a rule is listed below, anything else stands as it is."""
    found = [(match.start(), text.format(**match.groupdict())) for way, text in NOTES for match in way.finditer(reason)]
    rest = RULE.sub("", reason)
    for way, _ in NOTES:
        rest = way.sub("", rest)
    is_told = not any(letter.isalpha() for letter in rest)
    notes = [note.replace(": expected ", ": seharusnya ") for _, note in sorted(found)]
    return notes if found or is_told else [reason]


def first_page() -> Path:
    return (settings().cc_data_docs_dir or settings().cc_var_dir / "data_docs") / "index.html"


def made_by() -> str:
    """By what pages are made, of whatever audits."""
    return f"Great Expectations {version('great_expectations')} {sha256(Path(__file__).read_bytes()).hexdigest()[:16]}"


def build_data_docs(*, anew: bool = True) -> Path:
    """Build the Data Docs site from the newest audit of each table and part; returns its first page.

    Unless anew, the pages of audits that stand there already are kept, for most nights bring few others.
    """
    folder = first_page().parent
    if anew:
        shutil.rmtree(folder, ignore_errors=True)
    with connect(settings().dsn("loader")) as connection:
        audits = [one for one in newest(connection) if one.result is not None]
    standing = _places(folder)
    for number in standing.keys() - {one.audit_id for one in audits}:
        shutil.rmtree(standing[number])
    if missing := [one for one in audits if one.audit_id not in standing]:
        with TemporaryDirectory() as made:  # the library empties the folder that it writes to
            _write_pages(Path(made), missing)
            for page in Path(made).rglob("*.html"):
                text = without_strangers(page.read_text(encoding="utf-8"))
                _write(folder / page.relative_to(made), text)
    return write_index()


def _places(folder: Path) -> dict[int, Path]:
    """The folder of each audit's page by its number: folders of that name alone, wherever the site itself lies."""
    inside = (folder / "validations").rglob("batch*")
    return {int(found[1]): one for one in inside if one.is_dir() and (found := BATCH.fullmatch(one.name))}


def _write_pages(folder: Path, audits: Sequence[Audited]) -> None:
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations as gx
    from great_expectations.core import ExpectationSuite, RunIdentifier
    from great_expectations.core.expectation_validation_result import ExpectationSuiteValidationResultSchema
    from great_expectations.data_context.types.resource_identifiers import (
        ExpectationSuiteIdentifier,
        ValidationResultIdentifier,
    )

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    for name in list(context.get_site_names()):
        context.delete_data_docs_site(name)
    context.add_data_docs_site("local", _site(folder))
    suites: dict[str, ExpectationSuite] = {}
    for audit in audits:
        result: Any = ExpectationSuiteValidationResultSchema().load(audit.result)
        name = str((audit.result or {})["suite_name"])
        suites[name] = ExpectationSuite(name=name, expectations=[one.expectation_config for one in result.results])
        key = ValidationResultIdentifier(
            expectation_suite_identifier=ExpectationSuiteIdentifier(name),
            run_id=RunIdentifier(run_name=f"batch {audit.audit_id}", run_time=audit.finished_at),
            batch_identifier=audit.part,
        )
        context.validation_results_store.set(key, result)
    for suite in suites.values():  # of a table, not of each of its parts: to compare two of them takes long
        context.suites.add(suite)
    context.build_data_docs(site_names=["local"])


def write_index() -> Path:
    """The first page alone, which tells of decisions too."""
    with connect(settings().dsn("loader")) as connection:
        audits = newest(connection)
    page = first_page()
    _write(page, index_page(audits, page.parent))
    return page


def _write(page: Path, text: str) -> None:
    """In a folder of their own, pages are read by Superset too, which has another account."""
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text, encoding="utf-8")
    if folder := settings().cc_data_docs_dir:
        page.chmod(0o644)
        for part in page.relative_to(folder).parents:
            (folder / part).chmod(0o755)


def _site(folder: Path) -> Any:
    return {
        "class_name": "SiteBuilder",
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder)},
    }
