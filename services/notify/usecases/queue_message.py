"""Queue a message for one person, once per event."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from contracts.dispatch.states import TechnicianChanged
from contracts.notify.events import MessageChannel
from contracts.ticket.states import ContactChanged
from infra.chassis.store.collection import Loads, ReadCopy, Ref
from infra.chassis.store.deliveries import AT_ONCE, BEFORE_OTHERS
from infra.chassis.store.unit import Unit
from services.notify.domain.bounce import REFUSED, RefusedAddress, digest_of
from services.notify.domain.delivery import Delivery, Origin, delivery_id, has_to_settle
from services.notify.domain.message import Message, Recipient, RecipientKind
from services.notify.domain.preferences import (
    ALWAYS_AT_ONCE,
    DIGEST_ZONE,
    Preferences,
    Wish,
    next_digest,
    preferences_id,
)
from services.notify.domain.push import goes_by_push
from services.notify.domain.quiet import Disturbs, disturbs
from services.notify.domain.sms import goes_by_sms
from services.notify.domain.staff import StaffMember
from services.notify.domain.timing import USUAL, Timing
from services.notify.store.copies import Contacts, Customers, Sites, Technicians
from services.notify.store.deliveries import Deliveries
from services.notify.store.devices import DevicesOf
from services.notify.store.preferences import PreferencesOf
from services.notify.store.refused_addresses import RefusedAddresses
from services.notify.store.staff import Staff

Person = ContactChanged | TechnicianChanged | StaffMember


@dataclass(frozen=True)
class QueueMessage:
    origin: Origin
    message: Message
    timing: Timing = USUAL

    def loads(self) -> Loads:
        id = preferences_id(self.message.recipient)
        return (
            Ref(PreferencesOf, id),
            Ref(DevicesOf, id),
            Ref(RefusedAddresses, id),
            *(Ref(kind, id) for _, kind, id in named_in(self.message)),
        )

    def decide(self, unit: Unit) -> None:
        queue(unit, self.origin, self.message, self.timing)


def queue(
    unit: Unit, origin: Origin, message: Message, timing: Timing, *, instead_of: Delivery | None = None
) -> Delivery | None:
    """Queue it unless this event already did; what a plan makes of it in the next seconds may overtake it.

    It takes the place of ``instead_of``, which has not been let go yet. It goes to his browsers too, and by
    SMS where that is wanted or urgent. In his quiet hours it waits for their end, unless it has a reason to
    break them, which it says.

    Whoever and whatever the message names must be known here: what has not arrived yet is an
    ``UnknownReference``. A recipient who was erased is told nothing; one without an address
    leaves a failed delivery, so that somebody can see that he was not told, and what he does not want an
    unwanted one.
    """
    id = delivery_id(origin.event, message)
    if (present := unit.get(Deliveries, id)) is not None:
        return present
    for word, kind, named in named_in(message):
        if unit.get(kind, named) is None and unit.version(kind, named) == 0:
            unit.require(kind, named, as_=word)
    person = person_for(unit, message.recipient)
    if person is None:
        return None
    wanted = preferences_of(unit, message.recipient)
    wish, hush = wanted.wish(message.kind), hush_of(unit, message, unit.now)
    held = hush is not None and hush.disturbs is None
    delivery = Delivery(
        id=id,
        message=message,
        origin=origin,
        queued_at=unit.now,
        attempt_at=first_attempt(message),
        disturbs=hush.disturbs if hush else None,
    )
    refused = None if person.email is None else refused_address(unit, message.recipient, person.email)
    mail_waits = person.email is not None and refused is None
    if not mail_waits or not (held or has_to_settle(message, timing)):
        queue_with_mail(unit, origin, message, timing)
    if person.email is None:
        delivery, fact = delivery.failed(
            f"no-address: {message.recipient.kind} {message.recipient.id} has no e-mail"
        )
        unit.add(Deliveries, delivery, fact)
        return delivery
    if refused is not None:
        delivery, fact = delivery.failed(f"{REFUSED}: {refused.reason}")
        unit.add(Deliveries, delivery, fact)
        return delivery
    if wish is Wish.OFF:
        unit.add(Deliveries, delivery.unwanted())
        return None
    if wish is Wish.DIGEST:
        at = wanted.not_quiet(next_digest(unit.now, timing.digest_at))
        delivery = delivery.to_be_gathered(wanted.id, at, unit.now)
    elif hush is not None and held:
        delivery = delivery.hush(wanted.id, hush.until, unit.now)
    elif has_to_settle(message, timing):
        since = instead_of.unsettled_since if instead_of else None
        delivery = delivery.to_settle(unit.now, since, timing)
    unit.add(Deliveries, delivery)
    return delivery


def first_attempt(message: Message) -> datetime:
    """What somebody has to act upon waits behind no hundreds that were told how things stand."""
    return BEFORE_OTHERS if message.kind in ALWAYS_AT_ONCE else AT_ONCE


def queue_with_mail(unit: Unit, origin: Origin, message: Message, timing: Timing) -> None:
    """What goes to his telephone with a mail that may go now, if anything does."""
    wish = preferences_of(unit, message.recipient).wish(message.kind)
    if timing.push and goes_by_push(wish):
        queue_pushes(unit, origin, message)
    if timing.sms and goes_by_sms(message, wish, unit.now, zone_of(unit, message)):
        queue_sms(unit, origin, message, unit.now)


def queue_pushes(unit: Unit, origin: Origin, message: Message) -> None:
    """One to each browser on which he wants to be told, unless this event already did."""
    known = unit.get(DevicesOf, preferences_id(message.recipient))
    for device in known.devices if known is not None else ():
        id = delivery_id(origin.event, message, MessageChannel.PUSH, device.id)
        if unit.get(Deliveries, id) is None:
            unit.add(Deliveries, _by_telephone(unit, id, origin, message, MessageChannel.PUSH, device.id))


def queue_sms(unit: Unit, origin: Origin, message: Message, at: datetime) -> Delivery | None:
    """Queue it as an SMS that may go ``at``, unless this event already did; None: he has no telephone."""
    id = delivery_id(origin.event, message, MessageChannel.SMS)
    if (present := unit.get(Deliveries, id)) is not None:
        return present
    person = person_for(unit, message.recipient)
    if person is None or person.phone is None:
        return None
    delivery = _by_telephone(unit, id, origin, message, MessageChannel.SMS, at=at)
    unit.add(Deliveries, delivery)
    return delivery


def _by_telephone(
    unit: Unit,
    id: str,
    origin: Origin,
    message: Message,
    channel: MessageChannel,
    device_id: str | None = None,
    at: datetime | None = None,
) -> Delivery:
    """It may go ``at``, or once his quiet hours are over that ``at`` lies in, unless it breaks them."""
    at = at or unit.now
    hush = hush_of(unit, message, at)
    if hush is not None and hush.disturbs is None:
        at = hush.until
    delivery = Delivery(
        id=id,
        message=message,
        origin=origin,
        queued_at=unit.now,
        channel=channel,
        attempt_at=first_attempt(message),
        device_id=device_id,
        disturbs=hush.disturbs if hush else None,
    )
    return delivery if at <= unit.now else delivery.not_before(at)


@dataclass(frozen=True)
class Hush:
    """Somebody's quiet hours, until when, and why a message breaks them; None: it does not."""

    until: datetime
    disturbs: Disturbs | None


