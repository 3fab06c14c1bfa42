"""What stewards need to hear: data older than declared, batches held, mails that did not arrive. Each problem has a name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache

import yaml

from command_center.database import Connection, connect, database_time
from command_center.declaration.registry import readable_sources
from command_center.idformat import format_date, format_moment, format_until, join_words, plain
from command_center.intake.questions import parts_read_whole, span_begin
from command_center.ledger import alert, backup, batch, build, correction, delivery, figure_correction, held, incident
from command_center.ledger.alert import Held, Overdue
from command_center.ledger.delivery import Delivery
from command_center.ledger.held import Told
from command_center.operate import replica
from command_center.operate.alerts import WALIDATA, Message, tell
from command_center.operate.incident import reminder
from command_center.operate.servers import look_at_servers
from command_center.paths import DBT_PROJECT
from command_center.personal import masked
from command_center.settings import settings


def alert_stewards() -> int:
    """Tell of every problem that is new, that lasts, or that is over; returns how many mails were sent."""
    with connect(settings().dsn("loader")) as connection:
        return tell(connection, messages(connection, settings().now()))


def messages(connection: Connection, now: datetime) -> list[Message]:
    """One message for each problem: a source that is overdue, and what is held of it for one kind of reason."""
    return [
        *_of_freshness(connection, now),
        *_of_whole_reads(connection, now),
        *(_held(together) for together in _by_cause(alert.held_batches(connection))),
        *(Message(one.opd, one.source, f"bidang {one.domain}", _kept(one)) for one in held.to_be_told(connection)),
        *_of_reports(connection),
        *_of_incidents(connection, now),
        *_of_backups(connection),
        *_of_replica(connection),
        *_of_corrections(connection),
    ]


MEND = "Hapus dari ref_koreksi, atau betulkan."
ENDED = (
    "Koreksi itu berakhir dan tidak berlaku kembali dengan sendirinya, juga bila nilai lamanya datang lagi. Hapus dari ref_koreksi, atau "
    "perbarui catatannya (misalnya tanggalnya) bila masih diperlukan."
)


def _of_freshness(connection: Connection, now: datetime) -> Iterator[Message]:
    """Each source that is overdue, with what monitoring says of the server that it depends on."""
    servers = look_at_servers(connection, now)
    for one in alert.overdue_sources(connection, now):
        said = servers.get(one.source)
        yield Message(one.opd, one.source, "kesegaran", f"{_overdue(one)}{f' {said}' if said else ''}")


def _of_whole_reads(connection: Connection, now: datetime) -> Iterator[Message]:
    """Each source that could not be read whole when that was due."""
    for source in readable_sources()[0]:
        every = source.extract.since.full_every if source.extract.since is not None else None
        if every is None:
            continue
        begin = span_begin(now, every)
        failed_at = batch.whole_read_failed(connection, source.source, parts_read_whole(source), begin)
        if failed_at is not None:
            yield Message(
                source.opd,
                source.source,
                "baca penuh",
                f"Seluruh isi data '{source.title}' diminta ulang {format_moment(failed_at)}, tetapi tidak diterima dengan baik. Data "
                "baru tetap masuk; perbaikan atas data lama belum terbaca dan diminta lagi mulai "
                f"{format_date(begin + every)}. Mohon periksa apakah sumbernya dapat menjawab permintaan sebesar itu.",
            )


def _of_corrections(connection: Connection) -> list[Message]:
    """Each correction of a figure that never found what it corrects, as the test says in one sentence each, or that has ended."""
    ended = {one.koreksi_kode: one for one in figure_correction.ended(connection)}
    over = [
        (one.koreksi_kode, one.tabel, f" lagi sejak {format_moment(one.berakhir_at)}", ENDED) for one in ended.values()
    ]
    warning = build.last_warning(connection, "koreksi_berlaku") or ""
    found = re.findall(r"\bcorrection (\S+) of (\S+) ", warning)
    standing = [(code, table, " lagi", MEND) for code, table in found if code not in ended]
    return [
        Message(
            WALIDATA,
            "koreksi",
            f"koreksi {code}",
            f"Koreksi {code} atas tabel {table} tidak berlaku{since}: nilai yang dikoreksi tidak ditemukan, sehingga angka dari "
            f"sumbernya yang dipakai. {advice}",
        )
        for code, table, since, advice in [*standing, *over]
    ]


BACKUP_LIMIT = timedelta(hours=36)  # one is made each night


def _of_backups(connection: Connection) -> list[Message]:
    """What is wrong with the backups of an installation that makes some."""
    if settings().cc_backup_dir is None:
        return []
    now, made, proved = database_time(connection), backup.newest_backup(connection), backup.newest_drill(connection)
    said = {}
    if made is None or now - made > BACKUP_LIMIT:
        when = f"terakhir dibuat {format_moment(made)}" if made else "belum pernah dibuat"
        said["cadangan"] = (
            f"Cadangan basis data {when}; seharusnya setiap malam. Periksa tugas back_up pada DAG maintain."
        )
    if proved and proved.problem:
        said["uji pulih"] = (
            f"Uji pemulihan cadangan {proved.label} pada {format_moment(proved.ended_at)} gagal. Sebabnya: python -m command_center backup."
        )
    elif made and (proved is None or now - proved.ended_at > timedelta(days=settings().cc_drill_days + 2)):
        when = f"terakhir {format_moment(proved.ended_at)}" if proved else "belum pernah"
        said["uji pulih"] = f"Cadangan {when} diuji pemulihannya. Jalankan: python -m command_center backup drill."
    return [Message(WALIDATA, "cadangan", problem, text) for problem, text in said.items()]


def _of_replica(connection: Connection) -> list[Message]:
    """What is wrong with the replica that dashboards read from, where there is one."""
    standing = replica.look(connection)
    sentence = standing and replica.sentence(standing)
    return [Message(WALIDATA, "replika", "replika", sentence)] if sentence else []


def _of_incidents(connection: Connection, now: datetime) -> list[Message]:
    """The clock of each breach that was not reported yet."""
    said = {one.insiden_id: reminder(one, now) for one in incident.every(connection, only_open=True)}
    return [Message(WALIDATA, "data_pribadi", f"insiden {number}", text) for number, text in said.items() if text]


def _of_reports(connection: Connection) -> list[Message]:
    """What is open about the reports that were mailed."""
    answers = correction.every(connection, only_open=True)
    said = {f"surel {one.delivery_id}": _undelivered(one) for one in delivery.to_be_told(connection)}
    if answers:
        said["balasan"] = (
            f"{len(answers)} balasan atas laporan atau lembar perbaikan menunggu dikerjakan, yang tertua diterima "
            f"{format_moment(answers[0].received_at)}. Daftarnya: python -m command_center corrections."
        )
    return [Message(WALIDATA, "laporan", problem, text) for problem, text in said.items()]


def _undelivered(one: Delivery) -> str:
    what = f"lembar perbaikan {one.opd}" if one.sheet_id else f"laporan ({one.kind} {one.wilayah_kode})"
    return f"Surel {what} kepada {one.yth} {UNSETTLED[one.status]}"


UNSETTLED = {
    "failed": "ditolak peladen surel dan akan dikirim lagi pada jadwal berikutnya.",
    "tak_pasti": "mungkin sampai, mungkin tidak, dan tidak dikirim ulang dengan sendirinya: cari di peladen surel, lalu putuskan "
    "dengan python -m command_center deliveries decide.",
    "bounced": "dikembalikan oleh peladen surel penerima: betulkan alamatnya, lalu surel dikirim lagi pada jadwal berikutnya.",
}


def _overdue(one: Overdue) -> str:
    if one.last_at is None:
        return f"Data '{one.title}' belum pernah diterima."
    if one.is_silent:
        return (
            f"Data '{one.title}' terakhir diterima {format_moment(one.last_at)}; "
            f"seharusnya datang paling lambat setiap {_limit(one.answer_hours)}."
        )
    return (
        f"Data '{one.title}' diterima, tetapi isinya baru sampai {format_until(one.data_per_at)}; "
        f"umurnya paling lama {_limit(one.freshness_hours)}."
    )


def _kept(one: Told) -> str:
    edition = (
        "belum pernah terbit" if one.edition_at is None else f"tetap pada terbitan {format_moment(one.edition_at)}"
    )
    return (
        f"Angka bidang '{one.domain}' {edition}: data '{one.title}' tidak lolos "
        "pemeriksaan. Bidang lain sudah terbit. Betulkan datanya lalu kirim ulang."
    )


def _limit(hours: Decimal) -> str:
    """Days from two on, else hours and minutes."""
    if hours >= 48 and hours % 24 == 0:
        return f"{hours / 24:.0f} hari"
    whole, minutes = divmod(round(hours * 60), 60)
    return " ".join(f"{number} {unit}" for number, unit in ((whole, "jam"), (minutes, "menit")) if number)


NAMED = 5  # parts that a mail names


@cache
def _causes() -> tuple[Mapping[str, str], ...]:
    """What the ledger says in English for who mends it, as the steward needs it; the dashboards say the same."""
    return tuple(yaml.safe_load((DBT_PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]["sebab_ditahan"])


def cause(reason: str) -> str:
    """By the first pattern that is found; the last is found in everything."""
    found, named = next((found, one) for one in _causes() if (found := re.search(one["pola"], reason)))
    return named["sebab"].format(rincian="".join(found.groups())).rstrip(".")


def advice(reason: str) -> str:
    """What to do about it, by the same pattern."""
    return next(one["tindakan"] for one in _causes() if re.search(one["pola"], reason))


def _by_cause(held: list[Held]) -> list[list[Held]]:
    together: dict[tuple[str, str], list[Held]] = defaultdict(list)
    for one in held:
        together[one.source, cause(one.reason)].append(one)
    return list(together.values())


def _held(together: list[Held]) -> Message:
    first, parts = together[0], list(dict.fromkeys(" ".join(masked(plain(one.part)).split()) for one in together))
    named = [*parts[:NAMED], *([f"{len(parts) - NAMED} lainnya"] if len(parts) > NAMED else [])]
    return Message(
        first.opd,
        first.source,
        f"ditahan: {cause(first.reason)}",
        f"{len(parts)} kiriman data '{first.title}' ditahan ({join_words(named)}), karena {cause(first.reason)}. "
        "Data yang sudah terbit sebelumnya tetap dipakai. Mohon kirim ulang yang benar, atau beri tahu pengelola Command "
        "Center bila isinya memang demikian.",
    )
