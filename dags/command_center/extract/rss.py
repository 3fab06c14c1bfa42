"""Feeds (RSS 2.0, RSS 1.0, Atom): items as records by local names; with `follow`, the documents behind their links.

The feed and what was followed become one landing object, the feed first. An element repeated in an item is joined by
'; '. Markup in texts becomes plain text. A nested element offers its leaves, an attribute is 'enclosure@url'. What the
feed says of itself is '$.channel.title'.
"""

from __future__ import annotations

import html
import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urljoin, urlsplit

from lxml import etree
from lxml import html as lxml_html

from command_center.declaration.source import Request, Source, Table
from command_center.errors import PayloadError, SourceUnavailable
from command_center.extract import http
from command_center.extract.asking import BUNDLE, Answered, Asking, Fetched, Spool, Unchanged, bundle
from command_center.extract.members import members
from command_center.extract.reading import Answer, Reading
from command_center.extract.records import Document, Record, reading_of
from command_center.extract.xml import children, content_of, local, parse_bytes
from command_center.extract.xml import document as xml_document

log = logging.getLogger(__name__)

MAX_FOLLOWED = 1000
ITEMS = "items"
ROOTS = ("rss", "feed", "RDF")
PLAIN = (
    "link",
    "guid",
    "id",
    "url",
    "pubDate",
    "date",
    "published",
    "updated",
)  # never markup, though '&' may stand there
MARKUP = re.compile(r"</?[A-Za-z][^<>]*>|<!--|&(#\d+|#[xX][0-9A-Fa-f]+|[A-Za-z][A-Za-z0-9]*);")
BLOCKS = (
    "p",
    "br",
    "div",
    "li",
    "tr",
    "td",
    "th",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "img",
    "table",
    "ul",
    "ol",
)
XML_ENTITIES = ("amp", "lt", "gt", "quot", "apos")


def ask(asking: Asking, request: Request, folder: Path) -> Iterator[Answered]:
    """The feed, bundled with the documents that its matching links lead to. Raises SourceUnavailable.

    Only addresses of the source's own origin are asked; in place of the declared address its connection is.
    """
    with http.Client(asking) as client:
        feed = http.get(asking, request, folder, client=client)
        if isinstance(feed, Unchanged) or asking.source.extract.follow is None:
            yield feed
            return
        followed = list(_follow(asking, request, folder, feed, client))
    if not followed:
        yield feed
        return
    spool = Spool(folder, asking.who(request), asking)
    pages = [("0000_feed.xml", feed.path), *((name, document.path) for name, document in followed)]
    bundle(pages, spool)
    simulated = "*" if any("*" in f.simulated_paths.split(",") for f in (feed, *(d for _, d in followed))) else ""
    yield spool.fetched(
        request,
        feed.url,
        content_type=BUNDLE,
        validator=feed.validator,
        simulated_paths=simulated or feed.simulated_paths,
    )
    for _, path in pages:
        path.unlink(missing_ok=True)


def _follow(
    asking: Asking, request: Request, folder: Path, feed: Fetched, client: http.Client
) -> Iterator[tuple[str, Fetched]]:
    names: Counter[str] = Counter()
    for link in links(asking, request, feed):
        try:
            document = http.get(asking, request, folder, url=link, conditional=False, client=client)
        except http.Refused as error:
            if error.status not in (404, 410):
                raise
            log.warning("%s The document is left out.", error)
            continue
        assert isinstance(document, Fetched)
        name = PurePosixPath(unquote(urlsplit(link).path)).name or "dokumen"
        names[name] += 1
        yield (name if names[name] == 1 else f"{names[name]}_{name}"), document


