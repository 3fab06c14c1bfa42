"""Read by every Airflow process when it starts.

Great Expectations takes seconds to import. Tasks are forked from the scheduler (LocalExecutor) or from a Celery worker, so what
these have imported before is there at once in each of their tasks.
"""

from __future__ import annotations

import os
import sys

__all__: tuple[str, ...] = ()

if {"scheduler", "celery"} & set(sys.argv[1:2]):
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations  # noqa: F401
