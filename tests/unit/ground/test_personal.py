"""NIK, telephones and e-mail are found in free text however people write them; amounts, codes and coordinates are not."""

from __future__ import annotations

import pytest
from command_center.personal import DASHES, SPACES, UNSEEN, Personal, PersonalWatch, findings, masked, masked_value
from hypothesis import given
from hypothesis import strategies as st

WORDS = st.text("abc xyz,;:()/?!\n", max_size=12)


@st.composite
def niks(draw: st.DrawFn) -> str:
    day = draw(st.integers(1, 31)) + draw(st.sampled_from([0, 40]))
    born = f"{day:02}{draw(st.integers(1, 12)):02}{draw(st.integers(0, 99)):02}"
    province = draw(st.sampled_from(["11", "13", "21", "32", "94"]))
    area, serial = draw(st.integers(0, 9999)), draw(st.integers(0, 9999))
    return f"{province}{area:04}{born}{serial:04}"


@st.composite
def written_niks(draw: st.DrawFn) -> str:
    nik, gap = draw(niks()), draw(st.sampled_from([" ", ".", "-", "\u00a0"]))
    cuts = draw(
        st.sampled_from(
            [[16], [6, 12, 16], [2, 4, 6, 12, 16], [4, 8, 12, 16], [14, 16], [4, 10, 12, 16], [12, 16], [6, 16]]
        )
    )
    return gap.join(nik[a:b] for a, b in zip([0, *cuts], cuts, strict=False))


@st.composite
def telephones(draw: st.DrawFn) -> str:
    gap = draw(st.sampled_from(["", " ", "-", "."]))
    if draw(st.booleans()):
        return (
            draw(st.sampled_from(["0751", "(0751)", "+62751", "+62 751"]))
            + gap
            + draw(st.sampled_from(["41234", "8950123"]))
        )
    digits = "8" + draw(st.integers(10**8, 10**10 - 1).map(str))
    grouped = gap.join([digits[:3], digits[3:7], digits[7:]])
    if draw(st.booleans()):
        area = draw(st.sampled_from(["({})", "+62 ({})", "+62 (0{})", "(+62) {}"])).format(digits[:3])
        return (area if "62" in area else f"(0{digits[:3]})") + gap + grouped[len(digits[:3] + gap) :]
    return draw(st.sampled_from(["0", "62", "+62", "+62 ", "(+62)", "+62-", "0062 ", "0062"])) + grouped


@st.composite
def disguised(draw: st.DrawFn) -> str:
    """A number whose signs are of another width, or that signs stand in which nobody sees."""
    number = draw(st.one_of(written_niks(), telephones()))
    way = draw(st.sampled_from(["wide", "dash", "space", "unseen"]))
    if way == "wide":
        return "".join(chr(ord(sign) + 0xFEE0) if sign.isdigit() else sign for sign in number)
    if way == "unseen":
        at = draw(st.integers(1, len(number) - 1))
        return number[:at] + draw(st.sampled_from(list(UNSEEN))) + number[at:]
    plain = "".join(sign for sign in number if sign.isdigit())
    sign = draw(st.sampled_from(list(DASHES if way == "dash" else SPACES)))
    gaps = (6, 12) if len(plain) == 16 else (4, 8)
    return sign.join([plain[: gaps[0]], plain[gaps[0] : gaps[1]], plain[gaps[1] :]])


EMAILS = st.from_regex(r"\A[a-z][a-z0-9._-]{0,9}@[a-z]{2,8}(\.co)?\.(id|com)\Z")


@given(WORDS, st.one_of(written_niks(), telephones(), EMAILS, disguised()), WORDS)
def test_what_is_personal_is_hidden_between_any_words(before: str, number: str, after: str) -> None:
    shown = masked(f"{before} {number} {after}")
    assert number not in shown
    assert shown.endswith(f" {after}")
    assert findings(shown) == []


