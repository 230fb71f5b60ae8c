"""An address took no mail: nothing more is sent there, and somebody is told who can find a better one."""

from dataclasses import dataclass

from contracts.refusal import NotFound
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.notify.domain.bounce import REFUSED, RefusedAddress, digest_of
from services.notify.domain.delivery import Delivery, DeliveryState, Origin, without_addresses
from services.notify.domain.message import Details, Message, MessageKind, Recipient, RecipientKind, staff
from services.notify.domain.preferences import preferences_id
from services.notify.domain.staff import StaffRole, on_duty
from services.notify.domain.timing import USUAL, Timing
from services.notify.store.deliveries import Deliveries
from services.notify.store.refused_addresses import RefusedAddresses
from services.notify.store.staff import Staff
from services.notify.usecases.queue_message import person_for, queue


@dataclass(frozen=True)
class TakeBounce:
    """A delivery status came back for a mail that had been sent. ``address`` is whose it says it is of;
    ``dead``: no mail will ever arrive there."""

    delivery_id: str
    reason: str
    address: str | None
    dead: bool
    timing: Timing = USUAL

    def loads(self) -> Loads:
        return (Ref(Deliveries, self.delivery_id),)

    def decide(self, unit: Unit) -> bool:
        """Whether it is news: the same report once more changes nothing."""
        delivery = unit.get(Deliveries, self.delivery_id)
        if delivery is None or delivery.state is not DeliveryState.SENT:
            return False
        word = REFUSED if self.dead else "bounced"
        after, fact = delivery.failed(f"{word}: {self.reason}")
        unit.save(Deliveries, after, fact)
        person = person_for(unit, delivery.message.recipient)
        present = None if person is None else person.email
        known = self.dead and present is not None and self.address is not None
        if known and digest_of(self.address or "") == digest_of(present or ""):
            refuse_address(unit, delivery, self.reason, self.timing)
        return True


def refuse_address(unit: Unit, delivery: Delivery, reason: str, timing: Timing) -> None:
    """Write no more to the address that he has now, and say so once to whoever can correct it."""
    whose = delivery.message.recipient
    person = person_for(unit, whose)
    if person is None or person.email is None:
        return
    id, digest = preferences_id(whose), digest_of(person.email)
    known = unit.get(RefusedAddresses, id)
    if known is not None and known.digest == digest:
        return
    unit.put(RefusedAddresses, RefusedAddress(id, digest, unit.now, without_addresses(reason)))
    origin = Origin(f"address/{id}/{digest[:16]}", delivery.origin.correlation_id)
    for each in _who_corrects(unit, whose):
        queue(unit, origin, _message(each, delivery, reason), timing)


@dataclass(frozen=True)
class TryAddressAgain:
    """By hand: the address is right, and is written to again."""

    person: Recipient

    def loads(self) -> Loads:
        return (Ref(RefusedAddresses, preferences_id(self.person)),)

    def decide(self, unit: Unit) -> None:
        known = unit.get(RefusedAddresses, preferences_id(self.person))
        if known is None or not known.digest:
            raise NotFound("refused address", preferences_id(self.person))
        unit.save(RefusedAddresses, RefusedAddress(known.id, "", unit.now, known.reason))


def _who_corrects(unit: Unit, whose: Recipient) -> list[str]:
    """The hotline for a client's, the dispatchers for the firm's own; never the one who cannot be told."""
    roles = [StaffRole.DISPATCHER, StaffRole.ADMIN]
    if whose.kind is RecipientKind.CONTACT:
        roles.insert(0, StaffRole.AGENT)
    for role in roles:
        there = [each.id for each in on_duty(unit.where(Staff, "role", role)) if each.id != whose.id]
        if there:
            return there
    return []


def _message(to: str, delivery: Delivery, reason: str) -> Message:
    whose = delivery.message.recipient
    return Message(
        kind=MessageKind.ADDRESS_REFUSED,
        recipient=staff(to),
        customer_id=delivery.message.customer_id if whose.kind is RecipientKind.CONTACT else None,
        ticket_id=None,
        visit_id=None,
        details=Details(
            number=whose.id,
            technician_id=whose.id if whose.kind is RecipientKind.TECHNICIAN else None,
            summary=without_addresses(reason),
            about=whose.kind,
        ),
    )
