"""Tell the dispatchers on duty what the machine does not decide."""

from dataclasses import dataclass

from infra.chassis.store.collection import Loads, Where
from infra.chassis.store.unit import Unit
from services.notify.domain.alert import Alarming, alerts
from services.notify.domain.delivery import Origin
from services.notify.domain.staff import StaffRole, on_duty
from services.notify.domain.timing import USUAL, Timing
from services.notify.store.staff import Staff
from services.notify.usecases.queue_message import queue


@dataclass(frozen=True)
class AlertDispatchers:
    event: Alarming
    origin: Origin
    timing: Timing = USUAL

    def loads(self) -> Loads:
        return (Where(Staff, "role", StaffRole.DISPATCHER),)

    def decide(self, unit: Unit) -> None:
        there = on_duty(unit.where(Staff, "role", StaffRole.DISPATCHER))
        for message in alerts(self.event, there):
            queue(unit, self.origin, message, self.timing)
