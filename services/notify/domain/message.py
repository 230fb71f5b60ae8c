"""What is to be told to whom. A message names people and places by id only: who they are is looked
up when it is written, so that nothing personal is kept here."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contracts.dispatch.events import ContactAttempt, RuledOut, SlotOffered
from contracts.ticket.events import Wording
from contracts.values import Answer, PartNeed, SiteAccess


class RecipientKind(StrEnum):
    CONTACT = "contact"
    TECHNICIAN = "technician"
    STAFF = "staff"


class MessageKind(StrEnum):
    """Names of the templates."""

    TECHNICIAN_DISPATCHED = "technician-dispatched"
    TECHNICIAN_RESCHEDULED = "technician-rescheduled"
    TECHNICIAN_REVOKED = "technician-revoked"
    TICKET_RECEIVED = "ticket-received"
    CLIENT_REMINDED = "client-reminded"
    QUOTE_SENT = "quote-sent"
    REPAIR_PROGRESSED = "repair-progressed"
    TICKET_RESOLVED = "ticket-resolved"
    TICKET_CLOSED = "ticket-closed"
    TICKET_CANCELLED = "ticket-cancelled"
    VISIT_PLANNED = "visit-planned"
    VISIT_RESCHEDULED = "visit-rescheduled"
    VISIT_DELAYED = "visit-delayed"
    VISIT_CANCELLED = "visit-cancelled"
    TECHNICIAN_EN_ROUTE = "technician-en-route"
    APPOINTMENT_OFFERED = "appointment-offered"
    APPOINTMENT_CONFIRMED = "appointment-confirmed"
    APPOINTMENT_REMINDER = "appointment-reminder"
    VISIT_IN_VAIN = "visit-in-vain"
    SERVICE_REPORT = "service-report"
    REPORT_TO_SIGN = "report-to-sign"
    REPORT_REMINDER = "report-reminder"
    DISPATCH_FAILED = "dispatch-failed"
    DISPATCHER_ASKED = "dispatcher-asked"
    APPOINTMENT_DECLINED = "appointment-declined"
    INTERVENTION_UNSAFE = "intervention-unsafe"
    WORK_NOT_REPORTED = "work-not-reported"
    LONE_WORK_ASKED = "lone-work-asked"
    LONE_WORK_SILENCE = "lone-work-silence"
    LONE_WORK_OVER = "lone-work-over"
    SLA_AT_RISK = "sla-at-risk"
    SLA_BREACHED = "sla-breached"
    SLA_CORRECTED = "sla-corrected"
    LOW_MARK = "low-mark"
    MAJOR_INCIDENT_UPDATED = "major-incident-updated"
    MAJOR_INCIDENT_DECLARED = "major-incident-declared"
    MAJOR_UPDATE_DUE = "major-update-due"
    TIP = "tip"
    TRAINING_INVITED = "training-invited"
    TRAINING_MOVED = "training-moved"
    TRAINING_CALLED_OFF = "training-called-off"
    TRAINING_REMINDED = "training-reminded"
    TRAINING_HELD = "training-held"
    VOLUME_USED = "volume-used"
    VOLUME_REACHED = "volume-reached"
    WEBHOOK_DISABLED = "webhook-disabled"
    CLIENT_WEBHOOK_DISABLED = "client-webhook-disabled"
    ADDRESS_REFUSED = "address-refused"
    DIGEST = "digest"


@dataclass(frozen=True)
class Recipient:
    """A technician, a client's contact or somebody else of the firm's."""

    kind: RecipientKind
    id: str


@dataclass(frozen=True)
class DigestLine:
    """One message of a digest: when it would have been sent, and what it is about."""

    at: datetime
    kind: MessageKind
    number: str
    summary: str | None = None


class Role(StrEnum):
    """Of two technicians at one visit."""

    LEADS = "leads"
    ACCOMPANIES = "accompanies"


@dataclass(frozen=True)
class Details:
    """What the templates may say; which of it is there depends on the kind of message."""

    number: str
    summary: str | None = None
    site_ids: tuple[str, ...] = ()
    technician_id: str | None = None
    role: Role | None = None
    """What he is of two who go together, ``technician_id`` being the other."""
    priority: str | None = None
    start_at: datetime | None = None
    arrival_from: datetime | None = None
    arrival_to: datetime | None = None
    acknowledge_by: datetime | None = None
    expected_at: datetime | None = None
    duration_minutes: int | None = None
    briefing: tuple[Answer, ...] = ()
    access: SiteAccess | None = None
    parts: tuple[PartNeed, ...] = ()
    reason: str | None = None
    ruled_out: tuple[RuledOut, ...] = ()
    target: str | None = None
    due_at: datetime | None = None
    met_at: datetime | None = None
    percent: int | None = None
    until_at: datetime | None = None
    rated: tuple[str, ...] = ()
    """The visits that a client is asked to mark; an empty id is what was solved without one."""
    rated_until: datetime | None = None
    mark: int | None = None
    amount: str | None = None
    currency: str | None = None
    contract_id: str | None = None
    period: str | None = None
    used_minutes: int | None = None
    included_minutes: int | None = None
    until_day: str | None = None
    in_reply_to: str | None = None
    lines: tuple[DigestLine, ...] = ()
    title: Wording | None = None
    text: Wording | None = None
    minutes: int | None = None
    missed: int | None = None
    address: str | None = None
    since_at: datetime | None = None
    numbers: tuple[str, ...] = ()
    slots: tuple[SlotOffered, ...] = ()
    link_until: datetime | None = None
    arrived_at: datetime | None = None
    waiting_minutes: int | None = None
    contact_attempts: tuple[ContactAttempt, ...] = ()
    report_version: int | None = None
    because: str | None = None
    training_id: str | None = None
    end_at: datetime | None = None
    room: str | None = None
    sequence: int = 0
    """Of an entry in a calendar: the higher one counts."""
    machine: str | None = None
    receipt: str | None = None
    loan_out: bool = False
    about: str | None = None
    """What kind of person it is about, where that is not its reader."""


@dataclass(frozen=True)
class Message:
    """One thing to tell one person; about a ticket of a customer's, a major incident or a subscription."""

    kind: MessageKind
    recipient: Recipient
    customer_id: str | None
    ticket_id: str | None
    visit_id: str | None
    details: Details
    confidential: bool = False
    contract_ids: tuple[str, ...] = ()
    major_id: str | None = None


def technician(id: str) -> Recipient:
    return Recipient(RecipientKind.TECHNICIAN, id)


def contact(id: str) -> Recipient:
    return Recipient(RecipientKind.CONTACT, id)


def staff(id: str) -> Recipient:
    return Recipient(RecipientKind.STAFF, id)
