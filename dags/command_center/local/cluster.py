"""A PostgreSQL cluster for a while: for tests, the bench and conformance runs."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from command_center.local import environment, postgres
from command_center.local.processes import Processes
from command_center.settings import settings
from command_center.warehouse.bootstrap import bootstrap


@contextmanager
def temporary_var() -> Iterator[Path]:
    """A var folder below the system's folder for temporary files, which the database's account can reach."""
    base = Path(tempfile.mkdtemp(prefix="padang-"))
    base.chmod(0o711)
    try:
        yield base / "var"
    finally:
        postgres.remove_relocated(base / "var")
        shutil.rmtree(base)


@contextmanager
def temporary_cluster() -> Iterator[dict[str, str]]:
    """A running, bootstrapped cluster; settings() of this process point to it. Yields its environment."""
    before = dict(os.environ)
    with temporary_var() as var:
        environment.make_folders(var)
        ports = environment.choose_ports(var)
        values = environment.make_environment(var, {}, ports)
        place = postgres.place_cluster(var)
        postgres.initialise(place, values["CC_PASSWORD_ADMIN"])
        processes = Processes(var, var / "log")
        try:
            processes.start(postgres.server_command(place, ports.postgres, var / "log" / "postgresql.log"))
            environment.use_environment(values)
            admin = environment.database_url("cc_admin", values["CC_PASSWORD_ADMIN"], ports.postgres, "postgres")
            postgres.wait_for_login(f"postgresql://{admin}", 60)
            bootstrap(settings())
            yield values
        finally:
            processes.end()
            os.environ.clear()
            os.environ.update(before)
            settings.cache_clear()
