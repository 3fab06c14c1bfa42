"""Where the report's letters are: HK Grotesk (SIL Open Font License) comes inside a package that is locked anyway."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from command_center.errors import DeliveryError


def font_folder() -> Path:
    """No font is stored here. Raises DeliveryError when the package that holds it is missing or has lost it."""
    package = find_spec("great_expectations")
    if package is None or package.origin is None:
        raise DeliveryError("The package great-expectations, which holds the report's font, is not installed.")
    folder = Path(package.origin).parent / "render" / "view" / "static" / "fonts" / "HKGrotesk"
    if not (folder / "HKGrotesk-Regular.otf").exists():
        raise DeliveryError(
            "The font HK Grotesk is not in the installed great-expectations; install from the lock file."
        )
    return folder
