"""An error that one process names is the same class in another."""

from __future__ import annotations

import pytest
from command_center import errors
from command_center.errors import CLASSES, BatchHeld, CommandCenterError, PayloadError, ServiceError, SourceUnavailable
from command_center.extract.listing import Gone
from command_center.local.run import kind_of_failure


@pytest.mark.parametrize("name", CLASSES)
def test_every_error_is_found_by_its_name(name: str) -> None:
    kind = errors.class_named(name)
    assert kind is getattr(errors, name)
    assert errors.name_for(kind("-")) == name


def test_every_class_of_the_file_is_registered() -> None:
    own = {kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, CommandCenterError)}
    assert set(CLASSES.values()) == own and len(own) > 10


def test_an_unknown_name_is_refused_and_not_taken_for_another() -> None:
    with pytest.raises(LookupError, match="'FileError' is no error of this project"):
        errors.class_named("FileError")


def test_a_class_of_a_wing_goes_by_the_one_above_it() -> None:
    assert errors.name_for(Gone("-")) == SourceUnavailable.__name__


@pytest.mark.parametrize(
    ("name", "dag_id", "kind"),
    [
        ("PayloadError", "ingest_bmkg_gempa", PayloadError),
        ("AirflowFailException", "ingest_bmkg_gempa", BatchHeld),
        ("OperationalError", "transform", ServiceError),
    ],
    ids=["our own", "Airflow's, of an intake", "somebody else's"],
)
def test_a_failed_run_keeps_our_own_class(name: str, dag_id: str, kind: type[CommandCenterError]) -> None:
    assert kind_of_failure(name, dag_id) is kind
