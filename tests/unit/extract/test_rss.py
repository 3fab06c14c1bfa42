"""Feeds: items by local names, markup as words; links are followed at the declared source only, over a real socket."""

from __future__ import annotations

import logging
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from command_center.errors import PayloadError, SourceUnavailable
from command_center.extract import http, rss
from command_center.extract.asking import BUNDLE, Asking, Fetched, Unchanged
from command_center.extract.endpoint import Endpoint

from tests.support.document_source import answer, bundled, declare, dicts, read, texts

FEED = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:ht="https://contoh.invalid/apa saja" xmlns:media="urn:m">
  <channel>
    <title>Kabar Kota</title><atom:link href="https://kabar.invalid/rss.xml" rel="self"/>
    <link>https://kabar.invalid/</link>
    <item>
      <title>Pasar Raya &amp;amp; terminal ditata</title>
      <link>https://kabar.invalid/a?x=1&amp;copy=2</link>
      <atom:link href="https://kabar.invalid/lain"/>
      <media:title>judul lain</media:title>
      <description><![CDATA[<img src="x.jpg"/><p>Warga  menyambut&nbsp;baik.</p><p>Mulai <b>Senin</b>.</p><script>jahat()</script>]]></description>
      <pubDate>Mon, 05 May 2025 07:15:00 +0700</pubDate>
      <category>Kota</category><category>Pasar</category>
      <guid isPermaLink="false">kabar-1</guid>
      <enclosure url="https://kabar.invalid/x.jpg" type="image/jpeg"/>
      <ht:approx_traffic>2000+</ht:approx_traffic>
      <ht:news_item><ht:news_item_title>Satu</ht:news_item_title><ht:news_item_url>https://satu.invalid</ht:news_item_url></ht:news_item>
      <ht:news_item><ht:news_item_title>Dua</ht:news_item_title><ht:news_item_url>https://dua.invalid</ht:news_item_url></ht:news_item>
    </item>
    <item><title>Suhu &lt; 20 derajat</title><link>https://kabar.invalid/b</link><description/></item>
  </channel>
</rss>"""
COLUMNS = ["title", "link", "description", "pubDate", "category", "guid", "approx_traffic", "news_item_title", "news_item_url",
           "enclosure@url", "$.channel.title", "$.channel.link"]  # fmt: skip
FIRST = ["Pasar Raya & terminal ditata", "https://kabar.invalid/a?x=1&copy=2", "Warga menyambut baik. Mulai Senin.",
         "Mon, 05 May 2025 07:15:00 +0700", "Kota; Pasar", "kabar-1", "2000+", "Satu; Dua",
         "https://satu.invalid; https://dua.invalid", "https://kabar.invalid/x.jpg", "Kabar Kota", "https://kabar.invalid/"]  # fmt: skip


def test_items_are_rows_and_markup_is_words() -> None:
    reading = read(declare("rss", COLUMNS, ignore=["enclosure"]), FEED)
    second = ["Suhu < 20 derajat", "https://kabar.invalid/b", *[None] * 8, "Kabar Kota", "https://kabar.invalid/"]
    assert texts(reading) == [FIRST, second]
    assert reading.warnings == []
    assert reading.sections[0].label == "butir ke-"


def test_an_element_that_is_not_declared_is_told_and_a_lost_one_holds() -> None:
    [warning] = read(declare("rss", ["title", "link", "description"]), FEED).warnings
    assert (
        "the column 'pubDate', 'category', 'guid', 'enclosure', 'approx_traffic', 'news_item' is not declared"
        in warning
    )
    with pytest.raises(PayloadError, match="declared column 'ringkasan' is missing"):
        read(declare("rss", ["title", "ringkasan"]), FEED)


def test_a_nested_element_as_a_whole_is_its_texts() -> None:
    [first, _] = dicts(read(declare("rss", ["news_item"]), FEED))
    assert first["news_item"] == "Satu | https://satu.invalid; Dua | https://dua.invalid"


def test_atom() -> None:
    feed = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Kanal</title><id>urn:kanal</id><entry>
      <title type="html">A &amp;lt;b&amp;gt; &lt;i&gt;c&lt;/i&gt;</title>
      <link rel="self" href="https://x.invalid/self"/><link href="https://x.invalid/1"/>
      <id>urn:1</id><updated>2025-05-05T00:15:00Z</updated><author><name>Humas</name></author>
      <category term="Kota"/><summary type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">satu <b>dua</b></div></summary>
    </entry></feed>"""
    columns = ["title", "link", "id", "updated", "author", "category", "summary", "$.channel.title"]
    assert texts(read(declare("rss", columns), feed)) == [
        ["A <b> c", "https://x.invalid/1", "urn:1", "2025-05-05T00:15:00Z", "Humas", "Kota", "satu dua", "Kanal"]
    ]


