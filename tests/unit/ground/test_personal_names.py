"""Names are found after a form of address or a label and beside a number, and nowhere else; offices, areas and streets stay."""

from __future__ import annotations

import pytest
from command_center.personal import PersonalWatch, masked
from hypothesis import given
from hypothesis import strategies as st

NIK, TELEPHONE, EMAIL = "1371014508900017", "0812-3456-7819", "fulan.bin@contoh.id"
SMALL_NAMES = ["budi", "rosniar", "siti aminah", "jalan", "hamil", "melapor"]
NAMES = ["Budi Santoso", "RINA MARLINA", "Siti Aminah", "Muhammad R. Hidayat", "Nur'aini Putri Lestari Dewi", "Andi"]
BEFORE = [
    "nama: ",
    "Nama Pelapor : ",
    "NAMA: ",
    "a.n. ",
    "A.N. ",
    "an. ",
    "atas nama ",
    "Bapak ",
    "Bpk. ",
    "PAK ",
    "ibu ",
    "Bu ",
    "Sdr. ",
    "Sdri ",
]
BEFORE += [
    "Saudara ",
    "Tn. ",
    "Ny. ",
    "Nn. ",
    "H. ",
    "Hj. ",
    "Uda ",
    "uni ",
    "almarhum ",
    "Almarhumah ",
    "korban atas nama ",
    "pelapor: ",
    "Bapak H. ",
]
BESIDE = [
    " {}",
    ", {}",
    " - {}",
    ": {}",
    " ({})",
    " (NIK {})",
    ", NIK {}",
    " HP {}",
    " (no. telp: {})",
    " dengan nomor WA {}",
    "\nHP: {}",
]
AFTER = ["{}, ", "{} - ", "{} (", "{}: ", "{} milik ", "{} a.n. "]
NUMBERS = [NIK, "13.71.01.450890.0017", TELEPHONE, "+62 812 3456 7819", EMAIL]


@st.composite
def named(draw: st.DrawFn) -> str:
    """A name as people write it beside a label or a number, or what looks like one."""
    name, number = draw(st.sampled_from([*NAMES, *SMALL_NAMES])), draw(st.sampled_from(NUMBERS))
    word = draw(
        st.sampled_from(
            [
                "",
                "bin ",
                "Kantor Camat ",
                "Jl. H. ",
                "Koto Tangah ",
                "Pelapor ",
                "hub ",
                "A ",
                "MOHON ",
                "Wali Kota ",
                "Dr. ",
                "prof. ",
            ]
        )
    )
    form = draw(
        st.sampled_from(
            [*(f"{one}N" for one in BEFORE), *(f"N{one}" for one in BESIDE), *(f"{one}N" for one in AFTER), "N"]
        )
    )
    return form.format(number).replace("N", word + name, 1) if "N" in form else form


@pytest.mark.parametrize("name", NAMES)
def test_a_name_after_a_label_or_a_form_of_address_is_hidden(name: str) -> None:
    for before in BEFORE:
        assert masked(f"lapor {before}{name}, di Kuranji") == f"lapor {before}[nama dihapus], di Kuranji"


@pytest.mark.parametrize("name", NAMES)
def test_a_name_beside_a_number_is_hidden(name: str) -> None:
    for number in NUMBERS:
        for form in BESIDE[name == "Andi" :]:  # a single word needs a sign between
            assert masked(f"air mati, {name}" + form.format(number)).startswith("air mati, [nama dihapus]"), (
                form,
                number,
            )
        for form in AFTER:
            assert masked(form.format(number) + f"{name} sudah lapor").endswith("[nama dihapus] sudah lapor"), form