def hush_of(unit: Unit, message: Message, at: datetime) -> Hush | None:
    """His quiet hours that ``at`` lies in, if it does."""
    quiet = preferences_of(unit, message.recipient).quiet
    until = quiet.until(at) if quiet is not None else None
    if until is None:
        return None
    person = person_for(unit, message.recipient)
    on_duty = isinstance(person, StaffMember) and person.on_duty is True
    return Hush(until, disturbs(message, until, on_duty=on_duty))


def refused_address(unit: Unit, whose: Recipient, address: str) -> RefusedAddress | None:
    """What is known against that address of his: one that he has had since is written to."""
    known = unit.get(RefusedAddresses, preferences_id(whose))
    return known if known is not None and known.digest == digest_of(address) else None


def zone_of(unit: Unit, message: Message) -> ZoneInfo:
    """Where what it is about happens."""
    sites = message.details.site_ids
    site = unit.get(Sites, sites[0]) if sites else None
    return ZoneInfo(site.time_zone) if site is not None else DIGEST_ZONE


def preferences_of(unit: Unit, person: Recipient) -> Preferences:
    """What he wants; everything at once as long as he has said nothing."""
    id = preferences_id(person)
    return unit.get(PreferencesOf, id) or Preferences(id)


def person_for(unit: Unit, recipient: Recipient) -> Person | None:
    if recipient.kind is RecipientKind.TECHNICIAN:
        return unit.get(Technicians, recipient.id)
    if recipient.kind is RecipientKind.STAFF:
        return unit.get(Staff, recipient.id)
    return unit.get(Contacts, recipient.id)


def named_in(message: Message) -> tuple[tuple[str, ReadCopy[Any], str], ...]:
    """Everybody and everything that the message will call by name and another service knows.

    What it is called, kind, id.
    """
    recipient, details = message.recipient, message.details
    people: dict[tuple[str, str], ReadCopy[Any]] = {}
    if recipient.kind is RecipientKind.CONTACT:
        people["contact", recipient.id] = Contacts
    elif message.customer_id is not None:
        people["customer", message.customer_id] = Customers
    if recipient.kind is RecipientKind.TECHNICIAN:
        people["technician", recipient.id] = Technicians
    if details.technician_id is not None:
        people["technician", details.technician_id] = Technicians
    for site in details.site_ids:
        people["site", site] = Sites
    return tuple((word, kind, id) for (word, id), kind in people.items())