@pytest.mark.parametrize(
    "text",
    [
        "Rp62.812.345.678,00 dari 819.354.920.969",
        "5.1.02.01.01.0024",
        "13.71.01.1001 dan 1371011001",
        "TK-20261128000012 dan 2026112800000012",
        "-0.9471000,100.4172000 di 100.0812345678",
        "08-12-2026 10:30:45, 08/12/2026",
        "NIP 198501152010011001",
        "lihat https://t.id/@warga dan @diskominfo",
        "08123",
        "pukul 08.15 sampai 08.45",
        "pukul 08.00\u201310.00, 08\u201312\u20132026, suhu 30\u2013 32",
        "31-12-2026 11-12-2026, 2026-08-12-10-30-15, pukul 08.15 08.45 09.15",
        "(62.812.345.678), jam 08 09 10 11 12 13",
        "NIK 1371, KK 12.345",
    ],
)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("(0812) 3456-7890", "[telepon dihapus]"),
        ("hp +62 (812) 3456 7890 ya", "hp [telepon dihapus] ya"),
        ("0062 812 3456 7890", "[telepon dihapus]"),
        ("0812\u20113456\u20117890", "[telepon dihapus]"),
        ("\uff10\uff18\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19\uff10", "[telepon dihapus]"),
        ("0812\u200b3456\u200b7890", "[telepon dihapus]"),
        ("hubungi 08 12 34 56 78 90", "hubungi [telepon dihapus]"),
        ("NIK 13710112038000 01", "NIK [NIK/KK dihapus]"),
        ("NIK 1371 011203 80 0001", "NIK [NIK/KK dihapus]"),
        ("no. KK: 13 71 01 12 03 80 00 01", "no. KK: [NIK/KK dihapus]"),
        ("fulan\uff20contoh.id", "[surel dihapus]"),
        ("pukul 08.00\u201310.00, hp 081234567890", "pukul 08.00\u201310.00, hp [telepon dihapus]"),
    ],
)
def test_numbers_are_found_in_the_forms_that_people_and_programs_give_them(text: str, shown: str) -> None:
    assert masked(text) == shown.replace("\u2013", "-")


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        (["telepon", "nama"], "Ibu [nama dihapus] 081234567890 [surel dihapus] [NIK/KK dihapus]"),
        (["telepon", "nama", "nik", "surel"], "Ibu Siti Aminah 081234567890 a@uji.invalid 1371014508900001"),
        (["surel", "nik"], "Ibu [nama dihapus] [telepon dihapus] a@uji.invalid 1371014508900001"),
    ],
)
def test_a_column_keeps_the_kinds_that_it_declares(kept: list[Personal], shown: str) -> None:
    assert masked("Ibu Siti Aminah 081234567890 a@uji.invalid 1371014508900001", kept) == shown
    assert masked("Ibu Siti Aminah", kept) == ("Ibu Siti Aminah" if "nama" in kept else "Ibu [nama dihapus]")


def test_values_of_json_are_hidden_too() -> None:
    given_value = {"isi": ["hp 081234567890", 1371014508900001, 3, None, True]}
    assert masked_value(given_value) == {"isi": ["hp [telepon dihapus]", "[NIK/KK dihapus]", 3, None, True]}


@given(
    st.lists(WORDS.map(str.encode), max_size=3),
    telephones() | EMAILS | disguised().filter(lambda one: len(findings(one)) and findings(one)[0][0] == "telepon"),
    st.integers(1, 30),
)
def test_nor_does_a_telephone_or_an_address(before: list[bytes], contact: str, size: int) -> None:
    content = b";".join([*before, contact.encode(), b"akhir"])
    watch = PersonalWatch()
    assert b"".join(watch.over(content[at : at + size] for at in range(0, len(content), size))) == content
    assert "kontak" in watch.seen


@given(st.lists(WORDS.map(str.encode), max_size=3), written_niks(), st.integers(1, 30))
def test_no_nik_passes_the_watch_however_the_bytes_are_cut(before: list[bytes], nik: str, size: int) -> None:
    content = b";".join([*before, nik.encode(), b"akhir"])
    watch = PersonalWatch()
    assert b"".join(watch.over(content[at : at + size] for at in range(0, len(content), size))) == content
    assert "nik" in watch.seen


def test_a_file_of_dates_codes_and_amounts_passes_it() -> None:
    watch = PersonalWatch()
    rows = b"13.71.01.1001,2026-10-01T07:15:00+07:00,62.712.345.678,2026-08-19 08:15,1371011001,0.1234567890\n"
    assert list(watch.over([rows] * 9)) == [rows] * 9
    assert watch.seen == set()
