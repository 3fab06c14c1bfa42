"""What is personal in free text: NIK and KK, telephones, e-mail, and names as far as rules tell them (personal_names.py).

ops.samarkan (ledger/migrations/repeatable/functions.sql) does the same to whole tables; a test holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Literal, get_args

import re2

from command_center.personal_names import LABEL, SON_OF, hide_names

GAP = r"[ .\u00a0-]"  # what people write between the digits of a number
PROVINCE = "(?:1[1-9]|21|3[1-6]|5[1-3]|6[1-5]|7[1-6]|8[12]|9[1-7])"
DAY = "(?:0[1-9]|[12][0-9]|3[01]|4[1-9]|[56][0-9]|7[01])"  # of women 40 more; of a KK the day on which it was issued
MONTH = "(?:0[1-9]|1[0-2])"
START = r"(?<![0-9])(?<![0-9][.])"  # within no longer number, nor behind its decimal point

EMAIL = r"[a-z0-9][a-z0-9._%+-]{0,63}@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}"
BORN = f"{DAY}{MONTH}[0-9]{{2}}"
NIK = (
    rf"{START}(?:{PROVINCE}(?:[0-9]{{14}}|[0-9]{{4}}{GAP}{BORN}{GAP}[0-9]{{4}}|{GAP}[0-9]{{2}}{GAP}[0-9]{{2}}{GAP}{BORN}{GAP}[0-9]{{4}}"
    rf"|[0-9]{{2}}(?:{GAP}[0-9]{{4}}){{3}}))(?![0-9])"
)
AMOUNT = r"(?![0-9]{1,3}(?:[.][0-9]{3})+(?![0-9.]))"  # 62.812.345.678
TELEPHONE = (
    rf"(?<![0-9a-z])(?<![0-9][.]){AMOUNT}(?:[(]?[+]?62[)]?{GAP}{{0,2}}(?:[(]0[)]|0)?{GAP}?|0)"
    rf"(?:8[1-9](?:{GAP}{{0,2}}[0-9]){{7,10}}|751[) ./-]{{0,3}}[0-9](?:{GAP}?[0-9]){{4,7}})(?![0-9])"
)
Personal = Literal["surel", "nik", "telepon", "nama"]
KINDS = (  # in this order, for an address may hold a number
    ("surel", re.compile(EMAIL, re.IGNORECASE)),
    ("NIK/KK", re.compile(NIK)),
    ("telepon", re.compile(TELEPHONE, re.IGNORECASE)),
)
KIND_OF: Mapping[str, Personal] = {"surel": "surel", "NIK/KK": "nik", "telepon": "telepon"}


def masked(text: str, kept: Collection[Personal] = ()) -> str:
    """The text with a mark in the place of each finding, but for kinds that its column keeps."""
    for kind, pattern in KINDS:
        if KIND_OF[kind] not in kept:
            text = pattern.sub(f"[{kind} dihapus]", text)
    return text if "nama" in kept else hide_names(text)


def masked_value(value: object) -> object:
    """The same of every text of what may become JSON; a whole number that reads as a finding becomes its mark."""
    if isinstance(value, Mapping):
        return {masked(str(key)): masked_value(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [masked_value(one) for one in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return value if masked(str(value)) == str(value) else masked(str(value))
    return masked(value) if isinstance(value, str) else value


def findings(text: str) -> list[tuple[str, str]]:
    """Each finding with its kind, in the order of the kinds."""
    found = []
    for kind, pattern in KINDS:
        found += [(kind, match[0]) for match in pattern.finditer(text)]
        text = pattern.sub(" ", text)
    return found


LATIN = re2.Options()  # expressions over bytes
LATIN.encoding, LATIN.log_errors = re2.Options.Encoding.LATIN1, False
GAP_BYTES = r"(?: |\.|-|\xc2\xa0)"
# NIK and TELEPHONE without what must not stand around them and what their digits mean: these find more, never less.
NIK_SHAPE = rf"[0-9]{{16}}|[0-9]{{6}}{GAP_BYTES}[0-9]{{4}}|[0-9]{{4}}(?:{GAP_BYTES}[0-9]{{4}}){{3}}"
CONTACT_SHAPE = (
    rf"@|(?:62[)]?{GAP_BYTES}{{0,2}}(?:[(]0[)]|0)?{GAP_BYTES}?|0)"
    rf"(?:8[1-9](?:{GAP_BYTES}{{0,2}}[0-9]){{7}}|751[) ./-]{{0,3}}[0-9](?:{GAP_BYTES}?[0-9]){{4}})"
)
NAME_SHAPE = rf"(?i:(?:^|[^a-z0-9])(?:{LABEL}|pelapor))[ :]{{0,3}}[A-Z]|(?i: (?:{SON_OF})) [A-Z]"
LONGEST_SHAPE = 64  # bytes
Sign = Literal["nik", "kontak", "nama"]
SIGNS: frozenset[Sign] = frozenset(get_args(Sign))
SHAPES: dict[Sign, Any] = {
    "nik": re2.compile(NIK_SHAPE.encode("ascii"), LATIN),
    "kontak": re2.compile(CONTACT_SHAPE.encode("ascii"), LATIN),
    "nama": re2.compile(NAME_SHAPE.encode("ascii"), LATIN),
}
# As fast as one of them.
ANY_SHAPE = re2.compile(f"{NIK_SHAPE}|{CONTACT_SHAPE}|{NAME_SHAPE}".encode("ascii"), LATIN)


class PersonalWatch:
    """Tells of bytes that pass what may be among them, at the speed of memory: most files hold no NIK or KK, no telephone and
    no e-mail, and nobody's name after a form of address; then no text of theirs need be searched for one.
    """

    def __init__(self) -> None:
        self.seen: set[Sign] = set()
        self._end = b""

    def over(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            content = self._end + chunk
            if self.seen != SIGNS and ANY_SHAPE.search(content):
                self.seen |= {sign for sign, shape in SHAPES.items() if sign not in self.seen and shape.search(content)}
            self._end = content[-LONGEST_SHAPE:]
            yield chunk
