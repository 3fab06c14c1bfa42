"""What is personal in free text: NIK and KK, telephones, e-mail, and names as far as rules tell them (personal_names.py).

ops.samarkan (ledger/migrations/repeatable/functions.sql) does the same to whole tables; a test holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Literal, get_args

import re2

from command_center import personal_names
from command_center.personal_names import LABEL, SMALL, SON_OF, TITLES, hide_names

GAP = r"[ .\u00a0-]"  # what people write between the digits of a number
PROVINCE = "(?:1[1-9]|21|3[1-6]|5[1-3]|6[1-5]|7[1-6]|8[12]|9[1-7])"
DAY = "(?:0[1-9]|[12][0-9]|3[01]|4[1-9]|[56][0-9]|7[01])"  # of women 40 more; of a KK the day on which it was issued
MONTH = "(?:0[1-9]|1[0-2])"
START = r"(?<![0-9])(?<![0-9][.])"  # within no longer number, nor behind its decimal point

EMAIL = r"[a-z0-9][a-z0-9._%+-]{0,63}@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}"
BORN = f"{DAY}{MONTH}[0-9]{{2}}"
NIK = (
    rf"{START}(?:{PROVINCE}(?:[0-9]{{14}}|[0-9]{{4}}{GAP}{BORN}{GAP}[0-9]{{4}}|{GAP}[0-9]{{2}}{GAP}[0-9]{{2}}{GAP}{BORN}{GAP}[0-9]{{4}}"
    rf"|[0-9]{{4}}(?:{GAP}{BORN}[0-9]{{4}}|{BORN}{GAP}[0-9]{{4}}|{BORN}[0-9]{{2}}{GAP}[0-9]{{2}})"
    rf"|[0-9]{{2}}(?:{GAP}[0-9]{{2}}{DAY}{MONTH}{GAP}[0-9]{{2}}{GAP}[0-9]{{4}}|(?:{GAP}[0-9]{{4}}){{3}})))(?![0-9])"
)
NIK_LABEL = r"(?:nik|kk|ktp)[ .:=]{1,3}"
LABELLED_NIK = rf"((?<![a-z0-9]){NIK_LABEL})[0-9](?:{GAP}?[0-9]){{15}}(?![0-9])"  # however it is cut
AMOUNT = r"(?![0-9]{1,3}(?:[.][0-9]{3})+(?![0-9.]))"  # 62.812.345.678
# 08 12 34 56 78 90, with one sign all through: two dates side by side are not.
PAIRS = "|".join(
    rf"(?<![0-9]{sign})08{sign}[1-9][0-9](?:{sign}[0-9]{{2}}){{2,3}}{sign}[0-9]{{2,3}}" for sign in (" ", "[.]", "-")
)
TELEPHONE = (
    rf"(?<![0-9a-z])(?<![0-9][.])(?:(?:[(]?{AMOUNT}(?:[+]|00)?62[)]?{GAP}{{0,2}}(?:[(]0[)]|[(]?0)?{GAP}?[(]?|(?:[(](?=0[0-9]{{2,4}}[)]))?0)"
    rf"(?:8[1-9](?:[)]?{GAP}{{0,2}}[0-9]){{7,10}}|751[) ./-]{{0,3}}[0-9](?:{GAP}?[0-9]){{4,7}})|{PAIRS})(?![0-9])"
)
# What is read as something plainer: dashes, spaces and letters of other widths; and what nobody sees is not there.
DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63"
SPACES = "".join(map(chr, range(0x2000, 0x200B))) + "\u202f\u3000"
WIDE = "".join(map(chr, range(0xFF01, 0xFF5F)))
UNSEEN = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
FOREIGN = DASHES + SPACES + WIDE + UNSEEN
PLAIN = "-" * len(DASHES) + " " * len(SPACES) + "".join(chr(ord(sign) - 0xFEE0) for sign in WIDE)
FOLD = {ord(sign): PLAIN[place] if place < len(PLAIN) else None for place, sign in enumerate(FOREIGN)}
# In which a number or an address may show once it is plain.
FOREIGN_NUMBER = "\uff20|(?:[0-9\uff10-\uff19][^a-zA-Z]{0,6}){8}"
HAS_FOREIGN = re.compile(f"[{FOREIGN}]")
Personal = Literal["surel", "nik", "telepon", "nama"]
KINDS = (  # in this order, for an address may hold a number
    ("surel", re.compile(EMAIL, re.IGNORECASE)),
    ("NIK/KK", re.compile(NIK)),
    ("NIK/KK", re.compile(LABELLED_NIK, re.IGNORECASE)),
    ("telepon", re.compile(TELEPHONE, re.IGNORECASE)),
)
HIDDEN = re.compile(r"\[(?:NIK/KK|telepon|surel) dihapus\]")
KIND_OF: Mapping[str, Personal] = {"surel": "surel", "NIK/KK": "nik", "telepon": "telepon"}


def masked(text: str, kept: Collection[Personal] = ()) -> str:
    """The text with a mark in the place of each finding, but for kinds that its column keeps; names only stay where nothing else
    was hidden, for beside a private number stands no official.
    """
    text = folded(text)
    for kind, pattern in KINDS:
        if KIND_OF[kind] not in kept:
            text = pattern.sub(rf"\g<1>[{kind} dihapus]" if pattern.groups else f"[{kind} dihapus]", text)
    return text if "nama" in kept and not HIDDEN.search(text) else hide_names(text)


def folded(text: str) -> str:
    """The text in plain signs, where a number or an address shows in them; else as it is."""
    if not HAS_FOREIGN.search(text):
        return text
    plain = text.translate(FOLD)
    return plain if any(pattern.search(plain) for _, pattern in KINDS) else text


def sql_patterns() -> dict[str, str]:
    """The patterns by the names under which functions.sql has a place for them, those of names too."""
    return {
        **personal_names.sql_patterns(),
        "surel": EMAIL,
        "nik": NIK,
        "nik_berlabel": LABELLED_NIK,
        "nik_label": NIK_LABEL,
        "telepon": TELEPHONE,
        "asing": f"[{FOREIGN}]",
        "asing_angka": FOREIGN_NUMBER,
        "asing_tanda": FOREIGN,
        "asing_jelas": PLAIN,
    }


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
    text = folded(text)
    for kind, pattern in KINDS:
        found += [(kind, match[0]) for match in pattern.finditer(text)]
        text = pattern.sub(" ", text)
    return found


LATIN = re2.Options()  # expressions over bytes
LATIN.encoding, LATIN.log_errors = re2.Options.Encoding.LATIN1, False
GAP_BYTES = r"(?: |\.|-|\xc2\xa0)"


def _bytes_of(signs: str) -> str:
    """An expression for one of the signs in UTF-8, those that begin alike together."""
    ends: dict[bytes, list[str]] = {}
    for sign in signs:
        written = sign.encode()
        ends.setdefault(written[:-1], []).append(f"\\x{written[-1]:02x}")
    return "|".join("".join(f"\\x{one:02x}" for one in begin) + f"[{''.join(last)}]" for begin, last in ends.items())


# The patterns without what must not stand around them and what their digits mean: these find more, never less.
FOREIGN_SHAPE = (
    rf"[0-9+][ .()-]{{0,3}}(?:{_bytes_of(DASHES + SPACES + WIDE + UNSEEN)})|(?:{_bytes_of(DASHES + SPACES + UNSEEN)})[ .()-]{{0,3}}[0-9]"
    rf"|{_bytes_of(''.join(map(chr, range(0xFF10, 0xFF1A))))}"
)
NIK_SHAPE = (
    rf"[0-9]{{16}}|[0-9]{{6}}{GAP_BYTES}[0-9]{{4}}|[0-9]{{4}}(?:{GAP_BYTES}[0-9]{{4}}){{3}}|[0-9]{{14}}{GAP_BYTES}[0-9]{{2}}"
    rf"|[0-9]{{4}}{GAP_BYTES}[0-9]{{6}}{GAP_BYTES}[0-9]{{2}}{GAP_BYTES}[0-9]{{4}}|(?i:{NIK_LABEL})[0-9](?:{GAP_BYTES}?[0-9]){{15}}"
)
CONTACT_SHAPE = (
    rf"@|{_bytes_of(chr(0xFF20))}|(?:62[)]?{GAP_BYTES}{{0,2}}(?:[(]0[)]|[(]?0)?{GAP_BYTES}?[(]?|0)"
    rf"(?:8[1-9](?:[)]?{GAP_BYTES}{{0,2}}[0-9]){{7}}|751[) ./-]{{0,3}}[0-9](?:{GAP_BYTES}?[0-9]){{4}})"
    rf"|08(?:(?: [0-9]{{2}}){{4}}|(?:[.][0-9]{{2}}){{4}}|(?:-[0-9]{{2}}){{4}})"
)
NAME_SHAPE = (
    rf"(?i:(?:^|[^a-z0-9])(?:{LABEL}|pelapor)[ :]{{0,3}}(?:{TITLES}[.]? ?){{0,3}})[A-Z]|(?i: (?:{SON_OF})) [A-Z]"
    rf"|(?i:(?:^|[^a-z0-9])(?:{SMALL}))[ :]{{0,3}}[a-z]"
)
NIK_SHAPE, CONTACT_SHAPE = f"{NIK_SHAPE}|{FOREIGN_SHAPE}", f"{CONTACT_SHAPE}|{FOREIGN_SHAPE}"
LONGEST_SHAPE = 96  # bytes
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
