"""Every declared source is disturbed while it is loaded; after the retry everything is as if nothing had happened.

What is done, and at which moment, is chosen at random, the same in every run; CHAOS_SEED chooses anew. Moments are reached by
waiting for them, so no test depends on how fast the machine is. `make chaos` does more of it, over the whole path.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from typing import Any

import pytest
from command_center.declaration.registry import get_source, source_names
from command_center.operate.maintain import verify_all
from command_center.settings import settings

from tests.conftest import Cluster
from tests.integration.conftest import NOW, empty
from tests.support.chaos.agencies import agencies
from tests.support.chaos.children import children
from tests.support.chaos.moments import OF_INTAKE, OUTSIDE
from tests.support.chaos.state import State, differences, leftovers, state_of
from tests.support.chaos.world import World

SEED = os.environ.get("CHAOS_SEED", "1")
WINDOW = ["2026-11-21T00:00:00+07:00", "2026-11-22T00:00:00+07:00"]
PARTS = (1, 1, 2)  # of each source, by chance: what holds of two holds of a hundred


@pytest.fixture(scope="module")
def world(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("exactly_once")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DEMO_NOW", NOW)
        patch.setenv("CC_LANDING_URL", (folder / "landing").as_uri())
        settings.cache_clear()
        with agencies(folder) as city:
            for name, value in city.environment.items():
                patch.setenv(name, value)
            with children(folder / "jobs") as begun:
                world = World(folder, begun)
                yield world
                forget(world)
    settings.cache_clear()


def forget(world: World) -> None:
    with world.connect() as connection:
        empty(connection)
    world.forget_archive()


def state(world: World, source: str) -> State:
    with world.connect() as connection:
        return state_of(connection, get_source(source))


def some_moment(chance: random.Random, done: dict[str, Any], steps: list[str]) -> list[object]:
    """One of the moments of a step that an undisturbed run went through."""
    step = chance.choice([step for step in steps if step in done["moments"]])
    return [step, chance.randrange(done["moments"][step])]


@pytest.mark.parametrize("source", source_names())
def test_whatever_happens_to_a_load_every_row_arrives_exactly_once(world: World, source: str) -> None:
    """Killed at some moment, then begun twice at once or cut off from its server; a source that answers for windows is asked for
    one, by two backfills at once."""
    chance = random.Random(f"{SEED} {source}")
    is_backfilled, since = get_source(source).takes_windows, get_source(source).extract.since
    asked: dict[str, Any] = {"source": source, "parts": chance.choice(PARTS)}
    asked |= {"window": WINDOW} if is_backfilled else {}
    forget(world)
    done = world.settle("ingest", asked, again=since is not None)
    expected = state(world, source)
    assert expected["ops.batch"], done
    forget(world)
    assert world.kill_at("ingest", some_moment(chance, done, OF_INTAKE), asked)
    at = some_moment(chance, done, [*OF_INTAKE, OUTSIDE])
    if is_backfilled or chance.random() < 0.4:
        world.twice_at_once("ingest", at, asked)
    else:
        world.cut_off_at("ingest", at, chance.choice([world.crash, world.end_sessions]), asked)
    world.settle("ingest", asked, again=since is not None)
    assert differences(expected, state(world, source)) == []
    with world.connect() as connection:
        assert leftovers(connection) == []
    assert list(world.folder.rglob("*.part")) == [], "half an object in the archive"
    assert "as they were published" in verify_all()
