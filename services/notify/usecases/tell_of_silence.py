"""Ask after a technician who works alone and is not heard of."""

from dataclasses import dataclass

from contracts.dispatch.events import SignOfLifeMissed
from infra.chassis.store.collection import Loads, Where
from infra.chassis.store.unit import Unit
from services.notify.domain.delivery import Origin
from services.notify.domain.lone_work import about_silence
from services.notify.domain.staff import StaffRole, on_duty
from services.notify.domain.timing import USUAL, Timing
from services.notify.store.staff import Staff
from services.notify.usecases.queue_message import queue


@dataclass(frozen=True)
class TellOfSilence:
    event: SignOfLifeMissed
    origin: Origin
    timing: Timing = USUAL

    def loads(self) -> Loads:
        return (Where(Staff, "role", StaffRole.DISPATCHER),)

    def decide(self, unit: Unit) -> None:
        there = on_duty(unit.where(Staff, "role", StaffRole.DISPATCHER))
        for message in about_silence(self.event, there):
            queue(unit, self.origin, message, self.timing)
