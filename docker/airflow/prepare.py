"""Bring Airflow's metadata database up to date and let its administrator log in; may run at any time."""

from __future__ import annotations

import os
import subprocess
import sys

from airflow.configuration import conf
from airflow.models.pool import Pool
from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder

ADMIN = "admin"
AHEAD = 2  # tasks that wait in the executor, where they are begun in the order of their coming, whatever their priority


def main() -> None:
    subprocess.run([sys.executable, "-m", "airflow", "db", "migrate"], check=True)
    fit_default_pool()
    ensure_administrator(os.environ["CC_AIRFLOW_ADMIN_PASSWORD"])


def fit_default_pool() -> None:
    """As many slots as tasks can run at once, and few more: the others wait where the most urgent is chosen."""
    slots = conf.getint("core", "parallelism") + AHEAD
    Pool.create_or_update_pool(
        Pool.DEFAULT_POOL_NAME, slots=slots, description="As AIRFLOW__CORE__PARALLELISM says", include_deferred=False
    )


def ensure_administrator(password: str) -> None:
    """In this process, because a password on a command line can be read by every other one."""
    with get_application_builder() as builder:
        manager = builder.sm
        manager.sync_roles()
        user = manager.find_user(username=ADMIN)
        if user is None:
            role = manager.find_role("Admin")
            user = manager.add_user(ADMIN, "Administrator", "Airflow", "admin@padang.invalid", role, password)
        elif not manager.reset_password(user.id, password):
            raise SystemExit(f"The password of {ADMIN} could not be set in Airflow's database.")
        if not user:
            raise SystemExit(f"The account {ADMIN} could not be made in Airflow's database.")
    print(f"Airflow's account {ADMIN} is ready.")


if __name__ == "__main__":
    main()
