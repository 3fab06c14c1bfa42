"""The earthquake and tsunami messages of InaTEWS, as XML lists and as the last message in JSON.

The quakes are those of bmkg.py, simulated; the one tsunami warning is that of 25 April 2023 with its real zones.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape

from command_center.settings import WIB

from demo_city.agencies import bmkg
from demo_city.agencies.bmkg import Quake
from demo_city.answer import XML, Answer, json_answer
from demo_city.office import Office, always, by_path

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
CAP = "urn:oasis:names:tc:emergency:cap:1.2"
LENGTH = 30
ADVICE = "Hati-hati terhadap gempabumi susulan yang mungkin terjadi"
LETTERS = "abcdefghijklmnopqrstuvwxyz"
ZONE = {"province": "SUMUT", "district": "NIAS-SELATAN PULAU TANABALA", "level": "WASPADA", "date": "25-04-2023", "time": "03:09:54 WIB"}  # fmt: skip
Message = dict[str, Any]


def answer(path: str, seed: int, now: datetime) -> Answer | None:
    """The answer to `path` in this clock hour, None for an unknown path."""
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    make = FEEDS.get(path)
    return make(seed, hour) if make else None


def _strong(seed: int, hour: datetime) -> Answer:
    return _list([_message(quake) for quake in bmkg.latest_strong(seed, hour, LENGTH)], hour)


def _felt(seed: int, hour: datetime) -> Answer:
    return _list([_message(quake) | {"felt": quake.dirasakan} for quake in bmkg.latest_felt(seed, hour, LENGTH)], hour)


def _tsunami(seed: int, hour: datetime) -> Answer:
    warned = bmkg.OLD_POTENTIAL
    title = {"subject": "Warning Tsunami PD-1", "wzarea": [ZONE], "instruction": "Ikuti arahan BPBD, BNPB dan BMKG"}
    return _list([_message(warned) | title], warned.at + timedelta(minutes=10))


def _last(seed: int, hour: datetime) -> Answer:
    quakes = bmkg.latest_strong(seed, hour, 1) + bmkg.latest_felt(seed, hour, 1)
    quake = max(quakes, key=lambda quake: quake.at)
    message = _message(quake)
    head = _head(message["eventid"], _sent(quake))
    return json_answer(head | {"info": message}, modified=hour)


def _live(seed: int, hour: datetime) -> Answer:
    """Strong and felt quakes together; times in UTC."""
    quakes = {q.at: q for q in [*bmkg.latest_strong(seed, hour, LENGTH), *bmkg.latest_felt(seed, hour, LENGTH)]}
    newest = sorted(quakes.values(), key=lambda quake: quake.at, reverse=True)[:LENGTH]
    body = "".join(f"<gempa>{_elements(_live_fields(quake))}</gempa>\n" for quake in newest)
    return Answer(f"{HEAD}<Infogempa>\n{body}</Infogempa>\n".encode(), XML, modified=hour)


FEEDS: dict[str, Callable[[int, datetime], Answer]] = {
    "last30event.xml": _strong,
    "last30feltevent.xml": _felt,
    "last30tsunamievent.xml": _tsunami,
    "live30event.xml": _live,
    "datagempa.json": _last,
}


def _list(messages: list[Message], changed: datetime) -> Answer:
    newest = messages[0]
    head = _elements(_head(newest["eventid"], datetime.strptime(newest["timesent"], "%d/%m/%Y %H:%M:%SWIB")))
    infos = "".join(f"<info>{_elements(message)}</info>\n" for message in messages)
    return Answer(f'{HEAD}<alert xmlns="{CAP}">\n{head}\n{infos}</alert>\n'.encode(), XML, modified=changed)


def _head(event: str, sent: datetime) -> dict[str, str]:
    return {
        "identifier": f"Indonesia-InaTEWS-{event}",
        "sender": "inatews@bmkg.go.id",
        "sent": f"{sent:%Y-%m-%dT%H:%M:%S}WIB",
        "status": "Actual",
        "msgType": "Alert",
        "scope": "Public",
        "code": "profile:BMKG-Versi:1",
    }


def _sent(quake: Quake) -> datetime:
    return quake.at.astimezone(WIB) + timedelta(minutes=4, seconds=36)


def _message(quake: Quake) -> Message:
    """The coordinates are lon,lat here."""
    local, sent = quake.at.astimezone(WIB), _sent(quake)
    place = f"{quake.jarak} km {quake.arah.replace(' ', '')} {quake.place.daerah}"
    event = f"{sent:%Y%m%d%H%M%S}"
    return {
        "event": "Gempabumi",
        "date": f"{local:%d-%m-%y}",
        "time": f"{local:%H:%M:%S} WIB",
        "point": {"coordinates": f"{quake.bujur:.2f},{quake.lintang:.2f}"},
        "latitude": f"{abs(quake.lintang):.2f} {'LS' if quake.lintang < 0 else 'LU'}",
        "longitude": f"{quake.bujur:.2f} BT",
        "magnitude": f"{quake.magnitudo:.1f}",
        "depth": f"{quake.kedalaman} Km",
        "area": place,
        "eventid": event,
        "potential": quake.potensi,
        "subject": f"Gempa Mag:{quake.magnitudo:.1f}",
        "headline": f"Info Gempa Mag:{quake.magnitudo:.1f}, {local:%d-%b-%y %H:%M:%S} WIB ({place})",
        "description": f"Telah terjadi gempabumi dengan kekuatan {quake.magnitudo:.1f}, {place}",
        "instruction": ADVICE,
        "shakemap": f"{event}.mmi.jpg",
        "timesent": f"{sent:%d/%m/%Y %H:%M:%S}WIB",
    }


def _live_fields(quake: Quake) -> Message:
    return {
        "eventid": f"bmg{quake.at:%Y}{_code(quake.at)}",
        "status": "confirmed",
        "waktu": f"{quake.at.astimezone(UTC):%Y/%m/%d  %H:%M:%S}.{quake.at.second * 16:03}",
        "lintang": f"{quake.lintang:.2f}",
        "bujur": f"{quake.bujur:.2f}",
        "dalam": f"{quake.kedalaman}",
        "mag": f"{quake.magnitudo:.1f}",
        "fokal": "undetermined",
        "area": f"{quake.place.nama}, Indonesia",
    }


def _code(at: datetime) -> str:
    """Letters that count the minutes of the year, as the seismologists' system names events."""
    minutes = int((at - at.replace(month=1, day=1, hour=0, minute=0, second=0)).total_seconds() // 60)
    code = ""
    for _ in range(5):
        minutes, letter = divmod(minutes, len(LETTERS))
        code = LETTERS[letter] + code
    return code


def _elements(fields: Message) -> str:
    """The fields as elements; a list is a repeated element, an object has elements of its own."""
    values = [(name, one) for name, value in fields.items() for one in (value if isinstance(value, list) else [value])]
    return "".join(
        f"<{name}>{_elements(value) if isinstance(value, dict) else escape(value)}</{name}>" for name, value in values
    )


OFFICE = Office("bmkg", ("bmkg_datagempa", "bmkg_inatews"), by_path(answer), always(FEEDS), tuple(FEEDS))
