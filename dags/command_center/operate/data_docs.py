"""Great Expectations' Data Docs from the audits in the ledger, readable without a network.

The pages that the library writes ask third parties for styles and scripts; those are taken out and a style of our own put in.
"""

from __future__ import annotations

import os
import re
import shutil
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from command_center.database import connect
from command_center.ledger.audit import Audit, newest
from command_center.settings import WIB, settings

# A browser that is told so asks nobody, whatever is left in the page.
ALONE = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">"
STYLE = """<meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; color: #1b2733 }
table { border-collapse: collapse; margin: 1rem 0 } th, td { border-bottom: 1px solid #d5dde5; padding: .35rem .7rem; text-align: left; vertical-align: top }
th { color: #4a5b6c; font-weight: 600 } a { color: #0b5394 } h1 { font-size: 1.5rem } td.number { text-align: right; font-variant-numeric: tabular-nums }
nav, footer, .modal, .navbar, #ge-cta-footer, #suite-edit-instructions-button, button, img, .sticky { display: none !important }
.badge { border: 1px solid; border-radius: .3rem; padding: 0 .4rem } .failed { color: #9c1c00; font-weight: 600 } .passed { color: #1d6b2f }
</style>"""
STRANGERS = re.compile(
    r"<script\b.*?</script>|<(link|img|iframe|source|video|audio|object|embed)\b[^>]*?(href|src|srcset|data)\s*=\s*"
    r"[\"']?(https?:)?//[^>]*>",
    re.DOTALL | re.IGNORECASE,
)


def without_strangers(page: str) -> str:
    """A page that asks no other host for anything."""
    return STRANGERS.sub("", page).replace("<head>", f"<head>{ALONE}", 1).replace("</head>", STYLE + "</head>", 1)


def index_page(audits: list[Audit], folder: Path) -> str:
    """One row for the newest audit of each table and part, with a link to its page."""
    pages = {
        page.parent.parent.parent.name + "/" + page.stem: page for page in (folder / "validations").rglob("*.html")
    }
    rows = "".join(_index_row(audit, pages, folder) for audit in audits)
    heads = "".join(f"<th>{head}</th>" for head in ("table", "part", "batch", "audited", "passed", "failed", "details"))
    title = "Data Docs: the newest audit of each table and part"
    return (
        f'<!doctype html><html lang="en"><head>{ALONE}<title>{title}</title>{STYLE}</head><body><h1>{title}</h1>'
        "<p>An expectation that fails sets rows aside, holds the batch or adds a footnote, as "
        "<code>expectations/</code> says.</p>"
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></body></html>"
    )


def _index_row(audit: Audit, pages: dict[str, Path], folder: Path) -> str:
    results = audit.result["results"]
    passed = sum(1 for one in results if one["success"])
    failed = len(results) - passed
    page = next(
        (path for path in pages.values() if {f"batch {audit.batch_id}", f"batch_{audit.batch_id}"} & {*path.parts}),
        None,
    )
    link = f'<a href="{quote(str(page.relative_to(folder)))}">page</a>' if page else ""
    moment = audit.finished_at.astimezone(WIB).strftime("%Y-%m-%d %H:%M WIB") if audit.finished_at else ""
    mark = f'<span class="failed">✗ {failed}</span>' if failed else '<span class="passed">✓ 0</span>'
    cells = [escape(str(audit.result["suite_name"])), escape(audit.part), str(audit.batch_id), moment]
    return (
        "<tr>"
        + "".join(f"<td>{cell}</td>" for cell in cells)
        + f'<td class="number">{passed}</td><td>{mark}</td><td>{link}</td></tr>'
    )


def first_page() -> Path:
    return settings().cc_var_dir / "data_docs" / "index.html"


def build_data_docs() -> Path:
    """Build the Data Docs site from the newest audit of each table and part; returns its first page."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations as gx
    from great_expectations.core import ExpectationSuite, RunIdentifier
    from great_expectations.core.expectation_validation_result import ExpectationSuiteValidationResultSchema
    from great_expectations.data_context.types.resource_identifiers import (
        ExpectationSuiteIdentifier,
        ValidationResultIdentifier,
    )

    folder = first_page().parent
    shutil.rmtree(folder, ignore_errors=True)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    for name in list(context.get_site_names()):
        context.delete_data_docs_site(name)
    context.add_data_docs_site("local", _site(folder))
    with connect(settings().dsn("loader")) as connection:
        audits = newest(connection)
    for audit in audits:
        result: Any = ExpectationSuiteValidationResultSchema().load(audit.result)
        name = str(audit.result["suite_name"])
        suite = ExpectationSuite(name=name, expectations=[one.expectation_config for one in result.results])
        context.suites.add_or_update(suite)
        key = ValidationResultIdentifier(
            expectation_suite_identifier=ExpectationSuiteIdentifier(name),
            run_id=RunIdentifier(run_name=f"batch {audit.batch_id}", run_time=audit.finished_at),
            batch_identifier=audit.part,
        )
        context.validation_results_store.set(key, result)
    context.build_data_docs(site_names=["local"])
    for page in folder.rglob("*.html"):
        page.write_text(without_strangers(page.read_text(encoding="utf-8")), encoding="utf-8")
    first_page().write_text(index_page(audits, folder), encoding="utf-8")
    return first_page()


def _site(folder: Path) -> Any:
    return {
        "class_name": "SiteBuilder",
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder)},
    }
