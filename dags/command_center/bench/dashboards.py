"""Dashboards of the city that `make serve` keeps up: how soon a page is there, and what fifty viewers wait through nginx.

A page is opened by a browser that has never seen Superset; the session is given to it, for the form of the login would bring
half of the scripts. Needs the packages of the developer (a browser is driven) and Debian's chromium and nginx.
"""

from __future__ import annotations

import re
import shutil
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from command_center.errors import ServiceError
from command_center.local.charts import log_in
from command_center.local.environment import var_folder
from command_center.paths import ROOT
from command_center.settings import read_environment

PAGES = ("ringkasan", "wilayah", "kesehatan", "publik")
PUBLIC = "publik"
CHARTS = ("api/v1/chart/data", "superset/explore_json/")
TIMES = 5
LONGEST_MS = 60_000
FIRST_TILE, FIRST_SCREEN = (f"window.{name} ?? {LONGEST_MS}" for name in ("firstTile", "firstScreen"))
IS_STILL = f"performance.now() > Math.min((window.firstScreen ?? Infinity) + 1500, {LONGEST_MS})"
SCREEN = {"width": 1366, "height": 768}
VIEWERS, SECONDS, EVERY_S = 50, 180.0, 30.0
# A page notes by itself when the first figure stands and when every chart in view is drawn; asking it would slow it down.
WATCH = """
(() => {
  const seen = (box) => box.getBoundingClientRect().top < innerHeight && box.getBoundingClientRect().height > 0;
  const drawn = (box) => box.querySelector('tbody td, .header-line, canvas, .ant-empty, [class*="mpty"]') !== null
    && box.querySelector('[data-test="loading-indicator"]') === null;
  const look = () => {
    const boxes = [...document.querySelectorAll('.dashboard-component-chart-holder')]
      .filter((box) => box.querySelector('.chart-slice') !== null && seen(box));
    const text = document.querySelector('.chart-slice tbody td, .chart-slice .header-line');
    if (window.firstTile === undefined && text !== null && text.textContent.trim() !== '') window.firstTile = performance.now();
    if (window.firstTile !== undefined && boxes.length > 0 && boxes.every(drawn)) window.firstScreen ??= performance.now();
    else window.firstScreen = undefined;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();
"""


@dataclass(frozen=True)
class Asked:
    """What a page asked for a chart, word for word."""

    address: str
    kind: str
    body: bytes


@dataclass(frozen=True)
class Opening:
    """One page in a new browser: milliseconds until the first figure and until all charts in view, bytes that came, and what was asked."""

    first_tile: float
    first_screen: float
    wire: float
    asked: tuple[Asked, ...]


@dataclass(frozen=True)
class Answer:
    """One chart's answer to one viewer."""

    seconds: float
    is_error: bool
    is_cold: bool
    door: str


def bench_dashboards(seconds: float = SECONDS) -> int:
    """Print both measurements. Raises ServiceError when no city is served."""
    city = served()
    asked = {}
    for slug in PAGES:
        openings = open_pages(city, slug)
        print(of_openings(slug, openings), flush=True)
        asked[slug] = openings[-1].asked
    with nginx(city) as doors:
        print(of_answers(watch(city, asked, doors, seconds), doors.log), flush=True)
    return 0


def served() -> dict[str, str]:
    city = read_environment(var_folder())
    try:
        httpx.get(f"{city['CC_SUPERSET_URL']}/health", trust_env=False).raise_for_status()
    except (KeyError, httpx.HTTPError):
        raise ServiceError(
            "No served city answers: start `make serve` after `make run`, then run `make bench ONLY=dashboards`."
        ) from None
    return city


def open_pages(city: Mapping[str, str], slug: str) -> list[Opening]:
    from playwright.sync_api import sync_playwright

    cookies = [] if slug == PUBLIC else cookies_of_mayor(city)
    with sync_playwright() as playwright:
        return [open_page(playwright.chromium, city["CC_SUPERSET_URL"], slug, cookies) for _ in range(TIMES)]


