"""How somebody wants to be told of each kind of thing: at once, by SMS too, in the morning, or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from contracts.refusal import Refusal
from contracts.text import Text
from services.notify.domain.message import MessageKind, Recipient, RecipientKind
from services.notify.domain.quiet import QuietHours

DIGEST_ZONE = ZoneInfo("Europe/Paris")


class Wish(StrEnum):
    """``sms``: at once, by mail and by SMS."""

    AT_ONCE = "at-once"
    SMS = "sms"
    DIGEST = "digest"
    OFF = "off"


KINDS: Mapping[RecipientKind, tuple[MessageKind, ...]] = {
    RecipientKind.TECHNICIAN: (
        MessageKind.TECHNICIAN_DISPATCHED,
        MessageKind.TECHNICIAN_RESCHEDULED,
        MessageKind.TECHNICIAN_REVOKED,
        MessageKind.LONE_WORK_ASKED,
        MessageKind.WORK_NOT_REPORTED,
    ),
    RecipientKind.CONTACT: (
        MessageKind.TICKET_RECEIVED,
        MessageKind.CLIENT_REMINDED,
        MessageKind.QUOTE_SENT,
        MessageKind.REPAIR_PROGRESSED,
        MessageKind.TICKET_RESOLVED,
        MessageKind.TICKET_CLOSED,
        MessageKind.TICKET_CANCELLED,
        MessageKind.MAJOR_INCIDENT_UPDATED,
        MessageKind.VISIT_PLANNED,
        MessageKind.VISIT_RESCHEDULED,
        MessageKind.VISIT_DELAYED,
        MessageKind.VISIT_CANCELLED,
        MessageKind.TECHNICIAN_EN_ROUTE,
        MessageKind.APPOINTMENT_OFFERED,
        MessageKind.APPOINTMENT_CONFIRMED,
        MessageKind.APPOINTMENT_REMINDER,
        MessageKind.VISIT_IN_VAIN,
        MessageKind.SERVICE_REPORT,
        MessageKind.REPORT_TO_SIGN,
        MessageKind.REPORT_REMINDER,
        MessageKind.TIP,
        MessageKind.TRAINING_INVITED,
        MessageKind.TRAINING_MOVED,
        MessageKind.TRAINING_CALLED_OFF,
        MessageKind.TRAINING_REMINDED,
        MessageKind.TRAINING_HELD,
        MessageKind.VOLUME_USED,
        MessageKind.WEBHOOK_DISABLED,
    ),
    RecipientKind.STAFF: (
        MessageKind.DISPATCH_FAILED,
        MessageKind.DISPATCHER_ASKED,
        MessageKind.APPOINTMENT_DECLINED,
        MessageKind.INTERVENTION_UNSAFE,
        MessageKind.LONE_WORK_SILENCE,
        MessageKind.LONE_WORK_OVER,
        MessageKind.SLA_AT_RISK,
        MessageKind.SLA_BREACHED,
        MessageKind.SLA_CORRECTED,
        MessageKind.LOW_MARK,
        MessageKind.MAJOR_INCIDENT_DECLARED,
        MessageKind.MAJOR_UPDATE_DUE,
        MessageKind.VOLUME_REACHED,
        MessageKind.CLIENT_WEBHOOK_DISABLED,
        MessageKind.ADDRESS_REFUSED,
    ),
}
"""What each kind of person can be told."""

ALWAYS_AT_ONCE = frozenset(
    {
        MessageKind.TECHNICIAN_DISPATCHED,
        MessageKind.TECHNICIAN_REVOKED,
        MessageKind.DISPATCH_FAILED,
        MessageKind.DISPATCHER_ASKED,
        MessageKind.APPOINTMENT_OFFERED,
        MessageKind.INTERVENTION_UNSAFE,
        MessageKind.LONE_WORK_ASKED,
        MessageKind.LONE_WORK_SILENCE,
        MessageKind.MAJOR_INCIDENT_DECLARED,
        MessageKind.MAJOR_UPDATE_DUE,
    }
)
"""Somebody goes, waits or is in danger if this is read late: nobody can turn it off."""

_AT_ONCE = frozenset({Wish.AT_ONCE, Wish.SMS})


@dataclass(frozen=True)
class Preferences:
    """One person's wishes; the id is ``<kind>:<id>``, since a contact and a technician may share an id."""

    id: str
    wishes: Mapping[MessageKind, Wish] = field(default_factory=dict)
    quiet: QuietHours | None = None

    def wish(self, kind: MessageKind) -> Wish:
        wish = self.wishes.get(kind, Wish.AT_ONCE)
        return Wish.AT_ONCE if kind in ALWAYS_AT_ONCE and wish not in _AT_ONCE else wish

    def not_quiet(self, at: datetime) -> datetime:
        """``at``, or the end of his quiet hours where it lies in them."""
        return (self.quiet.until(at) if self.quiet else None) or at


def preferences_id(person: Recipient) -> str:
    return f"{person.kind}:{person.id}"


def check_wishes(person: Recipient, wishes: Mapping[MessageKind, Wish]) -> None:
    """``Refusal`` of what such a person is never told, and of what cannot wait."""
    possible = KINDS[person.kind]
    if strange := sorted(kind for kind in wishes if kind not in possible):
        raise Refusal(
            "message-kind-not-his",
            Text(
                f"He is never told {', '.join(strange)}: choose among {', '.join(possible)}.",
                f"Il ne reçoit jamais {', '.join(strange)} : choisissez parmi {', '.join(possible)}.",
            ),
            kinds=list(possible),
        )
    wanted = (kind for kind, wish in wishes.items() if wish not in _AT_ONCE)
    if urgent := sorted(kind for kind in wanted if kind in ALWAYS_AT_ONCE):
        raise Refusal(
            "message-cannot-wait",
            Text(
                f"{', '.join(urgent)} can neither wait nor be turned off: leave it at-once, or sms.",
                f"{', '.join(urgent)} ne peut ni attendre ni être coupé : laissez at-once, ou sms.",
            ),
            kinds=urgent,
        )


def next_digest(now: datetime, digest_at: time) -> datetime:
    """The next time that it is ``digest_at`` in France."""
    local = now.astimezone(DIGEST_ZONE)
    day = local.date() if local.time() < digest_at else local.date() + timedelta(days=1)
    return datetime.combine(day, digest_at, DIGEST_ZONE).astimezone(UTC)
