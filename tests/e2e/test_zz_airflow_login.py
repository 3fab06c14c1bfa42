"""Airflow's own API server limits wrong logins. The last of all, for nobody can log in for a minute after it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx


def test_wrong_logins_are_refused_after_twenty_and_a_right_one_then_too(city: Any) -> None:
    def log_in(password: str) -> int:
        sent = {"username": "admin", "password": password}
        return httpx.post(f"{city.airflow_url}/auth/token", json=sent, trust_env=False, timeout=60).status_code

    assert log_in(city.env["CC_AIRFLOW_ADMIN_PASSWORD"]) == 201
    with ThreadPoolExecutor(8) as many:
        answers = list(many.map(log_in, ["salah"] * 40))
    assert 15 < answers.count(401) <= 20 and answers.count(401) + answers.count(429) == 40
    assert log_in(city.env["CC_AIRFLOW_ADMIN_PASSWORD"]) == 429
    assert httpx.get(f"{city.airflow_url}/api/v2/monitor/health", trust_env=False, timeout=60).status_code == 200