def open_page(chromium: Any, url: str, slug: str, cookies: Sequence[dict[str, str]]) -> Opening:
    browser = chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
    try:
        context = browser.new_context(viewport=SCREEN, locale="id-ID", timezone_id="Asia/Jakarta")
        context.add_cookies(cookies)
        context.add_init_script(WATCH)
        page = context.new_page()
        came: list[float] = []
        asked: list[Asked] = []
        page.on("request", lambda request: asked.extend(chart_question(request)))
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on("Network.loadingFinished", lambda event: came.append(event["encodedDataLength"]))
        page.goto(f"{url}/superset/dashboard/{slug}/", wait_until="commit")
        while not page.evaluate(IS_STILL):
            page.wait_for_timeout(250)
        return Opening(page.evaluate(FIRST_TILE), page.evaluate(FIRST_SCREEN), sum(came), tuple(asked))
    finally:
        browser.close()


def chart_question(request: Any) -> list[Asked]:
    address = request.url.partition("/")[2].partition("/")[2].partition("/")[2]
    if request.method != "POST" or not address.startswith(CHARTS):
        return []
    return [Asked(f"/{address}", request.headers["content-type"], request.post_data_buffer or b"")]


def cookies_of_mayor(city: Mapping[str, str]) -> list[dict[str, str]]:
    with httpx.Client(base_url=city["CC_SUPERSET_URL"], trust_env=False, timeout=60) as client:
        log_in(client, "pejabat", city["SUPERSET_OFFICIALS_PASSWORD"])
        return [{"name": name, "value": text, "url": city["CC_SUPERSET_URL"]} for name, text in client.cookies.items()]


def of_openings(slug: str, openings: Sequence[Opening]) -> str:
    def median(values: Iterator[float]) -> float:
        return statistics.median(values) / 1000

    return (
        f"{slug}: first figure {median(one.first_tile for one in openings):.1f} s, first screen "
        f"{median(one.first_screen for one in openings):.1f} s (slowest {max(one.first_screen for one in openings) / 1000:.1f} s), "
        f"{median(one.wire for one in openings):,.0f} kB over the wire; median of {len(openings)} cold browsers"
    )


@dataclass(frozen=True)
class Doors:
    """Where nginx answers, and what it notes."""

    public: str
    officials: str
    log: Path


@contextmanager
def nginx(city: Mapping[str, str]) -> Iterator[Doors]:
    """The very configuration of the containers, with ports and folders of this machine."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin:/bin")
    if program is None:
        raise ServiceError("nginx is missing: apt-get install nginx-light.")
    with TemporaryDirectory(prefix="padang-nginx-") as name:
        folder, ports = Path(name), {port: free_port() for port in ("9080", "9081", "9082", "9090")}
        folder.chmod(0o755)
        write_configuration(folder, ports, city)
        server = subprocess.Popen([program, "-c", str(folder / "padang" / "nginx.conf"), "-g", "daemon off;"])
        try:
            wait_for(f"http://127.0.0.1:{ports['9090']}/health")
            public, officials = (f"http://127.0.0.1:{ports[port]}" for port in ("9080", "9081"))
            yield Doors(public, officials, folder / "out.log")
        finally:
            server.terminate()
            server.wait(20)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        return int(holder.getsockname()[1])


def write_configuration(folder: Path, ports: Mapping[str, int], city: Mapping[str, str]) -> None:
    superset = city["CC_SUPERSET_URL"].removeprefix("http://")
    replaced = {r"superset:8088": superset, r"airflow-api-server:8080": superset, r"/tmp/": f"{folder}/tmp-"}
    replaced |= {r"/var/cache/nginx": f"{folder}/cache", r"/dev/std(out|err)": rf"{folder}/\1.log"}
    replaced |= {rf"(?<![\w.])(127\.0\.0\.1:)?{port}(?!\w)": f"127.0.0.1:{number}" for port, number in ports.items()}
    (folder / "cache").mkdir(mode=0o777)
    (folder / "cache").chmod(0o777)
    for source, target in ((ROOT / "docker" / "nginx", "padang"), (ROOT / "docker" / "nginx" / "http", "servers")):
        shutil.copytree(source, folder / target)
        for file in (folder / target).rglob("*.conf"):
            text = file.read_text("utf-8")
            for pattern, words in replaced.items():
                text = re.sub(pattern, words, text)
            file.write_text(text, "utf-8")


def wait_for(url: str) -> None:
    for _ in range(100):
        try:
            httpx.get(url, trust_env=False).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise ServiceError(f"nginx does not answer at {url}.")


def watch(city: Mapping[str, str], asked: Mapping[str, Sequence[Asked]], doors: Doors, seconds: float) -> list[Answer]:
    """Half of the viewers look at the public page, half are officials with pages of their own; one publication in the middle."""
    cookies = {one["name"]: one["value"] for one in cookies_of_mayor(city)}
    publication = threading.Timer(seconds / 2, publish)
    publication.start()
    with ThreadPoolExecutor(VIEWERS) as viewers:
        many = viewers.map(lambda number: view(number, asked, doors, cookies, seconds), range(VIEWERS))
        answers = [answer for part in many for answer in part]
    publication.join()
    return answers


def publish() -> None:
    """A build of what people read, and the swap; its seconds are those of everybody else too."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "command_center", "transform"], capture_output=True, text=True, check=False
    )
    said = (done.stdout + done.stderr).strip().splitlines()[-1:]
    print(f"published in {time.monotonic() - began:.0f} s, exit {done.returncode}: {' '.join(said)}", flush=True)


