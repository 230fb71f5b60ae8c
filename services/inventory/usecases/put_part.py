"""Write down a kind of spare part, new or known."""

from dataclasses import dataclass

from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.part import Part
from services.inventory.store.parts import Parts


@dataclass(frozen=True)
class PutPart:
    part: Part

    def loads(self) -> Loads:
        return (Ref(Parts, self.part.id),)

    def decide(self, unit: Unit) -> Part:
        if unit.get(Parts, self.part.id) != self.part:
            unit.put(Parts, self.part)
        return self.part
