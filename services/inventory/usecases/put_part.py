"""Write down a kind of spare part, new or known."""

from dataclasses import dataclass

from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.part import Part
from services.inventory.store.parts import Parts


@dataclass(frozen=True)
class PutPart:
    part: Part
    expected: Expected = None

    def loads(self) -> Loads:
        return (Ref(Parts, self.part.id),)

    def decide(self, unit: Unit) -> bool:
        """Whether it is new."""
        present = unit.get(Parts, self.part.id)
        check_version(unit.version(Parts, self.part.id), self.expected)
        if present != self.part:
            unit.put(Parts, self.part)
        return present is None
