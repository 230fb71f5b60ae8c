"""Record how an attempt to send a message ended."""

from dataclasses import dataclass

from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.deliveries import Outcome
from infra.chassis.store.unit import Unit
from services.notify.store.deliveries import Deliveries


@dataclass(frozen=True)
class SettleDelivery:
    """Changes nothing when the lease has meanwhile gone to another worker, who will settle it."""

    id: str
    outcome: Outcome

    def loads(self) -> Loads:
        return (Ref(Deliveries, self.id),)

    def decide(self, unit: Unit) -> None:
        delivery = unit.get(Deliveries, self.id)
        if delivery is None or not delivery.held_by(self.outcome.owner):
            return
        if self.outcome.reason is None:
            after, sent = delivery.sent(unit.now)
            unit.save(Deliveries, after, sent)
        elif self.outcome.retry_at is not None:
            unit.save(Deliveries, delivery.postponed(self.outcome.reason, self.outcome.retry_at))
        else:
            after, failed = delivery.failed(self.outcome.reason)
            unit.save(Deliveries, after, failed)
