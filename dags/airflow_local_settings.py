"""Read by every Airflow process when it starts.

A task is a fork of a worker, and the worker of the scheduler (or of Celery): what is imported there is there already in
every task. Great Expectations alone takes longer to import than most batches take to load.
"""

from __future__ import annotations

import os
import sys

if {"scheduler", "worker"} & set(sys.argv):
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations  # noqa: F401
