"""Superset's answers in a folder of files: what a full folder costs."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from command_center.paths import ROOT

LIMIT, MORE = 40, 15
# Keeps so many answers that the folder is full, then more, and counts how many files are read for these.
FILLING = f"""
import json, sys
from {{module}} import {{name}} as Cache
cache = Cache(sys.argv[1], threshold={LIMIT}, default_timeout=1000)
for number in range({LIMIT}):
    cache.set(f"old {{{{number}}}}", number, timeout=500 + number)
read, opened = [], cache._safe_stream_open
cache._safe_stream_open = lambda path, *rest: read.append(path) or opened(path, *rest)
for number in range({MORE}):
    cache.set(f"new {{{{number}}}}", number)
looked = [path for path in read if not cache._is_mgmt(path.rpartition("/")[2])]
new = [cache.get(f"new {{{{number}}}}") for number in range({MORE})]
old = [number for number in range({LIMIT}) if cache.has(f"old {{{{number}}}}")]
print(json.dumps([len(looked), new, old]))
"""


def filled(tmp_path: Path, module: str, name: str) -> tuple[int, list[int | None], list[int]]:
    folder = tmp_path / name
    script = FILLING.format(module=module, name=name)
    python = str(ROOT / ".venv-superset/bin/python")
    env = {"PYTHONPATH": str(ROOT / "docker" / "superset")}
    done = subprocess.run([python, "-c", script, str(folder)], env=env, capture_output=True, text=True, check=True)
    looked, new, old = json.loads(done.stdout)
    return looked, new, old


def test_a_full_folder_is_read_once_for_many_answers_and_forgets_the_oldest(tmp_path: Path) -> None:
    looked, new, old = filled(tmp_path, "file_cache", "RoomyFileCache")
    assert new == list(range(MORE))
    assert len(old) < LIMIT
    assert old == list(range(LIMIT - len(old), LIMIT))
    plain, *_ = filled(tmp_path, "flask_caching.backends.filesystemcache", "FileSystemCache")
    assert looked * 5 < plain
