"""A rejection sheet as a workbook: first how to use it, then a worksheet per table. What is wrong is said in words beside the
row and in a note of its cell; the colour only helps to find it."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from command_center.idformat import format_date, format_moment, format_number, join_words
from command_center.report.rejection import BadRow, BadTable, RejectionSheet
from command_center.report.workbook import OPTIONS, WIDEST, unique_name
from command_center.settings import WIB

GUIDE = "Petunjuk"
LABEL = "DATA SIMULASI"
BEFORE = ("Kiriman", "Tempat")
WHOLE = "Isi baris"
AFTER = ("Kolom yang salah", "Yang perlu diperbaiki", "Diberitahukan", "Kode baris")
NEW = "baru"
TOKEN = "Nomor lembar: "
LONGEST = 32_000  # signs of a cell; Excel takes 32,767
GUIDE_WIDTH = 110


class Styles:
    """The formats that cells share. Values are texts, so that a program keeps leading zeros of what is typed over them."""

    def __init__(self, workbook: Workbook) -> None:
        text = {"num_format": "@", "valign": "top"}
        self.title = workbook.add_format({"bold": True, "font_size": 14})
        self.strong = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self.words = workbook.add_format({"text_wrap": True, "valign": "top"})
        self.number = workbook.add_format({"num_format": "[$-421]#,##0", "valign": "top"})
        self.head = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.ours = workbook.add_format({"bold": True, "italic": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.cell = workbook.add_format(text)
        self.wrong = workbook.add_format({**text, "bg_color": "#FFD9C7", "border": 2, "border_color": "#8A1C00"})


def build_sheet(sheet: RejectionSheet) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, OPTIONS) as workbook:
        workbook.set_properties({"title": title_of(sheet), "author": "Padang Command Center", "created": _made(sheet)})
        styles, names = Styles(workbook), {GUIDE.lower()}
        guide = workbook.add_worksheet(GUIDE)
        named = []
        for table in sheet.tables:
            name = unique_name(
                f"{table.title} {table.counted.table}" if _is_one_of_many(table, sheet) else table.title, names
            )
            names.add(name.lower())
            named.append((name, table))
            if table.rows:
                _write_table(workbook.add_worksheet(name), table, styles)
        _write_guide(guide, sheet, named, styles)
    return file.getvalue()


def title_of(sheet: RejectionSheet) -> str:
    return f"Lembar perbaikan data {sheet.opd_name}, {format_date(sheet.made_at.astimezone(WIB).date())}"


def _made(sheet: RejectionSheet) -> datetime:
    return sheet.made_at.astimezone(WIB).replace(tzinfo=None)


def _is_one_of_many(table: BadTable, sheet: RejectionSheet) -> bool:
    return sum(other.title == table.title for other in sheet.tables) > 1


def _write_table(worksheet: Worksheet, table: BadTable, styles: Styles) -> None:
    """The agency's own columns stand together, in the order of the declaration, below their own names."""
    has_whole = any(row.whole is not None for row in table.rows)
    after = (*((WHOLE,) if has_whole else ()), *AFTER)
    head = (*BEFORE, *table.columns, *after)
    for place, name in enumerate(head):
        is_ours = not len(BEFORE) <= place < len(BEFORE) + len(table.columns)
        worksheet.write_string(0, place, name, styles.ours if is_ours else styles.head)
    texts = [_texts(row, has_whole=has_whole) for row in table.rows]
    for number, (row, values) in enumerate(zip(table.rows, texts, strict=True), 1):
        _write_row(worksheet, number, row, values, styles)
    worksheet.freeze_panes(1, len(BEFORE))
    worksheet.autofilter(0, 0, len(texts), len(head) - 1)
    for place, column in enumerate(zip(head, *texts, strict=True)):
        worksheet.set_column(place, place, min(max(len(text or "") for text in column) + 2, WIDEST))


def _texts(row: BadRow, *, has_whole: bool) -> tuple[str | None, ...]:
    columns = join_words(list(dict.fromkeys(fault.column for fault in row.faults)))
    reasons = "\n".join(dict.fromkeys(fault.reason for fault in row.faults))
    told = NEW if row.told_at is None else format_date(row.told_at.astimezone(WIB).date())
    return (row.part, row.place, *row.cells, *((row.whole,) if has_whole else ()), columns, reasons, told, row.number)


def _write_row(worksheet: Worksheet, number: int, row: BadRow, values: Sequence[str | None], styles: Styles) -> None:
    notes = _notes(row)
    words = len(values) - len(AFTER) + AFTER.index("Yang perlu diperbaiki")
    for place, value in enumerate(values):
        style: Format = styles.wrong if place in notes else styles.words if place == words else styles.cell
        if value is None:
            worksheet.write_blank(number, place, None, style)
        else:
            worksheet.write_string(number, place, value[:LONGEST], style)
    for place, note in notes.items():
        worksheet.write_comment(number, place, note[:LONGEST], {"author": "Padang Command Center", "x_scale": 2})


