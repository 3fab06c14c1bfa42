"""Every system of the city, found in the folder `agencies`."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from demo_city.office import Office


@cache
def offices() -> dict[str, tuple[Office, ...]]:
    """Every system by its agency, found in the folder `agencies`."""
    from demo_city import agencies

    modules = (import_module(f"{agencies.__name__}.{found.name}") for found in pkgutil.iter_modules(agencies.__path__))
    found: dict[str, tuple[Office, ...]] = {}
    for office in (module.OFFICE for module in modules if hasattr(module, "OFFICE")):
        found[office.agency] = (*found.get(office.agency, ()), office)
    return found


def answered() -> frozenset[str]:
    """The declared sources that an agency's module stands for."""
    return frozenset(key for group in offices().values() for office in group for key in office.sources)
