"""Reference data are put whole, and putting the same thing again changes nothing."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from contracts.refusal import Refusal
from infra.chassis.store.collection import Collection
from infra.chassis.store.unit import Unit

A = TypeVar("A")


@dataclass(frozen=True)
class Put(Generic[A]):
    """What is there now; ``created``: it was not there before."""

    aggregate: A
    created: bool


def check_version(unit: Unit, kind: Collection[Any], id: str, expected: int | None) -> None:
    """Refuse a change that was decided on another version than the present one."""
    present = unit.version(kind, id)
    if expected is not None and expected != present:
        raise Refusal(
            "precondition-failed",
            f"it is at version {present}, not {expected}: read it again and repeat the change",
            version=present,
        )
