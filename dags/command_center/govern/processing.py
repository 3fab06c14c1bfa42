"""The register of processing (UU 27/2022, Pasal 31): which personal data the city takes in, what for, on what basis, how long."""

from __future__ import annotations

from collections.abc import Iterable

from command_center.declaration.source import Column, Source
from command_center.intake.archiving import kept_days

TREATMENTS = {
    "drop": "not read: it stays in the sealed archive",
    "hmac": "kept as a keyed digest, which tells equal values but no person",
}
ITSELF = """## Kept by the system itself

| what | of whom | what for | how long |
|---|---|---|---|
| answers to reports: address, text (`ops.correction`) | heads of offices | corrections of figures | no end is enforced yet |
| addresses of recipients (`dags/recipients.csv`) | offices | delivery of reports | as long as the office is one |
| accounts of Superset and Airflow | staff | access, audit | until deactivated; the audit trail for good |
| job titles in decisions and in the audit trail | staff | accountability | for good |
"""


def register(sources: Iterable[Source]) -> str:
    """The page: one row for each source that declares personal data, and what every other may hold by accident."""
    personal = [source for source in sources if source.has_secrets]
    lines = [
        "# Register of processing",
        "",
        "Generated from the declarations: their `rahasia` columns. How they are protected, told and erased: [privacy](privacy.md).",
        "",
        "| source | personal data | treatment | purpose | legal basis | kept in the archive; in tables | who answers; who is asked |",
        "|---|---|---|---|---|---|---|",
        *map(_row, personal),
        "",
        "Nobody receives a `rahasia` value: not officials, not the public, not another agency. Every text column of every other source is",
        "scanned for NIK and KK, telephones and e-mail, which are hidden at the door.",
        "",
        ITSELF.rstrip(),
    ]
    return "\n".join([*lines, ""])


def _row(source: Source) -> str:
    columns = [c for table in source.tables.values() for c in table.columns if c.classification == "rahasia"]
    kept = f"{kept_days(source)} days; none, the other columns {source.retention.curated_years} years"
    cells = (
        f"[{source.title}](sources.md) of {source.opd_name}",
        "; ".join(dict.fromkeys(column.description for column in columns)),
        "; ".join(dict.fromkeys(map(_treatment, columns))),
        source.description,
        ", ".join(source.legal_basis),
        kept,
        f"{source.owner}; {source.steward}",
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _treatment(column: Column) -> str:
    return TREATMENTS[column.treatment or "drop"]
