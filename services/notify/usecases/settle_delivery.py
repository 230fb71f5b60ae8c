"""Record how an attempt to send a message ended."""

from dataclasses import dataclass

from contracts.notify.events import MessageChannel
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.deliveries import Outcome
from infra.chassis.store.unit import Unit
from services.notify.domain.bounce import REFUSED
from services.notify.domain.delivery import Delivery
from services.notify.domain.preferences import preferences_id
from services.notify.domain.push import GONE
from services.notify.domain.timing import USUAL, Timing
from services.notify.store.deliveries import Deliveries
from services.notify.store.devices import DevicesOf
from services.notify.store.notices import Notices
from services.notify.usecases.queue_message import first_attempt, hush_of
from services.notify.usecases.refuse_address import refuse_address


@dataclass(frozen=True)
class SettleDelivery:
    """Changes nothing when the lease has meanwhile gone to another worker, who will settle it."""

    id: str
    outcome: Outcome
    timing: Timing = USUAL

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
            if delivery.channel is MessageChannel.MAIL and self.outcome.reason.startswith(REFUSED):
                refuse_address(unit, delivery, self.outcome.reason.partition(": ")[2], self.timing)
            if delivery.channel is MessageChannel.PUSH and self.outcome.reason.startswith(GONE):
                self._forget(unit, delivery)

    def _forget(self, unit: Unit, delivery: Delivery) -> None:
        """The browser is no more. Where it was his last, what waits for him as an SMS waits no longer."""
        known = unit.get(DevicesOf, preferences_id(delivery.message.recipient))
        if known is None or delivery.device_id is None:
            return
        left = known.without(delivery.device_id)
        if left != known:
            unit.save(DevicesOf, left)
        visit_id = delivery.message.visit_id
        if left.devices or visit_id is None:
            return
        notice = unit.get(Notices, visit_id)
        sms = unit.get(Deliveries, notice.sms) if notice is not None and notice.sms is not None else None
        if sms is None or not sms.settling or sms.message.recipient != delivery.message.recipient:
            return
        hush = hush_of(unit, sms.message, unit.now)
        if hush is None or hush.disturbs is not None:
            unit.save(Deliveries, sms.settled(first_attempt(sms.message)))