def links(asking: Asking, request: Request, feed: Fetched) -> list[str]:
    """The links of a feed to follow, as addresses at the connection; foreign ones are logged and left out.

    A feed that cannot be read has none: its reader will say why.
    """
    pattern = asking.source.extract.follow or ""
    try:
        root = parse_feed(feed.path.read_bytes(), asking.who(request))
    except PayloadError:
        return []
    found: dict[str, None] = {}
    for item in _items(root):
        link = _link(item)
        if link is None or not re.search(pattern, link):
            continue
        address = at_connection(asking, link, feed.url)
        if address is None:
            log.warning(
                "%s: the feed links to %r, but only %s and %s are named by its declaration and connection; it was not asked.",
                asking.who(request), link[:200], asking.source.connection.address, asking.endpoint.address,
            )  # fmt: skip
        else:
            found[address] = None
    if len(found) > MAX_FOLLOWED:
        raise SourceUnavailable(
            f"{asking.who(request)}: the feed links to {len(found)} documents, at most {MAX_FOLLOWED} are read; mend 'follow'."
        )
    return list(found)


def at_connection(asking: Asking, link: str, feed_url: str) -> str | None:
    """Where a link is asked: at the connection, also when it has the declared address; None for any other host."""
    try:
        target = urlsplit(urljoin(feed_url, link))
        origin = (target.scheme, target.hostname, target.port)
    except ValueError:
        return None
    if target.scheme not in ("http", "https") or target.username or _climbs(target.path):
        return None
    base, declared = urlsplit(asking.endpoint.address), urlsplit(asking.source.connection.address)
    if origin == (base.scheme, base.hostname, base.port):
        return target._replace(fragment="").geturl()
    above = declared.path.rstrip("/")
    if origin[1:] != (declared.hostname, declared.port) or not target.path.startswith(f"{above}/"):
        return None
    below = target.path.removeprefix(above)
    query = f"?{target.query}" if target.query else ""
    return f"{asking.endpoint.address.rstrip('/')}{below}{query}"


def _climbs(path: str) -> bool:
    """Whether a path leaves its folder, however its dots and slashes are written; what is written twice is read twice."""
    while (read := unquote(path)) != path:
        path = read
    return ".." in re.split(r"[/\\]", path) or any(ord(sign) < 32 for sign in path)


def read(source: Source, table: Table, answer: Answer) -> Reading:
    """The items of a feed; with record paths, records of the documents that were followed. Raises PayloadError."""
    files = members(source, answer)
    if table.records in ([], [ITEMS]):
        documents = [_document(table, next(files))]
        return reading_of(source, table, answer, documents, label="butir ke-", absent="the feed has no item")
    documents = [xml_document(table, member) for member in files]
    absent = f"no record at {' or '.join(map(repr, table.records))} in {len(documents)} documents"
    return reading_of(source, table, answer, documents, label="rekaman ke-", absent=absent)


def _document(table: Table, answer: Answer) -> Document:
    root = parse_feed(content_of(answer), answer.where)
    declared = {name for column in table.columns for name in (column.source, *column.aliases)}
    declared |= {column.source.removeprefix("$.channel.") for column in table.columns}
    channel = next(iter(children(root, "channel")), root)
    about = _record([child for child in children(channel) if local(child) not in ("item", "entry")], declared, channel)
    items = [_record(children(item), declared, item) for item in _items(root)]
    return Document(answer, {"channel": about.values}, items)


def parse_feed(content: bytes, where: str) -> etree._Element:
    """The outermost element of a feed; entities of HTML, which XML does not know, are forgiven. Raises PayloadError."""
    try:
        root = parse_bytes(content, where)
    except PayloadError:
        mended = re.sub(rb"&([A-Za-z][A-Za-z0-9]*);", _as_number, content)
        if mended == content:
            raise
        root = parse_bytes(mended, where)
    if local(root) not in ROOTS:
        raise PayloadError(
            f"{where}: the outermost element is {local(root)!r}, not a feed (rss, feed, RDF); ask the steward."
        )
    return root


def _as_number(found: re.Match[bytes]) -> bytes:
    name = found.group(1).decode()
    letters = html.entities.html5.get(f"{name};")
    if name in XML_ENTITIES or letters is None:
        return found.group(0)
    return "".join(f"&#{ord(letter)};" for letter in letters).encode()


