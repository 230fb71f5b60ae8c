"""The telephones and browsers on which somebody wants to be told, and how what goes there is treated."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from services.notify.domain.delivery import Delivery
from services.notify.domain.message import Message, MessageKind, RecipientKind
from services.notify.domain.preferences import ALWAYS_AT_ONCE, Wish
from services.notify.domain.sms import URGENT

MOST_DEVICES = 10
"""Of one person; a browser that makes a new address does not say what became of the old one."""

LONGEST = timedelta(days=1)
SHORTEST = timedelta(minutes=1)

GONE = "push-gone"
"""How a failure begins where the push service says that the address is no more."""

_OF_ONE_VISIT = frozenset(
    {
        MessageKind.TECHNICIAN_DISPATCHED,
        MessageKind.TECHNICIAN_RESCHEDULED,
        MessageKind.TECHNICIAN_REVOKED,
    }
)
"""Of these only the last is worth showing on a telephone that comes back to the network."""


class Urgency(StrEnum):
    """As RFC 8030 has it: ``high`` wakes a telephone that saves its battery."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


@dataclass(frozen=True)
class Device:
    """One browser's address at its push service, with the keys that only it can read with (base64url)."""

    id: str
    endpoint: str
    p256dh: str
    auth: str
    since_at: datetime


@dataclass(frozen=True)
class Devices:
    """One person's, the newest last; the id is that of his preferences."""

    id: str
    devices: tuple[Device, ...] = ()

    @property
    def device_ids(self) -> tuple[str, ...]:
        return tuple(each.id for each in self.devices)

    def device(self, id: str | None) -> Device | None:
        return next((each for each in self.devices if each.id == id), None)

    def with_device(self, device: Device) -> "Devices":
        """Known anew where it was known; the oldest gives way where there are too many."""
        others = tuple(each for each in self.devices if each.id != device.id)
        return replace(self, devices=(*others, device)[-MOST_DEVICES:])

    def without(self, id: str) -> "Devices":
        return replace(self, devices=tuple(each for each in self.devices if each.id != id))


def device_id(endpoint: str) -> str:
    """What an address is called where the address itself, which is a secret, is not said."""
    return hashlib.sha256(endpoint.encode()).hexdigest()[:32]


def goes_by_push(wish: Wish) -> bool:
    """Whoever asked to be told on a telephone is told there what he is told at once."""
    return wish in (Wish.AT_ONCE, Wish.SMS)


def urgency(message: Message) -> Urgency:
    if message.kind in ALWAYS_AT_ONCE or message.details.priority in URGENT:
        return Urgency.HIGH
    return Urgency.LOW if message.kind is MessageKind.DIGEST else Urgency.NORMAL


def kept_for(message: Message, now: datetime) -> timedelta:
    """How long a push service keeps it for a telephone that is away: no longer than it can be acted on."""
    details = message.details
    until = details.acknowledge_by or details.expected_at or details.start_at or details.arrival_to
    return LONGEST if until is None else min(max(until - now, SHORTEST), LONGEST)


def is_stale(delivery: Delivery, now: datetime) -> bool:
    """Nobody can act on it any more."""
    return now > delivery.queued_at + kept_for(delivery.message, delivery.queued_at)


def topic(message: Message) -> str:
    """What a later message replaces that has not been shown yet: 32 characters of base64url at most."""
    about = message.visit_id or message.ticket_id or message.major_id or message.details.number
    kind = "plan" if message.kind in _OF_ONE_VISIT else message.kind.value
    return hashlib.sha256(f"{about}/{kind}".encode()).hexdigest()[:32]


def opens(message: Message) -> str:
    """The page that a touch on the notification leads to."""
    match message.recipient.kind:
        case RecipientKind.TECHNICIAN:
            return f"/m#v/{message.visit_id}" if message.visit_id is not None else "/m"
        case RecipientKind.CONTACT:
            return "/portal"
    return "/board" if message.visit_id is not None else "/desk"
