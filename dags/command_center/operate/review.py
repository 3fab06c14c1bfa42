"""What Airflow's page asks about a held batch, and what an answer does: just what the commands `release` and `discard` do."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from command_center.database import connect
from command_center.declaration.registry import get_source
from command_center.errors import BatchHeld
from command_center.idformat import format_moment, plain
from command_center.intake.release import discard, release
from command_center.intake.replay import replay
from command_center.ledger import trail, waiting
from command_center.ledger.batch import Key, reached
from command_center.ledger.decision import standing
from command_center.ledger.waiting import Group, HeldBatch
from command_center.operate import desk
from command_center.operate.watch import advice, cause
from command_center.personal import masked
from command_center.settings import settings

Choice = Literal["Lepas", "Buang", "Biarkan"]
CHOICES: tuple[Choice, ...] = get_args(Choice)
KINDS: dict[Choice, Literal["lepas", "buang"]] = {"Lepas": "lepas", "Buang": "buang"}
SHOWN = 5  # reasons for which rows of a batch were set aside
LONGEST = 120  # signs of a value that are shown
MEANING: dict[Choice, str] = {
    "Lepas": "isinya memang demikian; langsung diterbitkan dari arsip, dan baris yang salah tetap dikarantina.",
    "Buang": "tidak ada yang diambil dari isi ini, sekarang maupun bila datang lagi; arsip tetap menyimpannya.",
    "Biarkan": "tetap ditahan dan tidak ditanyakan lagi, misalnya karena kiriman yang benar sedang ditunggu.",
}


@dataclass(frozen=True)
class Question:
    """A question about a held batch; the same bytes, held for the same reason, are the same question."""

    batch_id: int
    run_id: str
    subject: str
    body: str
    options: tuple[Choice, ...]


@dataclass(frozen=True)
class Answer:
    """What a person chose in Airflow, who is logged in there as `user`."""

    choice: Choice
    jabatan: str
    alasan: str
    user: str

    @property
    def who(self) -> str:
        return f"{self.jabatan.strip()} (Airflow: {self.user})"


def open_questions() -> dict[str, int]:
    """The run that asks, and the batch, for each that is held and that nobody has decided about."""
    with connect(settings().dsn("loader")) as connection:
        return {_run_id(one): one.batch_id for one in waiting.held_batches(connection) if one.decision is None}


def question(batch_id: int) -> Question:
    """Raises BatchHeld, with what became of the batch, when there is nothing to decide about it any more."""
    with connect(settings().dsn("loader")) as connection:
        asked = _batch(batch_id)
        held = waiting.held_batches(connection, asked.source)
        if not any(one.decision is None and _run_id(one) == _run_id(asked) for one in held):
            raise BatchHeld(f"Batch {batch_id} of {_where(asked)} waits for no decision any more; see `held --all`.")
        return _question(asked, waiting.groups(connection, batch_id=batch_id))


def decide(batch_id: int, answer: Answer) -> bool:
    """Record an answer; whether the batch is released. Raises BatchHeld when it is decided already, or others came since.

    Done once: by the same answer again, as after a kill, nothing is recorded.
    """
    asked = _batch(batch_id)
    kind = KINDS.get(answer.choice)
    if kind is None:
        _note_left(asked, answer)
        return False
    if not _is_recorded(asked.key, asked.sha256, answer):
        do = release if kind == "lepas" else discard
        source, who = get_source(asked.source), answer.who
        do(source, asked.table, asked.part, jabatan=who, alasan=answer.alasan, looked_at=asked.sha256)
    return kind == "lepas"


def take_in(batch_id: int, *, run_id: str) -> datetime | None:
    """Publish from the archive what was released; until when its table reaches. Raises BatchHeld when it is still held."""
    asked = _batch(batch_id)
    found = replay(get_source(asked.source), asked.table, asked.part, run_id=run_id, quarantined=False)
    print(desk.replayed(found))
    if troubles := [one for one in found if one.outcome.status in ("held", "failed")]:
        raise BatchHeld(desk.replayed(troubles))
    with connect(settings().dsn("loader")) as connection:
        return reached(connection, asked.source).get(asked.table)


def table_of(batch_id: int) -> tuple[str, str]:
    asked = _batch(batch_id)
    return asked.source, asked.table


def _batch(batch_id: int) -> HeldBatch:
    with connect(settings().dsn("loader")) as connection:
        found = waiting.held_batch(connection, batch_id)
    if found is None:
        raise BatchHeld(f"Batch {batch_id} was not held; `held` lists what is.")
    return found


def _is_recorded(key: Key, sha256: str, answer: Answer) -> bool:
    with connect(settings().dsn("loader")) as connection:
        before = standing(connection, key, sha256)
    said = (KINDS.get(answer.choice), answer.who, masked(answer.alasan))
    return before is not None and (before.jenis, before.jabatan, before.alasan) == said


def _note_left(asked: HeldBatch, answer: Answer) -> None:
    """That nothing was decided is no decision, but an answer."""
    said = {"jenis": "biarkan", "checksum": asked.sha256, "alasan": masked(answer.alasan)}
    with connect(settings().dsn("loader")) as connection:
        trail.record(connection, "keputusan", f"{asked.source}.{asked.table}.{asked.part}", answer.who, said)


def _where(one: HeldBatch) -> str:
    return f"{one.source}.{one.table}, part {one.part!r}"


def _run_id(one: HeldBatch) -> str:
    what = f"{one.part}\n{one.sha256}\n{one.reason}"
    return f"{one.source}.{one.table}.{hashlib.sha256(what.encode()).hexdigest()[:12]}"


def _question(one: HeldBatch, groups: Sequence[Group]) -> Question:
    options = CHOICES if one.was_judged else CHOICES[1:]
    subject = f"Ditahan: {one.source}.{one.table}, {_code(one.part)}"
    return Question(one.batch_id, _run_id(one), subject, _body(one, groups, options), options)


def _body(one: HeldBatch, groups: Sequence[Group], options: Sequence[Choice]) -> str:
    """In Markdown, in which what files say is code: it can neither link nor draw anything."""
    window = f"{format_moment(one.window_start)} – {format_moment(one.window_end)}" if one.window_start else ""
    facts = (
        ("Tabel", f"{_code(f'{one.source}.{one.table}')}, bagian {_code(one.part)}, kiriman {one.batch_id}"),
        ("Periode", window),
        ("Alasan", f"{cause(one.reason)}: {_code(one.reason, longest=1000)}"),
        ("Baris", f"{one.rows_read} dibaca, {one.rows_quarantined} di antaranya dikarantina"),
        ("Terlihat", f"pertama {format_moment(one.first_at)}, terakhir {format_moment(one.last_at)}, {one.times} kali"),
        ("Pemilik", f"{one.opd_name}: {one.owner}; penanggung jawab data: {one.steward}"),
        ("Saran", advice(one.reason)),
    )
    told = [f"- **{name}:** {text}" for name, text in facts if text]
    rows = [*map(_group, groups[:SHOWN]), *([f"- … dan {len(groups) - SHOWN} alasan lain"] if groups[SHOWN:] else [])]
    choices = [f"- **{choice}:** {MEANING[choice]}" for choice in options]
    steps = ["```sh", *(plain(step) for step in desk.next_steps(one)), "```"]
    parts = [told, ["Baris yang dikarantina:", "", *rows] if rows else [], ["Pilihan:", "", *choices]]
    commands = ["Yang sama dengan perintah, bila lebih mudah:", "", *steps, "", _docs(one.batch_id)]
    return "\n\n".join("\n".join(part) for part in [*parts, commands] if part)


def _docs(batch_id: int) -> str:
    """Where all of what was found stands: an address, where there is one, else how it is made."""
    if folder := settings().cc_data_docs_url:
        return f"[Hasil pemeriksaan semua kiriman]({folder.rstrip('/')}/index.html#kiriman-{batch_id})"
    return f"Hasil pemeriksaan semua kiriman: perintah `docs`, lalu `data_docs/index.html#kiriman-{batch_id}`."


def _group(one: Group) -> str:
    column = f"kolom {_code(one.column)}" if one.column else "seluruh baris"
    value = "tanpa nilai" if one.value is None else _code(one.value)
    expected = desk.expected_of(one.source, one.table, one.column)
    should = f"; seharusnya {_code(expected)}" if expected else ""
    return f"- {column}, {one.rows} baris: {_code(one.reason, longest=400)} Contoh: {_code(one.place)}: {value}{should}"


def _code(text: str, *, longest: int = LONGEST) -> str:
    flat = plain(" ".join(masked(text).split())).replace("`", "'")
    cut = flat if len(flat) <= longest else f"{flat[:longest]}…"
    return f"`{cut or ' '}`"
