"""Reference data are put whole, and putting the same thing again changes nothing."""

from typing import Any, TypeVar

from contracts.refusal import Refusal
from contracts.text import Text
from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Collection
from infra.chassis.store.unit import Unit

A = TypeVar("A")


def put(unit: Unit, kind: Collection[A], aggregate: A, *, expected: Expected) -> bool:
    """Create or replace; True when it is new. ``expected``: the versions the caller knows."""
    id: str = _id(aggregate)
    before = unit.get(kind, id)
    check_version(unit.version(kind, id), expected)
    if before != aggregate:
        unit.put(kind, aggregate)
    return before is None


def check_owner(kind: str, before: str, after: str) -> None:
    """What belongs to one customer never becomes another's."""
    if before != after:
        raise Refusal(
            "conflict",
            Text(
                f"This {kind} belongs to another customer: make a new one, with an id of its own.",
                "Cet identifiant appartient à un autre client : créez-en un nouveau.",
            ),
            kind=kind,
        )


def _id(aggregate: Any) -> str:
    id: str = aggregate.id
    return id