def view(
    number: int,
    asked: Mapping[str, Sequence[Asked]],
    doors: Doors,
    cookies: Mapping[str, str],
    seconds: float,
) -> list[Answer]:
    """One viewer, who begins somewhere within the first half minute and loads the page again and again."""
    is_public = number % 2 == 0
    slug = PUBLIC if is_public else PAGES[number // 2 % (len(PAGES) - 1)]
    ends = time.monotonic() + seconds
    answers = []
    time.sleep(EVERY_S * number / VIEWERS)
    with httpx.Client(
        base_url=doors.public if is_public else doors.officials,
        cookies=None if is_public else dict(cookies),
        trust_env=False,
        timeout=60,
    ) as client:
        while (begun := time.monotonic()) < ends:
            answers += [ask(client, one, "public" if is_public else "officials") for one in asked[slug]]
            time.sleep(max(0.0, EVERY_S - (time.monotonic() - begun)))
    return answers


def ask(client: httpx.Client, asked: Asked, door: str) -> Answer:
    began = time.monotonic()
    try:
        answer = client.post(asked.address, content=asked.body, headers={"Content-Type": asked.kind})
    except httpx.HTTPError:
        return Answer(time.monotonic() - began, True, False, door)
    seconds = time.monotonic() - began
    is_error = answer.status_code != 200
    content = {} if is_error else answer.json()
    is_cold = not is_error and not all(one.get("is_cached") for one in content.get("result", [content]))
    return Answer(seconds, is_error, is_cold, door)


def of_answers(answers: Sequence[Answer], log: Path) -> str:
    told = Counter(
        line.split()[-1] for line in log.read_text("utf-8").splitlines() if any(chart in line for chart in CHARTS)
    )
    kept = sum(told[word] for word in ("HIT", "STALE", "UPDATING"))
    asked_public = sum(answer.door == "public" for answer in answers)
    from_database = [answer.seconds for answer in answers if answer.is_cold]
    parts = [
        of_times(door, [answer.seconds for answer in answers if answer.door == door])
        for door in ("public", "officials")
    ]
    errors = sum(answer.is_error for answer in answers)
    hits = 1 - len(from_database) / max(len(answers), 1)
    return (
        f"{VIEWERS} viewers: {'; '.join([of_times('all', [answer.seconds for answer in answers]), *parts])}; "
        f"cold (from the database) {of_times('', from_database)}; {hits:.1%} of the answers from a cache, "
        f"nginx kept {kept} of {asked_public} of the public's; {errors} errors"
    )


def of_times(name: str, seconds: Sequence[float]) -> str:
    if len(seconds) < 2:
        return f"{name} {len(seconds)} answers".strip()
    hundredths = statistics.quantiles(seconds, n=100)
    return (
        f"{name} {len(seconds)} answers, p50 {hundredths[49] * 1000:.0f} ms, p95 {hundredths[94] * 1000:.0f} ms".strip()
    )
