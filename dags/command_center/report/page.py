"""A document as one page for telephones: self-contained HTML that asks nothing of any network."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from command_center.drawing import mark, palette
from command_center.drawing.marks import WORDS
from command_center.idformat import format_until
from command_center.report.arrangement import is_told, natural_size
from command_center.report.document import Block, Document, Paragraph, Table, names_group
from command_center.report.fonts import font_folder
from command_center.report.pdf import footer_of
from command_center.report.references import letters_of, linked_pieces
from command_center.report.workbook import SHAPED

PAGE = Path(__file__).with_name("page.html")
TELEPHONE_PX = 328  # a screen of 360 less the margins
SMALLEST = 0.85  # of a wide drawing before it is moved sideways within its frame
NAMES = re.compile(r"<(title|desc)\b[^>]*>.*?</\1>", re.DOTALL)
ROLE = re.compile(r' role="img"| aria-labelledby="[^"]*"')


def build_page(document: Document) -> str:
    """The same content as the PDF; every text is escaped, drawings alone are taken as they are."""
    return template().render(
        document=document,
        letter_lines=letter_lines(document),
        footer=footer_of(document),
        colours=palette,
        faces=faces(),
        marks={status: inline(mark(status)) for status in WORDS},
        words=WORDS,
        shaped=SHAPED,
        told=is_told,
        linked=partial(linked_pieces, letters=letters_of(document)),
        names_group=names_group,
        kind_of=kind_of,
        inline=inline,
        drawing_style=drawing_style,
    )


@cache
def template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(PAGE.parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(PAGE.name)


@cache
def faces() -> dict[int, str]:
    """The letters that the drawings' labels were measured with come along: a label keeps clear of others everywhere."""
    folder = font_folder()
    files = {400: "HKGrotesk-Regular.otf", 600: "HKGrotesk-SemiBold.otf"}
    return {weight: b64encode((folder / name).read_bytes()).decode() for weight, name in files.items()}


def letter_lines(document: Document) -> list[tuple[str, str]]:
    head = document.letterhead
    return [
        ("Nomor", head.nomor),
        ("Sifat", head.sifat),
        ("Lampiran", "; ".join(filter(None, (document.letters_of_appendices, head.lampiran)))),
        ("Hal", head.hal),
        ("Yth.", f"{head.yth} di {head.di}" if head.yth else ""),
        ("Edisi", str(document.context.number)),
        ("Data sampai", format_until(document.data_per) if document.data_per else ""),
    ]


def kind_of(block: Block) -> str:
    return "paragraph" if isinstance(block, Paragraph) else "table" if isinstance(block, Table) else "drawing"


def inline(svg: str) -> Markup:
    """The drawing without its own names: the page names it, and no id stands twice on a page."""
    return Markup(ROLE.sub("", NAMES.sub("", svg), count=2))


def drawing_style(svg: str) -> str:
    """Never larger than it was drawn; a wide one moves within its frame instead of becoming too small to read."""
    wide, _ = natural_size(svg)
    least = "" if wide <= TELEPHONE_PX + 10 else f"min-width:{wide * SMALLEST:.0f}px;"
    return f"{least}max-width:{wide:.0f}px"