@pytest.mark.parametrize(
    "text",
    [
        f"Siti Aminah {TELEPHONE} (Ani)",
        f"{TELEPHONE} Siti Aminah",
        f"hub Andi {TELEPHONE}",
        "Fulan bin Polan",
        "AHMAD BINTI ABDULLAH",
        "pelapor Andi Saputra",
        "nama saya Rina",
        "bernama Rina Marlina",
    ],
)
def test_so_it_is_in_other_forms(text: str) -> None:
    words = masked(text).replace("[nama dihapus]", "").replace("[telepon dihapus]", "")
    assert [word for word in words.split() if word.strip("()")[:1].isupper()] == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Bpk. Dr. Andi Putra hadir", "Bpk. Dr. [nama dihapus] hadir"),
        ("bapak prof. dr. Andi Putra", "bapak prof. dr. [nama dihapus]"),
        ("Ibu Drg. Rina Marlina", "Ibu Drg. [nama dihapus]"),
        ("lapor ibu rosniar di pasar", "lapor ibu [nama dihapus] di pasar"),
        ("a.n budi", "a.n [nama dihapus]"),
        ("a.n. budi santoso, kuranji", "a.n. [nama dihapus], kuranji"),
        ("atas nama rina", "atas nama [nama dihapus]"),
        ("nama saya rina marlina", "nama saya [nama dihapus]"),
        ("nama: rina", "nama: [nama dihapus]"),
    ],
)
def test_so_it_is_behind_a_title_and_in_small_letters(text: str, shown: str) -> None:
    assert masked(text) == shown
    watch = PersonalWatch()
    assert list(watch.over([text.encode()]))
    assert "nama" in watch.seen


@pytest.mark.parametrize(
    "text",
    [
        "Bapak Wali Kota Padang Fadly Amran meninjau, Ibu Camat Koto Tangah hadir",
        "Pak RT 05, Bu Guru, Bapak Kepala Dinas Kesehatan, Ibu Ketua PKK",
        "Pelayanan Kesehatan Ibu Hamil, KESEHATAN IBU DAN ANAK, Ibu Kota Negara, Uni Eropa",
        "Jl. H. Agus Salim dan JALAN PROF. DR. HAMKA, Stadion H. Agus Salim, Masjid H. Abdul Karim",
        "atas nama Pemerintah Kota Padang; nama: Kuranji; a.n. PT Semen Padang",
        "Budi Santoso dan Siti Aminah berangkat",
        "ibu hamil, ibu kota, bapak yang terhormat, ibu dan anak, ibu rumah tangga, ibu melahirkan, bapak tolong diperbaiki",
        "atas nama pemerintah kota, a.n. pt semen padang, nama: jalan rusak, pak lampu mati, bu air mati",
        "PELAPOR MELIHAT ASAP, KORBAN MENINGGAL DUNIA",
        "Kepala Bidang Statistik Sektoral; ask the steward, or release the batch.",
        "damkar_kejadian/2026: column 'Nama Pelapor' is missing, expected 'Nama': text; ask Kepala Bidang Data.",
        "Kolom 'Nama' wajib diisi tetapi kosong; lengkapi lalu kirim ulang.",
        "[nama dihapus], NIK [NIK/KK dihapus]",
    ],
)
def test_officials_areas_streets_and_sentences_stay(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    "place",
    [
        "Kantor Camat Koto Tangah",
        "Kantor Lurah Jati Baru",
        "Hotel Grand Inna",
        "RSUP Dr. M. Djamil",
        "PDAM Kota Padang",
        "Posko Utama",
        "Kec. Kuranji",
        "Call Center",
        "Jl. Khatib Sulaiman",
        "POHON TUMBANG DI JALAN KHATIB SULAIMAN",
    ],
)
def test_whose_number_is_an_office_s_stays(place: str) -> None:
    for between in (" ", ", ", " Telp. ", " ("):
        assert masked(f"{place}{between}{TELEPHONE}") == f"{place}{between}[telepon dihapus]"


@given(st.lists(named(), max_size=4).map("; ".join))
def test_what_is_hidden_once_is_hidden_for_good(text: str) -> None:
    assert masked(masked(text)) == masked(text)


@given(st.sampled_from(BEFORE), st.sampled_from(NAMES), st.integers(1, 30))
def test_no_label_with_a_name_passes_the_watch_however_the_bytes_are_cut(label: str, name: str, size: int) -> None:
    content = f"1;air mati;{label}{name};2".encode()
    watch = PersonalWatch()
    assert b"".join(watch.over(content[at : at + size] for at in range(0, len(content), size))) == content
    assert "nama" in watch.seen
