"""Call a technician who has to get up, and take his answer."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from contracts.dispatch.events import TechnicianDispatched, VisitFact
from contracts.notify.events import MessageChannel
from contracts.refusal import NotFound, Refusal
from contracts.text import Text
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.notify.domain.delivery import CallAnswer, Delivery, Origin, delivery_id
from services.notify.domain.message import Message, MessageKind
from services.notify.domain.notice import Notice
from services.notify.domain.sms import takes_back_sms
from services.notify.domain.voice import called_again_at, is_called
from services.notify.store.deliveries import Deliveries
from services.notify.store.notices import Notices
from services.notify.usecases.queue_message import first_attempt, hush_of, person_for, zone_of


def tell_by_voice(
    unit: Unit, event: VisitFact, origin: Origin, known: Notice, messages: Iterable[Message]
) -> str | None:
    """The id of the last call about the visit to the technician in charge."""
    last = unit.get(Deliveries, known.call) if known.call is not None else None
    if last is not None and last.origin != origin and takes_back_sms(event, known.technician_id):
        if last.can_be_withdrawn:
            unit.save(Deliveries, last.overtaken())
        last = None
    if isinstance(event, TechnicianDispatched):
        for message in messages:
            leads = message.recipient.id == event.technician_id
            told_to_go = leads and message.kind is MessageKind.TECHNICIAN_DISPATCHED
            if told_to_go and is_called(event, unit.now, zone_of(unit, message)):
                last = queue_call(unit, origin, message, 1, unit.now) or last
    return last.id if last is not None else None


def queue_call(unit: Unit, origin: Origin, message: Message, call: int, at: datetime) -> Delivery | None:
    """The ``call``-th about it, ``at``, unless this event already did; None: he has no telephone."""
    id = delivery_id(origin.event, message, MessageChannel.VOICE, str(call))
    if (present := unit.get(Deliveries, id)) is not None:
        return present
    person = person_for(unit, message.recipient)
    if person is None or person.phone is None:
        return None
    hush = hush_of(unit, message, at)
    delivery = Delivery(
        id=id,
        message=message,
        origin=origin,
        queued_at=unit.now,
        channel=MessageChannel.VOICE,
        attempt_at=first_attempt(message),
        disturbs=hush.disturbs if hush else None,
        call=call,
    )
    delivery = delivery if at <= unit.now else delivery.not_before(at)
    unit.add(Deliveries, delivery)
    return delivery


@dataclass(frozen=True)
class TakeCall:
    """What came of a call. The first word on it holds: what says more of the same call is refused."""

    id: str
    answer: CallAnswer

    def loads(self) -> Loads:
        return (Ref(Deliveries, self.id),)

    def decide(self, unit: Unit) -> Delivery:
        call = unit.get(Deliveries, self.id)
        if call is None or call.channel is not MessageChannel.VOICE:
            raise NotFound("call", self.id)
        if call.answer is not None:
            raise Refusal(
                "call-answered",
                Text("This call has its answer already.", "Cet appel a déjà sa réponse."),
                answer=call.answer.value,
            )
        after, fact = call.answered(self.answer)
        unit.save(Deliveries, after, *(() if fact is None else (fact,)))
        self._call_again(unit, after)
        return after

    def _call_again(self, unit: Unit, call: Delivery) -> None:
        """Unless what it was about is somebody else's by now."""
        at = called_again_at(call, self.answer, unit.now)
        notice = unit.get(Notices, call.message.visit_id or "")
        if at is None or notice is None or notice.call != call.id:
            return
        again = queue_call(unit, call.origin, call.message, call.call + 1, at)
        if again is not None:
            unit.save(Notices, replace(notice, call=again.id))
