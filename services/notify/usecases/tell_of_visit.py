"""Tell the technician and the requester what a fact about a visit changes for them."""

from dataclasses import dataclass, replace
from datetime import datetime

from contracts.dispatch.events import VisitFact
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.notify.domain.delivery import Delivery, Origin
from services.notify.domain.notice import Notice, overtakes
from services.notify.domain.timing import USUAL, Timing
from services.notify.store.deliveries import Deliveries
from services.notify.store.notices import Notices
from services.notify.usecases.queue_message import queue
from services.notify.usecases.tell_by_sms import tell_by_sms
from services.notify.usecases.tell_by_voice import tell_by_voice


@dataclass(frozen=True)
class TellOfVisit:
    event: VisitFact
    origin: Origin
    occurred_at: datetime
    timing: Timing = USUAL

    def loads(self) -> Loads:
        return (Ref(Notices, self.event.visit_id),)

    def decide(self, unit: Unit) -> None:
        before = unit.get(Notices, self.event.visit_id)
        known, settling = self._known(unit, before or Notice(self.event.visit_id))
        after, messages = known.learn(self.event, self.occurred_at, unit.now)
        kept: list[str] = []
        for message in messages:
            replaced = next((each for each in settling if each.message.recipient == message.recipient), None)
            if replaced is not None and replaced.message == message:
                settling.remove(replaced)
                delivery: Delivery | None = replaced
            else:
                delivery = queue(unit, self.origin, message, self.timing, instead_of=replaced)
            if delivery is not None and delivery.settling:
                after = after.untold(message, known)
                kept.append(delivery.id)
        for each in settling:
            if overtakes(self.event, each.message):
                unit.save(Deliveries, each.overtaken())
            else:
                kept.append(each.id)
        if self.timing.sms:
            sms = tell_by_sms(unit, self.event, self.origin, known, messages)
            after = replace(after, sms=sms if after.technician_id is not None else None)
        if self.timing.voice:
            call = tell_by_voice(unit, self.event, self.origin, known, messages)
            after = replace(after, call=call if after.technician_id is not None else None)
        after = replace(after, settling=tuple(kept))
        if before is None:
            if messages:
                unit.add(Notices, after)
        elif after != before:
            unit.save(Notices, after)

    def _known(self, unit: Unit, notice: Notice) -> tuple[Notice, list[Delivery]]:
        """What people know by now, and the messages that have not been let go."""
        settling: list[Delivery] = []
        for id in notice.settling:
            delivery = unit.get(Deliveries, id)
            if delivery is None:
                continue
            if delivery.settling:
                settling.append(delivery)
            else:
                notice = notice.told(delivery.message)
        return replace(notice, settling=()), settling
