"""Tell the technician and the requester what a fact about a visit changes for them."""

from dataclasses import dataclass
from datetime import datetime

from contracts.dispatch.events import VisitFact
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.notify.domain.delivery import Origin
from services.notify.domain.notice import Notice
from services.notify.store.notices import Notices
from services.notify.usecases.queue_message import queue


@dataclass(frozen=True)
class TellOfVisit:
    event: VisitFact
    origin: Origin
    occurred_at: datetime

    def loads(self) -> Loads:
        return (Ref(Notices, self.event.visit_id),)

    def decide(self, unit: Unit) -> None:
        before = unit.get(Notices, self.event.visit_id)
        notice, messages = (before or Notice(self.event.visit_id)).learn(
            self.event, self.occurred_at, unit.now
        )
        for message in messages:
            queue(unit, self.origin, message)
        if before is None:
            if messages:
                unit.add(Notices, notice)
        elif notice != before:
            unit.save(Notices, notice)