def _notes(row: BadRow) -> dict[int, str]:
    """What is to be corrected, by the place of its cell; what is wrong with the row as a whole at its place in the file."""
    notes: dict[int, str] = {}
    for fault in row.faults:
        place = BEFORE.index("Tempat") if fault.at is None else len(BEFORE) + fault.at
        notes[place] = f"{notes[place]}\n{fault.reason}" if place in notes else fault.reason
    return notes


def _write_guide(
    worksheet: Worksheet, sheet: RejectionSheet, named: Sequence[tuple[str, BadTable]], styles: Styles
) -> None:
    worksheet.set_column(0, 0, GUIDE_WIDTH)
    worksheet.set_column(1, 2, 12)
    worksheet.set_column(3, 3, 34)
    worksheet.write_string(0, 0, title_of(sheet), styles.title)
    texts = list(guide(sheet))
    for line, text in enumerate(texts, 1):
        worksheet.write_string(line, 0, text, styles.strong if text.isupper() else styles.words)
    for place, text in enumerate(("Data", "Baris salah", "Baru", "Lembar kerja")):
        worksheet.write_string(len(texts) + 1, place, text, styles.head)
    for line, (name, table) in enumerate(named, len(texts) + 2):
        worksheet.write_string(line, 0, f"{table.title} ({table.counted.table})", styles.words)
        worksheet.write_number(line, 1, table.counted.rows, styles.number)
        worksheet.write_number(line, 2, table.counted.new_rows, styles.number)
        worksheet.write_string(line, 3, name if table.rows else "-", styles.words)


def guide(sheet: RejectionSheet) -> Iterator[str]:
    """What the first worksheet says, paragraph by paragraph; those in capitals are headings."""
    if sheet.is_simulated:
        yield LABEL
    yield f"Yth. {sheet.yth}"
    yield "LEMBAR INI"
    yield (
        f"{format_number(sheet.all_rows)} baris data {sheet.opd_name} belum dapat dipakai Padang Command Center karena ada isinya "
        f"yang tidak sesuai; {format_number(sheet.new_rows)} di antaranya baru diberitahukan di sini. Baris lain dari kiriman yang "
        "sama tetap dipakai, kecuali bila seluruh kirimannya ditahan. Lembar ini memuat keadaan terakhir dan menggantikan lembar "
        "sebelumnya."
    )
    if sheet.rows < sheet.all_rows:
        yield (
            f"Yang dimuat {format_number(sheet.rows)} baris, yang baru lebih dahulu; sisanya menyusul di lembar berikutnya."
        )
    yield "CARA MEMBACA"
    yield (
        "Setiap lembar kerja berisi satu jenis data. Kolom yang judulnya tegak adalah kolom dan isi seperti yang dikirim. Kolom yang "
        "judulnya miring ditambahkan: 'Kiriman' dan 'Tempat' menunjukkan letak baris itu di berkas atau jawaban asal, 'Kolom yang "
        "salah' dan 'Yang perlu diperbaiki' menerangkan kesalahannya, 'Diberitahukan' berisi 'baru' atau tanggal pemberitahuan "
        "pertama, 'Kode baris' mengenali barisnya. Sel yang salah juga berbingkai tebal dan memuat catatan yang sama."
    )
    yield "CARA MEMPERBAIKI"
    yield (
        "Perbaiki isinya di sistem atau berkas asal, tidak hanya di lembar ini. Bila isinya sudah benar menurut Saudara, misalnya "
        "ejaan nama kelurahan, balas surel pengantarnya: aturannya yang akan kami betulkan."
    )
    yield "CARA MENGIRIM KEMBALI"
    yield (
        "Kirim seperti biasa: unggah ulang berkas lengkap yang sudah dibetulkan, dengan nama yang sama, ke tempat biasanya. Data yang "
        "diambil dari aplikasi cukup dibetulkan di aplikasinya; perubahan diambil pada jadwal berikutnya. Baris yang sudah benar hilang "
        "dengan sendirinya dari lembar berikutnya."
    )
    if sheet.token:
        yield (
            "Atau betulkan sel yang salah di lembar ini, lalu balas surel pengantarnya dengan lembar ini terlampir (xlsx), dari alamat "
            "yang menerimanya, paling lama 30 hari. Jangan mengubah judul, susunan kolom, dan kolom 'Kode baris'. Hanya sel yang salah yang "
            "dibaca; jawabannya menyebut baris yang masuk dan yang belum. Betulkan di asalnya juga: kiriman berikutnya menggantikan."
        )
        yield f"{TOKEN}{sheet.token}"
    left_out = list(dict.fromkeys(name for table in sheet.tables for name in table.left_out))
    if left_out:
        yield "DATA PRIBADI"
        yield (
            f"Kolom {join_words(left_out)} tidak ada di lembar ini: isinya rahasia dan tidak disimpan seperti "
            "yang dikirim, kecuali dalam arsip yang disegel. "
            "Carilah barisnya dengan 'Tempat'."
        )
    yield "SIFAT"
    yield f"Terbatas: hanya untuk {sheet.opd_name}. Dibuat {format_moment(sheet.made_at)} oleh sistem, tanpa tanda tangan."
    yield "JUMLAH"
