"""XML answers as nested objects: names without namespace, attributes as '@name', repeated elements as lists.

Records are found by the paths of extract/json_paths.py, beginning with the name of the outermost element. An element
with nothing but text is its text; text beside attributes or children is '#text'. A column may name a child of a
child: 'point.coordinates'.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import cast

from lxml import etree

from command_center.declaration.source import Source, Table
from command_center.errors import PayloadError
from command_center.extract.json_paths import beside, find, is_there
from command_center.extract.members import members
from command_center.extract.reading import Answer, Reading, check_beside, read_paths, refuse_html
from command_center.extract.records import Document, Record, reading_of

NO_CHILDREN = "Elemen ini hanya berisi teks, bukan rekaman; periksa ekspor di sistem asal."
PROLOG = re.compile(rb"\A(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*|<!--.*?-->\s*)*", re.DOTALL)


def read(source: Source, table: Table, answer: Answer) -> Reading:
    """The records of one table. Raises PayloadError when the answer is not XML or holds no such record."""
    documents = [document(table, member) for member in members(source, answer)]
    paths = " or ".join(map(repr, table.records))
    seen = ", ".join(repr(name) for d in documents[:3] for name in cast("dict[str, object]", d.root))
    absent = f"no record at {paths}; the outermost element is {seen}"
    outermost = [path.partition(".")[0] for path in table.records]  # that is all that XML without records has to have
    if not any(is_there(one.root, name) for one in documents for name in outermost):
        raise PayloadError(f"{answer.where}: {absent}; ask the steward, or mend 'records' in the declaration.")
    reading = reading_of(source, table, answer, documents, label="rekaman ke-", absent=absent)
    others = dict.fromkeys(name for one in documents for name in beside(one.root, read_paths(source, table)))
    reading.warnings += check_beside(source, table, [name for name in others if "@" not in name], answer.where)
    return reading


def document(table: Table, answer: Answer) -> Document:
    """One XML file with the records at the declared paths."""
    root = parse(answer)
    found = Document(answer, root, list(_records(table, root)))
    found.ignored["elemen kosong"] += sum(record.values == {} for record in found.records)
    return replace(found, records=[record for record in found.records if record.values])


def _records(table: Table, root: object) -> Iterator[Record]:
    takes_scalars = any(column.source == "value" for column in table.columns)
    for path in table.records:
        for prefix, bound, found in find(root, path):
            if isinstance(found, dict):
                yield Record(found, bound=bound, prefix=prefix)
            elif takes_scalars:
                yield Record({"value": found}, bound=bound, prefix=prefix)
            else:
                yield Record({} if found is None else {"value": found}, bound=bound, prefix=prefix, fault=NO_CHILDREN)


def parse(answer: Answer) -> dict[str, object]:
    """The whole answer as an object that record paths walk. Raises PayloadError."""
    return as_object(tree(answer))


def tree(answer: Answer) -> etree._Element:
    """The outermost element. Raises PayloadError with line and column, and on a file that defines entities."""
    return parse_bytes(content_of(answer), answer.where)


def content_of(answer: Answer) -> bytes:
    """The bytes of an answer that should be XML. Raises PayloadError when it is a web page or empty."""
    content = answer.content()
    prolog = PROLOG.match(content)
    refuse_html(content[prolog.end() if prolog else 0 :], "XML", answer.where)
    if not content.strip():
        raise PayloadError(
            f"{answer.where}: the answer is empty where XML was expected; it is asked for again at the next run."
        )
    return content


def parse_bytes(content: bytes, where: str) -> etree._Element:
    """XML without entities, without network, within the parser's own limits. Raises PayloadError."""
    if b"<!ENTITY" in content.replace(b"\0", b""):  # also in UTF-16
        raise PayloadError(
            f"{where}: the file defines entities of its own (<!ENTITY), which are not read; ask the steward."
        )
    root, errors = _parse(content)
    if root is not None:
        return root
    if not errors:  # only prefixes without a namespace, or namespaces that are no address: names are taken without them
        root, errors = _parse(content, recover=True)
    if root is not None and not errors:
        return root
    line, column, what = errors[0] if errors else (1, 1, "unreadable")
    raise PayloadError(
        f"{where}: not XML: {what} at line {line}, column {column} of {len(content)} bytes; the file may be cut off."
    )


def _parse(content: bytes, *, recover: bool = False) -> tuple[etree._Element | None, list[tuple[int, int, str]]]:
    """The outermost element, and line, column and message of every error but those of namespaces."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True,
        recover=recover,
    )  # fmt: skip
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        found = list(parser.error_log)
        errors = [(e.line, e.column, e.message) for e in found if e.domain_name != "NAMESPACE"]
        return None, errors or ([] if found else [(*error.position, error.msg or "unreadable")])
    return root, [(e.line, e.column, e.message) for e in parser.error_log if e.domain_name != "NAMESPACE"]


def local(element: etree._Element) -> str:
    """An element's name without its namespace."""
    return _bare(str(element.tag))


def _bare(name: str) -> str:
    return name.rpartition("}")[2].rpartition(":")[2]


def children(element: etree._Element, name: str | None = None) -> list[etree._Element]:
    """The elements directly below, of one local name or all."""
    found = [child for child in element if isinstance(child.tag, str)]
    return [child for child in found if name is None or local(child) == name]


def as_object(root: etree._Element) -> dict[str, object]:
    """The outermost element as an object that record paths walk."""
    return {local(root): _value(root)}


def _value(element: etree._Element) -> object:
    below = children(element)
    texts = (element.text, *(child.tail for child in element))
    text = " ".join(part.strip() for part in texts if part and part.strip())
    if not below and not element.attrib:
        return text or None
    members_: dict[str, object] = {f"@{_bare(str(name))}": str(v) for name, v in element.attrib.items()}
    for child in below:
        _add(members_, local(child), _value(child))
    if text:
        members_["#text"] = text
    return members_


def _add(members_: dict[str, object], name: str, value: object) -> None:
    if name not in members_:
        members_[name] = value
    elif isinstance(members_[name], list):
        cast("list[object]", members_[name]).append(value)
    else:
        members_[name] = [members_[name], value]
