"""What people search for unusually often, as Google's trend feed gives it. Simulated; no person is searched for.

Searches follow the news of the last hours; others come and go by themselves. The namespace's address changes now and
then, as that of the real feed did.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from functools import lru_cache
from xml.sax.saxutils import escape

from command_center.settings import WIB

from demo_city.agencies.media import Berita, berita
from demo_city.answer import XML, Answer
from demo_city.ask import Question
from demo_city.causes.chance import rng
from demo_city.causes.kalender import is_ramadan
from demo_city.faults.spoil import Fault
from demo_city.office import Office

PATH = "trending/rss"
MOST = 20
LASTS = timedelta(hours=24)
LOUD, WITHIN = 3, timedelta(hours=6)  # so many news within that time make a search trend
UNREADABLE_ONE_IN = 60  # of so many searches one has its count in words
PACIFIC = timezone(timedelta(hours=-7))
NAMESPACES = ("https://trends.google.com/trending/rss", "https://trends.google.com/trends/trendingsearches/daily")
STEPS = (100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000)
SEARCHES = {
    "banjir": "banjir padang",
    "longsor": "longsor sitinjau lauik",
    "gempa": "gempa padang hari ini",
    "kebakaran": "kebakaran padang",
    "lalu lintas": "macet padang",
    "harga pangan": "harga cabai hari ini",
    "kesehatan": "gejala demam berdarah",
    "pendidikan": "ppdb padang",
    "pilkada": "hasil pilkada padang",
    "layanan publik": "padang go id error",
    "wisata": "pantai padang",
    "pohon tumbang": "angin kencang padang",
}
OTHERS = (
    "jadwal bola malam ini", "harga emas hari ini", "cuaca padang besok", "semen padang fc",
    "tiket kereta bandara minangkabau", "lowongan kerja padang", "rendang resep", "jadwal kapal mentawai",
    "nilai tukar dolar", "pajak kendaraan sumbar", "bpjs kesehatan", "cpns sumbar", "listrik padam padang",
)  # fmt: skip
FASTING = ("jadwal imsakiyah padang", "resep takjil", "jadwal buka puasa padang", "sidang isbat")


def answer(path: str, asked: Question, seed: int, now: datetime, fault: Fault | None) -> Answer | None:
    """The searches of the last day, newest first; None for another path."""
    return feed(seed, now.astimezone(WIB).replace(minute=0, second=0, microsecond=0)) if path == PATH else None


@lru_cache(maxsize=8)
def feed(seed: int, hour: datetime) -> Answer:
    """The feed of the hour; a search is told again with a greater count while it grows."""
    found: dict[str, tuple[datetime, str]] = {}
    for back in range(int(LASTS.total_seconds() // 3600), -1, -1):
        for words, topik in _begun(seed, hour - timedelta(hours=back)):
            found.setdefault(words, (hour - timedelta(hours=back), topik))
    newest = sorted(found.items(), key=lambda one: (one[1][0], one[0]), reverse=True)[:MOST]
    recent = berita(seed, hour - LASTS, hour)
    items = [
        _item(seed, words, begun, hour, [n for n in recent if n.topik == topik]) for words, (begun, topik) in newest
    ]
    namespace = NAMESPACES[hour.isocalendar().week // 5 % len(NAMESPACES)]
    title = "Daily Search Trends (DATA SIMULASI)"
    head = f"<title>{title}</title><description>Recent searches</description><link>https://trends.google.com</link>"
    body = "\n".join([head, *items])
    declared = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    content = f'{declared}<rss xmlns:ht="{namespace}" version="2.0"><channel>{body}\n</channel></rss>\n'
    return Answer(content.encode(), XML, modified=hour)


def _begun(seed: int, hour: datetime) -> Iterator[tuple[str, str]]:
    """The searches that began to trend in the hour, with the topic of their news."""
    loud = Counter(item.topik for item in berita(seed, hour - WITHIN, hour))
    for topik, count in loud.items():
        if count >= LOUD and topik in SEARCHES:
            yield SEARCHES[topik], topik
    chance = rng(seed, "tren", hour)
    if chance.random() < 0.35:
        yield chance.choice((*OTHERS, *FASTING) if is_ramadan(hour.date()) else OTHERS), ""


def _item(seed: int, words: str, begun: datetime, hour: datetime, news: list[Berita]) -> str:
    chance = rng(seed, "tren", words, begun)
    grown = int((hour - begun) / timedelta(hours=4))
    step = STEPS[min(len(STEPS) - 1, chance.randrange(4) + min(grown, 3) + min(2, len(news) // 6))]
    count = f"{step // 100} ratus lebih" if chance.randrange(UNREADABLE_ONE_IN) == 0 else f"{step}+"
    return (
        f"<item><title>{escape(words)}</title><ht:approx_traffic>{count}</ht:approx_traffic><description></description>"
        f"<link>https://trends.google.com/trending/rss?geo=ID-SB</link>"
        f"<pubDate>{format_datetime(begun.astimezone(PACIFIC))}</pubDate>{''.join(map(_news, news[:3]))}</item>"
    )


def _news(item: Berita) -> str:
    site = item.media.lower().replace(" ", "-")
    return (
        f"<ht:news_item><ht:news_item_title>{escape(item.judul)}</ht:news_item_title><ht:news_item_snippet></ht:news_item_snippet>"
        f"<ht:news_item_url>https://{site}.invalid/berita/{item.id}</ht:news_item_url>"
        f"<ht:news_item_source>{escape(item.media)}</ht:news_item_source></ht:news_item>"
    )


OFFICE = Office("tren", ("tren_pencarian",), answer, seen=(f"{PATH}?geo=ID-SB",))
