"""The city's Zabbix: JSON-RPC with numbers as text and times in seconds, for whoever sends a token."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from demo_city.answer import Answer, json_answer
from demo_city.ask import Question
from demo_city.causes.pemantauan import (
    LINK,
    SEVERITY,
    Host,
    Masalah,
    Perawatan,
    hosts,
    masalah_sampai,
    perawatan_sampai,
)
from demo_city.faults.spoil import Fault
from demo_city.office import Office

PATH = "api_jsonrpc.php"
ORPHANED_EVERY = 230  # of so many problems one has lost its host, which was deleted since
MISPLACED = 7  # so many links after the first, the inventory names a kelurahan that does not exist
WITHOUT_INVENTORY = 40
LONGEST = timedelta(days=8)
RECOVERY = 500
INVALID, NO_METHOD = -32602, -32601
Record = dict[str, Any]


def answer(path: str, asked: Question, seed: int, now: datetime, fault: Fault | None) -> Answer | None:
    """One call of host.get, event.get, problem.get, maintenance.get or apiinfo.version; None for another path."""
    if path != PATH:
        return None
    try:
        call = json.loads(asked.body)
        method, params, number = str(call["method"]), call.get("params") or {}, call.get("id")
    except (ValueError, KeyError, TypeError, AttributeError):
        return _error(None, -32700, "Parse error", "Invalid JSON. An error occurred on the server while parsing.")
    if method == "apiinfo.version":
        return _result(number, "6.4.0")
    if not (asked.bearer or call.get("auth")):
        return _error(number, INVALID, "Invalid params.", "Not authorized.")
    methods: dict[str, Callable[[], Iterable[Record]]] = {
        "host.get": lambda: _hosts(seed, now),
        "event.get": lambda: _events(seed, now, params),
        "problem.get": lambda: _problems(seed, now),
        "maintenance.get": lambda: map(_maintenance, perawatan_sampai(seed, (now + timedelta(days=31)).date())),
    }
    if method not in methods or not isinstance(params, dict):
        return _error(number, NO_METHOD, "Method not found.", f'Incorrect API "{method}".')
    return _result(number, list(_asked_for(methods[method](), params)))


def _hosts(seed: int, now: datetime) -> Iterator[Record]:
    in_maintenance = {
        host.id for one in perawatan_sampai(seed, now.date()) if one.mulai <= now < one.selesai for host in one.hosts
    }
    links = [host.id for host in hosts() if host.jenis == LINK]
    for host in hosts():
        yield {
            "hostid": str(host.id),
            "host": host.name,
            "name": host.title,
            "status": "0",
            "maintenance_status": str(int(host.id in in_maintenance)),
            "inventory": [] if host.id == links[WITHOUT_INVENTORY] else _inventory(host, host.id == links[MISPLACED]),
        }


def _inventory(host: Host, is_misplaced: bool) -> Record:
    kelurahan = host.kelurahan.kode if host.kelurahan else ""
    location = f"{host.kode_kecamatan}.1099" if is_misplaced else kelurahan
    return {"type": host.jenis, "location": location, "site_city": host.kode_kecamatan}


def _events(seed: int, now: datetime, params: Mapping[str, Any]) -> Iterable[Record]:
    """Problems (value 1) and recoveries (value 0) from time_from to time_till."""
    since = datetime.fromtimestamp(_number(params.get("time_from")), UTC)
    until = min(now, datetime.fromtimestamp(_number(params.get("time_till")) or now.timestamp(), UTC))
    values = {str(value) for value in _list(params.get("value", [0, 1]))}
    found: list[Record] = []
    for one in masalah_sampai(seed, until, since - LONGEST):
        if "1" in values and since <= one.mulai:
            found.append(_problem(one, now))
        if "0" in values and since <= one.selesai <= until:
            found.append(_recovery(one))
    return sorted(found, key=lambda record: (int(record["clock"]), int(record["eventid"])))


def _problem(one: Masalah, now: datetime) -> Record:
    is_orphaned = one.id % ORPHANED_EVERY == 3
    return {
        "eventid": str(one.id),
        "source": "0",
        "object": "0",
        "objectid": str(one.pemicu),
        "clock": _seconds(one.mulai),
        "ns": str(one.id * 7919 % 10**9),
        "value": "1",
        "severity": str(SEVERITY[one.name]),
        "name": one.name,
        "acknowledged": str(int(SEVERITY[one.name] >= 4 and one.mulai + timedelta(minutes=9) <= now)),
        "suppressed": str(int(one.is_terencana)),
        "r_eventid": str(one.id + RECOVERY) if one.selesai <= now else "0",
        "hosts": [] if is_orphaned else [{"hostid": str(one.host.id)}],
    }


def _recovery(one: Masalah) -> Record:
    return _problem(one, one.selesai) | {
        "eventid": str(one.id + RECOVERY),
        "clock": _seconds(one.selesai),
        "value": "0",
        "severity": "0",
        "acknowledged": "0",
        "r_eventid": "0",
    }


def _problems(seed: int, now: datetime) -> Iterator[Record]:
    """What is not over, as problem.get gives it."""
    for one in masalah_sampai(seed, now, now - LONGEST):
        if one.selesai > now:
            yield {name: value for name, value in _problem(one, now).items() if name not in ("value", "hosts")}


def _maintenance(one: Perawatan) -> Record:
    return {
        "maintenanceid": str(one.id),
        "name": one.name,
        "maintenance_type": "0",
        "description": "",
        "active_since": _seconds(one.mulai),
        "active_till": _seconds(one.selesai),
        "hosts": [{"hostid": str(host.id)} for host in one.hosts],
    }


def _asked_for(records: Iterable[Record], params: Mapping[str, Any]) -> Iterator[Record]:
    """The named fields, and what was selected beside them."""
    output = params.get("output")
    beside = {"hosts": "selectHosts", "inventory": "selectInventory"}
    names = {str(name) for name in output} if isinstance(output, list) else None
    for record in records:
        yield {
            name: value
            for name, value in record.items()
            if (beside[name] in params if name in beside else names is None or name in names)
        }


def _seconds(moment: datetime) -> str:
    return str(int(moment.timestamp()))


def _number(value: Any) -> int:
    return int(value) if str(value).isdigit() else 0


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _result(number: Any, result: Any) -> Answer:
    return json_answer({"jsonrpc": "2.0", "result": result, "id": number})


def _error(number: Any, code: int, message: str, data: str) -> Answer:
    return json_answer({"jsonrpc": "2.0", "error": {"code": code, "message": message, "data": data}, "id": number})


OFFICE = Office("diskominfo", ("diskominfo_zabbix",), answer)
