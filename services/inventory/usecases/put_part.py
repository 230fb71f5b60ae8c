"""Write down a kind of spare part, new or known."""

from dataclasses import dataclass

from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.part import Part
from services.inventory.store.parts import Parts
from services.inventory.usecases.putting import Put, check_version


@dataclass(frozen=True)
class PutPart:
    part: Part
    expected: int | None = None

    def loads(self) -> Loads:
        return (Ref(Parts, self.part.id),)

    def decide(self, unit: Unit) -> Put[Part]:
        """The part as it is now."""
        present = unit.get(Parts, self.part.id)
        check_version(unit, Parts, self.part.id, self.expected)
        if present != self.part:
            unit.put(Parts, self.part)
        return Put(self.part, created=present is None)
