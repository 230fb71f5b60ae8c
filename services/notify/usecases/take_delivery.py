"""Take a message to send it, before anything is sent."""

from dataclasses import dataclass

from contracts.notify.events import MessageChannel
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.deliveries import MAX_ATTEMPTS, Lease
from infra.chassis.store.unit import Unit
from services.notify.domain.delivery import Delivery
from services.notify.domain.push import is_stale
from services.notify.store.deliveries import Deliveries


@dataclass(frozen=True)
class TakeDelivery:
    """Gives the delivery as taken, or None when it is another worker's, or settled.

    What waited longer for a push service than it may be shown is not sent any more, nor is
    anybody called too late. A delivery whose attempts were used up without an outcome (each ended with
    its process) fails.
    """

    id: str
    lease: Lease

    def loads(self) -> Loads:
        return (Ref(Deliveries, self.id),)

    def decide(self, unit: Unit) -> Delivery | None:
        delivery = unit.get(Deliveries, self.id)
        if delivery is None or not delivery.to_be_taken(self.lease.taken_at):
            return None
        stale = delivery.channel is MessageChannel.PUSH and is_stale(delivery, unit.now)
        if stale or (delivery.channel is MessageChannel.VOICE and delivery.is_late(unit.now)):
            unit.save(Deliveries, delivery.overtaken())
            return None
        if delivery.attempts >= MAX_ATTEMPTS:
            after, fact = delivery.failed("every attempt was cut short")
            unit.save(Deliveries, after, fact)
            return None
        taken = delivery.taken(self.lease.owner, self.lease.until)
        unit.save(Deliveries, taken)
        return taken