def _items(root: etree._Element) -> list[etree._Element]:
    """Items stand in the channel (RSS 2.0), beside it (RSS 1.0), or are entries (Atom)."""
    inside = [item for channel in children(root, "channel") for item in children(channel, "item")]
    return inside + children(root, "item") + children(root, "entry")


def _link(item: etree._Element) -> str | None:
    return _texts(_own(children(item, "link"), item), "link")


def _record(elements: Sequence[etree._Element], declared: set[str], parent: etree._Element) -> Record:
    """The elements' texts by local name; `names` are those that a declaration should know of."""
    by_name: dict[str, list[etree._Element]] = {}
    for element in elements:
        by_name.setdefault(local(element), []).append(element)
    values: dict[str, object] = {}
    names: list[str] = []
    for name, found in by_name.items():
        leaves = _leaves(found)
        values |= {leaf: text for leaf, text in leaves.items() if leaf not in values}
        values |= _attributes(name, found)
        values[name] = _texts(_own(found, parent), name)
        if name in declared or declared.isdisjoint(leaves):
            names.append(name)
    return Record(values, names)


def _own(found: Sequence[etree._Element], parent: etree._Element) -> list[etree._Element]:
    """Elements of the feed's own namespace; those of others only where it has none: <link> before <atom:link>."""
    own = [e for e in found if _namespace(e) == _namespace(parent)]
    return own or list(found)


def _namespace(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[0] or str(element.tag).rpartition(":")[0]


def _leaves(found: Sequence[etree._Element]) -> dict[str, str | None]:
    """The texts of what is nested below elements of one name, by the innermost name."""
    by_name: dict[str, list[etree._Element]] = {}
    for element in found:
        for leaf in element.iterdescendants():
            if isinstance(leaf.tag, str) and not children(leaf):
                by_name.setdefault(local(leaf), []).append(leaf)
    return {name: _texts(leaves, name) for name, leaves in by_name.items()}


def _attributes(name: str, found: Sequence[etree._Element]) -> dict[str, str]:
    gathered: dict[str, list[str]] = {}
    for element in found:
        for attribute, value in element.attrib.items():
            gathered.setdefault(f"{name}@{str(attribute).rpartition('}')[2]}", []).append(str(value).strip())
    return {key: "; ".join(dict.fromkeys(values)) for key, values in gathered.items()}


def _texts(found: Sequence[etree._Element], name: str) -> str | None:
    if name == "link":
        found = [e for e in found if e.get("rel", "alternate") == "alternate"] or found[:1]
    texts = [text for element in found if (text := _text(element, name))]
    return "; ".join(texts) or None


def _text(element: etree._Element, name: str) -> str:
    """An element's text, without markup; of an element without any, the attribute that stands for it."""
    below = children(element)
    if below and element.get("type") != "xhtml":
        return " | ".join(text for child in below if (text := _text(child, local(child))))
    stand_ins = (element.get(attribute, "").strip() for attribute in ("href", "url", "term"))
    text = "".join(element.itertext()).strip() or next(filter(None, stand_ins), "")
    is_plain = name in PLAIN or name.endswith(("_url", "Url"))
    return text if is_plain or not MARKUP.search(text) else plain_text(text)


def plain_text(markup: str) -> str:
    """The words of a piece of HTML, in one line."""
    try:
        root = lxml_html.fragment_fromstring(re.sub("[\0-\x08\x0b\x0c\x0e-\x1f]", " ", markup), create_parent="div")
    except (etree.ParserError, ValueError):
        return " ".join(html.unescape(re.sub("<[^<>]*>", " ", markup)).split())
    for element in list(root.iter()):
        if element.tag in ("script", "style") or not isinstance(element.tag, str):
            element.text = None
        elif element.tag in BLOCKS:
            element.tail = f" {element.tail or ''}"
            element.text = f" {element.text or ''}"
    return " ".join("".join(root.itertext()).split())
