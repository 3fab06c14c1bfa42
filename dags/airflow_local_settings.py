"""Read by every Airflow process when it starts.

Importing costs a task more than its work: half a second of the sources' package and its libraries, seconds of Great
Expectations. Tasks are forked from the scheduler (LocalExecutor) or from a Celery worker, and readings of DAG files from the
DAG processor, so what these have imported before is there at once in each of theirs.

What is imported stays. Looking through it for garbage, again and again while it grows, takes a fifth of a start, and a second
of an end.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
import time
from importlib import import_module
from pathlib import Path

__all__: tuple[str, ...] = ()

OWN = "command_center"
OF_EVERY_DAG = (f"{OWN}.dag_parts", f"{OWN}.settings:settings")
OF_TASKS = (
    "great_expectations",
    "dbt.cli.main",
    "dbt.adapters.postgres",
    f"{OWN}.intake.ingest",
    f"{OWN}.intake.publication",
    f"{OWN}.extract.sftp",
    f"{OWN}.extract.http:trusted",
)
IMPORTED_BEFORE = {
    "scheduler": OF_EVERY_DAG + OF_TASKS,
    "celery": OF_EVERY_DAG + OF_TASKS,
    "dag-processor": OF_EVERY_DAG,
}

gc.set_threshold(100_000, 20, 50)
atexit.register(gc.freeze)


def _prepare(name: str) -> None:
    """Import a module; of `module:function`, call that too, for what it keeps."""
    module, _, function = name.partition(":")
    found = import_module(module)
    if function:
        getattr(found, function)()


def _own_files() -> dict[str, int]:
    """When each file of the package that is imported was written, in nanoseconds."""
    files = (module.__file__ for name, module in sys.modules.items() if name.partition(".")[0] == OWN)
    return {file: Path(file).stat().st_mtime_ns for file in files if file}


def _is_edited() -> bool:
    """Whether a file is another than the one that was imported; of what was imported later, whether it was written later."""
    try:
        return any(at != _imported[file] if file in _imported else at > _began for file, at in _own_files().items())
    except OSError:
        return True


def _forget_what_was_edited() -> None:
    """In a forked process: after an edit all of the package is imported anew, as it would be without this file."""
    if _is_edited():
        for name in [name for name in sys.modules if name.partition(".")[0] == OWN]:
            del sys.modules[name]


if _names := IMPORTED_BEFORE.get("".join(sys.argv[1:2])):
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    _began = time.time_ns()
    for _name in _names:
        try:
            _prepare(_name)
        except Exception as _error:  # noqa: BLE001 - what cannot be prepared fails what needs it, not every DAG
            print(f"{_name} could not be prepared before it is needed: {_error!r}", file=sys.stderr)
    _imported = _own_files()
    os.register_at_fork(after_in_child=_forget_what_was_edited)
