"""`python health.py PART [NAME]`: exit 0 when Airflow says that this part of it is at work, else 1 and one sentence.

Scheduler, DAG processor and triggerer answer no requests themselves; their heartbeats are in the database, and the
api-server tells them. A worker is asked itself, through the queue that it takes its tasks from.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener


def main(part: str, *name: str) -> int:
    return worker(*name) if part == "worker" else told(part)


def told(part: str) -> int:
    url = os.environ.get("CC_AIRFLOW_HEALTH_URL", "http://127.0.0.1:8080/api/v2/monitor/health")
    try:
        with build_opener(ProxyHandler({})).open(url, timeout=8) as answer:
            state = json.load(answer)[part]["status"]
    except (URLError, OSError, ValueError, KeyError) as error:
        print(f"{url} did not tell the state of {part}: {error}")
        return 1
    print(f"{part}: {state}")
    return 0 if state == "healthy" else 1


def worker(name: str = f"celery@{socket.gethostname()}") -> int:
    from celery import Celery  # type: ignore[import-untyped] # noqa: PLC0415 - the other parts need it not

    queue = Celery(broker=os.environ["AIRFLOW__CELERY__BROKER_URL"])
    try:
        answers = queue.control.ping(destination=[name], timeout=10, limit=1)
    except Exception as error:  # noqa: BLE001 - of the network, the queue and its client alike
        print(f"the queue of {name} cannot be reached: {error}")
        return 1
    print(f"{name}: {'at work' if answers else 'no answer'}")
    return 0 if answers else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
