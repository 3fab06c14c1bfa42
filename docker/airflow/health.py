"""`python health.py PART`: exit 0 when Airflow says that this part of it is at work, else 1 and one sentence.

Scheduler, DAG processor and triggerer answer no requests themselves; their heartbeats are in the database, and the
api-server tells them.
"""

from __future__ import annotations

import json
import os
import sys
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener


def main(part: str) -> int:
    url = os.environ.get("CC_AIRFLOW_HEALTH_URL", "http://127.0.0.1:8080/api/v2/monitor/health")
    try:
        with build_opener(ProxyHandler({})).open(url, timeout=8) as answer:
            state = json.load(answer)[part]["status"]
    except (URLError, OSError, ValueError, KeyError) as error:
        print(f"{url} did not tell the state of {part}: {error}")
        return 1
    print(f"{part}: {state}")
    return 0 if state == "healthy" else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
