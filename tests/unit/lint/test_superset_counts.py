"""What Superset's workers count, together and over their ends."""

from __future__ import annotations

import sys
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from command_center.paths import ROOT
from prometheus_client.parser import text_string_to_metric_families

SUPERSET = ROOT / "docker" / "superset"


@pytest.fixture(autouse=True)
def _as_superset_finds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(SUPERSET))


def counts_in(folder: Path) -> Any:
    sys.path.insert(0, str(SUPERSET))
    from counts import Counts, labelled

    slots = [
        labelled("asked_total", what="a"),
        labelled("asked_total", what="b"),
        labelled("seconds_bucket", le="+Inf"),
    ]
    return Counts(folder, slots, {"asked_total": "Asked", "seconds": "Took"})


def work(folder: Path, times: int) -> None:
    counts = counts_in(folder)
    for _ in range(times):
        counts.add(("asked_total", (("what", "a"),)))


def test_workers_count_together_and_the_next_one_goes_on(tmp_path: Path) -> None:
    spawned = get_context("spawn")
    folder = tmp_path / "counts"
    for _ in range(2):
        workers = [spawned.Process(target=work, args=(folder, 1000)) for _ in range(3)]
        for one in workers:
            one.start()
        for one in workers:
            one.join()
    counts = counts_in(folder)
    counts.add(("asked_total", (("what", "b"),)), 2.5)
    assert counts.totals() == [6000, 2.5, 0]
    assert len(list(folder.iterdir())) <= 3, "a worker takes over what one left that has ended"


def test_two_at_once_never_hold_one_file(tmp_path: Path) -> None:
    first, second = counts_in(tmp_path), counts_in(tmp_path)
    first.add(("asked_total", (("what", "a"),)))
    second.add(("asked_total", (("what", "a"),)))
    assert len(list(tmp_path.iterdir())) == 2 and first.totals() == second.totals() == [2, 0, 0]


def test_it_reads_as_prometheus_reads_it(tmp_path: Path) -> None:
    counts = counts_in(tmp_path)
    counts.add(("asked_total", (("what", "b"),)), 3)
    families = {one.name: one for one in text_string_to_metric_families(counts.exposition())}
    assert families["asked"].type == "counter" and families["seconds"].type == "histogram"
    assert {one.labels["what"]: one.value for one in families["asked"].samples} == {"a": 0, "b": 3}


def test_a_folder_that_cannot_be_written_fails_no_request(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    counts = counts_in(tmp_path / "file" / "counts")
    for _ in range(2):
        counts.add(("asked_total", (("what", "a"),)))
    assert counts.totals() == [0, 0, 0] and caplog.text.count("Requests are not counted") == 1
