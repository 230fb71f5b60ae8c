"""Tell a contract's managers that a promise is at risk, broken, or kept after all."""

from dataclasses import dataclass

from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.notify.domain.clock_notice import ClockNotice, Telling, notice_id, to_managers
from services.notify.domain.delivery import Origin
from services.notify.domain.timing import USUAL, Timing
from services.notify.store.clock_notices import ClockNotices
from services.notify.store.copies import Contracts
from services.notify.usecases.managers import managers_of
from services.notify.usecases.queue_message import queue


@dataclass(frozen=True)
class TellManagers:
    """A manager is somebody of the firm's own: a subject that is nobody's of its staff is told nothing."""

    event: Telling
    origin: Origin
    timing: Timing = USUAL

    def loads(self) -> Loads:
        return (Ref(Contracts, self.event.contract_id), Ref(ClockNotices, notice_id(self.event)))

    def decide(self, unit: Unit) -> None:
        managers = managers_of(unit, self.event.contract_id)
        if not managers:
            return
        id = notice_id(self.event)
        before = unit.get(ClockNotices, id)
        notice, kind = (before or ClockNotice(id)).learn(self.event, unit.now)
        if kind is None:
            return
        for message in to_managers(kind, self.event, managers):
            queue(unit, self.origin, message, self.timing)
        unit.put(ClockNotices, notice)
