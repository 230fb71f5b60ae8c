"""Tell who runs a major incident."""

from dataclasses import dataclass

from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.notify.domain.delivery import Origin
from services.notify.domain.message import Message
from services.notify.domain.timing import USUAL, Timing
from services.notify.store.staff import Staff
from services.notify.usecases.queue_message import queue


@dataclass(frozen=True)
class TellLead:
    """A subject that is nobody's of the firm's staff is told nothing."""

    origin: Origin
    message: Message
    timing: Timing = USUAL

    def loads(self) -> Loads:
        return (Ref(Staff, self.message.recipient.id),)

    def decide(self, unit: Unit) -> None:
        if unit.get(Staff, self.message.recipient.id) is not None:
            queue(unit, self.origin, self.message, self.timing)