def test_rss_1_0_and_entities_that_only_html_knows() -> None:
    feed = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel>
      <title>Kanal</title></channel><item rdf:about="x"><title>Kota&nbsp;Padang &ndash; 2025</title></item></rdf:RDF>"""
    assert texts(read(declare("rss", ["title", "$.channel.title"]), feed)) == [["Kota\u00a0Padang – 2025", "Kanal"]]


def test_the_documents_that_were_followed_have_records_too() -> None:
    both = bundled(
        feed__xml=FEED, a__xml="<alert><info><event>Hujan</event></info><info><event>Angin</event></info></alert>"
    )
    source = declare("rss", ["event", "$.alert.info.event"], records=["alert.info[]"])
    assert texts(read(source, both)) == [["Hujan", "Hujan"], ["Angin", "Hujan"]]
    assert texts(read(declare("rss", ["title"], drift={"new": "warn"}), both)) == [[FIRST[0]], ["Suhu < 20 derajat"]]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (FEED[:900], r"not XML: .* at line \d+, column \d+"),
        ("<html><title>Pemeliharaan</title></html>", "a web page titled 'Pemeliharaan'"),
        ("<Infogempa/>", "the outermost element is 'Infogempa', not a feed"),
        ("", "the answer is empty"),
        ("<rss><channel><title>x</title></channel></rss>", "the feed has no item"),
        (
            "<rss><channel><item><title>&tidakada;</title></item></channel></rss>",
            "not XML: Entity 'tidakada' not defined",
        ),
    ],
)
def test_what_is_no_feed_is_one_sentence(content: str, sentence: str) -> None:
    with pytest.raises(PayloadError, match=sentence):
        read(declare("rss", ["title"]), content)


class Site:
    """A server on 127.0.0.1 that answers with given documents and notes what it was asked."""

    def __init__(self) -> None:
        self.documents: dict[str, tuple[int, str]] = {}
        self.asked: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                status, text = site.documents.get(self.path, (404, "tidak ada"))
                tag = f'"{hash(text)}"'
                if self.headers.get("If-None-Match") == tag:
                    status, text = 304, ""
                self.send_response(status)
                self.send_header("ETag", tag)
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, format: str, *args: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def end(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(http, "PAUSE_S", 0.01)
    served = Site()
    yield served
    served.end()


def feed_of(*links: str) -> str:
    items = "".join(f"<item><title>x</title><link>{link}</link></item>" for link in links)
    return f"<rss><channel><title>Peringatan</title>{items}</channel></rss>"


def ask(site: Site, folder: Path, validator: str | None = None, follow: str | None = r"_alert\.xml$") -> Any:
    source = declare("cap", ["identifier"], address="https://resmi.invalid/peringatan", follow=follow)
    asking = Asking(source, Endpoint(f"{site.address}/kota"), validator_of=lambda part: validator)
    [answered] = list(rss.ask(asking, source.requests[0], folder))
    return answered


def files_of(fetched: Fetched) -> list[tuple[str, str]]:
    assert fetched.content_type == BUNDLE
    with zipfile.ZipFile(fetched.path) as archive:
        return [(name, archive.read(name).decode()) for name in archive.namelist()]


def test_links_are_followed_at_the_connection_and_bundled_with_the_feed(site: Site, tmp_path: Path) -> None:
    feed = feed_of(
        "https://resmi.invalid/peringatan/id/A_alert.xml", f"{site.address}/kota/B_alert.xml", "C_alert.xml",
        "https://resmi.invalid/peringatan/en/A_alert.xml", "C_alert.xml", "https://resmi.invalid/peringatan/id/info.html",
    )  # fmt: skip
    site.documents = {
        "/kota/a.xml": (200, feed), "/kota/id/A_alert.xml": (200, "<a/>"), "/kota/B_alert.xml": (200, "<b/>"),
        "/kota/C_alert.xml": (200, "<c/>"), "/kota/en/A_alert.xml": (200, "<e/>"),
    }  # fmt: skip
    fetched = ask(site, tmp_path)
    assert files_of(fetched) == [
        ("0000_feed.xml", feed), ("A_alert.xml", "<a/>"), ("B_alert.xml", "<b/>"), ("C_alert.xml", "<c/>"),
        ("2_A_alert.xml", "<e/>"),
    ]  # fmt: skip
    assert site.asked == list(site.documents)
    assert ask(site, tmp_path).sha256 == fetched.sha256, "the same documents make the same bytes"
    assert fetched.part == "a"


@pytest.mark.parametrize(
    "link",
    [
        "https://lain.invalid/peringatan/X_alert.xml",
        "https://resmi.invalid/lain/X_alert.xml",
        "https://resmi.invalid/peringatan/../lain/X_alert.xml",
        "https://resmi.invalid:8443/peringatan/X_alert.xml",
        "http://orang@127.0.0.1/X_alert.xml",
        "http://127.0.0.1:1/X_alert.xml",
        "http://[::1/X_alert.xml",
        "file:///etc/X_alert.xml",
        "https://resmi.invalid.lain.invalid/peringatan/X_alert.xml",
    ],
)
def test_a_foreign_link_is_not_asked(site: Site, tmp_path: Path, link: str, caplog: pytest.LogCaptureFixture) -> None:
    site.documents = {"/kota/a.xml": (200, feed_of(link, "A_alert.xml")), "/kota/A_alert.xml": (200, "<a/>")}
    with caplog.at_level(logging.WARNING):
        fetched = ask(site, tmp_path)
    assert site.asked == ["/kota/a.xml", "/kota/A_alert.xml"]
    assert [name for name, _ in files_of(fetched)] == ["0000_feed.xml", "A_alert.xml"]
    assert f"only https://resmi.invalid/peringatan and {site.address}/kota are named" in caplog.text


def test_a_document_that_is_gone_is_left_out_and_told(
    site: Site, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    site.documents = {"/kota/a.xml": (200, feed_of("A_alert.xml", "B_alert.xml")), "/kota/B_alert.xml": (200, "<b/>")}
    with caplog.at_level(logging.WARNING):
        fetched = ask(site, tmp_path)
    assert [name for name, _ in files_of(fetched)] == ["0000_feed.xml", "B_alert.xml"]
    assert "/kota/A_alert.xml answered HTTP 404" in caplog.text
    assert "The document is left out." in caplog.text


def test_a_document_that_does_not_answer_is_tried_again_later(site: Site, tmp_path: Path) -> None:
    site.documents = {"/kota/a.xml": (200, feed_of("A_alert.xml")), "/kota/A_alert.xml": (500, "")}
    with pytest.raises(SourceUnavailable, match=r"/kota/A_alert\.xml answered HTTP 500"):
        ask(site, tmp_path)
    assert site.asked.count("/kota/A_alert.xml") == http.ATTEMPTS


def test_a_feed_that_leads_nowhere_stays_as_it_is(site: Site, tmp_path: Path) -> None:
    for text in (feed_of(), feed_of("artikel.html"), "<rss><cut", "<html/>"):
        site.documents = {"/kota/a.xml": (200, text)}
        fetched = ask(site, tmp_path)
        assert (fetched.path.read_text(), fetched.content_type) == (text, "unknown")
    site.documents = {"/kota/a.xml": (200, feed_of("A_alert.xml"))}
    assert ask(site, tmp_path, follow=None).path.read_text() == feed_of("A_alert.xml")


def test_an_unchanged_feed_is_not_followed(site: Site, tmp_path: Path) -> None:
    site.documents = {"/kota/a.xml": (200, feed_of("A_alert.xml")), "/kota/A_alert.xml": (200, "<a/>")}
    fetched = ask(site, tmp_path)
    assert fetched.validator is not None
    site.asked.clear()
    assert ask(site, tmp_path, fetched.validator) == Unchanged("a")
    assert site.asked == ["/kota/a.xml"]


def test_a_feed_with_absurdly_many_links_is_refused(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rss, "MAX_FOLLOWED", 2)
    site.documents = {"/kota/a.xml": (200, feed_of("A_alert.xml", "B_alert.xml", "C_alert.xml"))}
    with pytest.raises(SourceUnavailable, match="links to 3 documents, at most 2 are read"):
        ask(site, tmp_path)
    assert site.asked == ["/kota/a.xml"]


def test_simulated_data_keep_their_mark() -> None:
    assert [simulated for _, simulated, _ in read(declare("rss", ["title"]), answer(FEED, simulated="*")).rows] == [
        True,
        True,
    ]
