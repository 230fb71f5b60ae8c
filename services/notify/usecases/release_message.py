"""Let a message go that no later one has overtaken, or the digest that it waited for."""

from dataclasses import dataclass

from contracts.notify.events import MessageChannel
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.notify.domain.timing import USUAL, Timing
from services.notify.store.deliveries import Deliveries
from services.notify.usecases.end_quiet import end_quiet
from services.notify.usecases.queue_message import first_attempt, queue_with_mail
from services.notify.usecases.send_digest import send_digest


@dataclass(frozen=True)
class ReleaseMessage:
    """The timer of a message that waits: its plan has rested long enough, it is time for the digest, quiet
    hours are over, or a technician has still not answered."""

    id: str
    timing: Timing = USUAL

    def loads(self) -> Loads:
        return (Ref(Deliveries, self.id),)

    def decide(self, unit: Unit) -> None:
        delivery = unit.get(Deliveries, self.id)
        if delivery is None or delivery.settles_at is None or delivery.settles_at > unit.now:
            return
        if delivery.hushed:
            end_quiet(unit, delivery, self.timing)
            return
        if delivery.digest_for is not None:
            send_digest(unit, delivery)
            return
        if delivery.is_late(unit.now):
            unit.save(Deliveries, delivery.overtaken())
            return
        unit.save(Deliveries, delivery.settled(first_attempt(delivery.message)))
        if delivery.channel is MessageChannel.MAIL:
            queue_with_mail(unit, delivery.origin, delivery.message, self.timing)
