"""A command on the version that the caller has seen."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from contracts.refusal import NotFound, Refusal
from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Collection, Loads
from infra.chassis.store.unit import Unit, UseCase

R = TypeVar("R")


@dataclass(frozen=True)
class IfUnchanged(Generic[R]):
    """The use case, refused (412) where the aggregate is not at one of the versions expected.

    That an aggregate does not exist for the caller comes first, every other refusal afterwards: it is
    about a state that he has not seen.
    """

    case: UseCase[R]
    kind: Collection[Any]
    id: str
    expected: Expected

    def loads(self) -> Loads:
        return self.case.loads()

    def decide(self, unit: Unit) -> R:
        try:
            result = self.case.decide(unit)
        except NotFound:
            raise
        except Refusal:
            check_version(unit.version(self.kind, self.id), self.expected)
            raise
        check_version(unit.version(self.kind, self.id), self.expected)
        return result
