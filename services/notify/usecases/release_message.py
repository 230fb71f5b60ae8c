"""Let a message go that no later one has overtaken."""

from dataclasses import dataclass

from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.deliveries import AT_ONCE
from infra.chassis.store.unit import Unit
from services.notify.store.deliveries import Deliveries


@dataclass(frozen=True)
class ReleaseMessage:
    """The timer of a message about a plan: the plan has rested long enough to be told."""

    id: str

    def loads(self) -> Loads:
        return (Ref(Deliveries, self.id),)

    def decide(self, unit: Unit) -> None:
        delivery = unit.get(Deliveries, self.id)
        if delivery is None or delivery.settles_at is None or delivery.settles_at > unit.now:
            return
        unit.save(Deliveries, delivery.settled(AT_ONCE))
