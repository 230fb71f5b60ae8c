"""A command on the version that the caller has seen."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Collection, Loads
from infra.chassis.store.unit import Unit, UseCase

R = TypeVar("R")


@dataclass(frozen=True)
class IfUnchanged(Generic[R]):
    """The use case, refused (412) where the aggregate is not at one of the versions expected.

    What the use case itself refuses comes first: an aggregate that is not the caller's does not exist.
    """

    case: UseCase[R]
    kind: Collection[Any]
    id: str
    expected: Expected

    def loads(self) -> Loads:
        return self.case.loads()

    def decide(self, unit: Unit) -> R:
        result = self.case.decide(unit)
        check_version(unit.version(self.kind, self.id), self.expected)
        return result
