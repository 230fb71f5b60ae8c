"""Facts of visits, on ``dispatch.visits.v1``, keyed by the ticket; the subject is the visit."""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from contracts.checklists import ChecklistAnswer
from contracts.envelope import Fact
from contracts.values import (
    Answer,
    Detail,
    Id,
    Instant,
    Minutes,
    Outcome,
    PartNeed,
    PartUsed,
    Priority,
    SiteAccess,
    SkillLevels,
    Summary,
    TicketKind,
    Value,
)


class RevocationReason(StrEnum):
    """Why a technician who had been told to go need not go any more."""

    NO_ANSWER = "no-answer"
    REASSIGNED = "reassigned"
    RESCHEDULED = "rescheduled"
    ABSENCE = "absence"
    PARTS_SHORT = "parts-short"
    WITHDRAWN = "withdrawn"


class CancelledBecause(StrEnum):
    WITHDRAWN = "withdrawn"
    TICKET_CANCELLED = "ticket-cancelled"
    SOLVED_REMOTELY = "solved-remotely"


class ContactChannel(StrEnum):
    """How a technician tried to reach somebody."""

    DOORBELL = "doorbell"
    PHONE = "phone"
    SMS = "sms"
    MAIL = "mail"
    RECEPTION = "reception"


class Attention(StrEnum):
    """Why a dispatcher should look at a visit: the machine does not decide."""

    NOBODY_CAN_SERVE = "nobody-can-serve"
    NO_ANSWER = "no-answer"
    LATE = "late"
    ABSENT = "absent"
    UNFIT = "unfit"
    PARTS_SHORT = "parts-short"
    ON_HOLD = "on-hold"
    WITHDRAWN = "withdrawn"


class NoSlot(StrEnum):
    """Why a client who was to choose an appointment has none, so that a dispatcher calls him.

    ``no-visit-asked``: he chose one after a visit in vain, but his request waits for no visit any more.
    """

    SUITS = "no-slot-suits"
    FREE = "no-slot-free"
    VISIT = "no-visit-asked"


class Silence(StrEnum):
    """Why a dispatcher should call a technician, or send somebody: he works alone and is not heard of."""

    NO_SIGN_OF_LIFE = "no-sign-of-life"


class SilenceTold(StrEnum):
    """Who is asked about a silence. ``over``: he is well, or done, and those who were alarmed may know."""

    TECHNICIAN = "technician"
    DISPATCHER = "dispatcher"
    OVER = "over"


class VisitFact(Fact):
    """Whom a visit concerns: what every reader needs to tell somebody, or to keep it from somebody.

    ``companions`` are there with the technician whom it names, who leads; of what is taken from him it is
    taken from them, too.
    """

    visit_id: Id
    ticket_id: Id
    number: str
    customer_id: Id
    site_id: Id
    contract_id: Id | None = None
    requester_id: Id | None = None
    on_site_contact_id: Id | None = None
    confidential: bool = False
    opened_by: str | None = None
    companions: tuple[Id, ...] = ()


class _Assignment(VisitFact):
    technician_id: Id
    planned_start: Instant
    planned_end: Instant
    arrival_from: Instant
    arrival_to: Instant
    priority: Priority
    kind: TicketKind
    summary: Summary
    category: Id
    skills: SkillLevels
    duration_minutes: Minutes
    parts: tuple[PartNeed, ...] = ()
    access: SiteAccess | None = None
    briefing: tuple[Answer, ...] = ()
    pinned: bool = False
    follows: Id | None = None


class VisitPlanned(_Assignment):
    """A technician's day now holds the visit; he need not know yet."""

    TYPE: ClassVar[str] = "visit-planned"


class VisitRescheduled(_Assignment):
    """A planned visit moved to another time, another technician, or both.

    ``within_window``: the technician and the arrival window stay, and so does what was told and answered.
    """

    TYPE: ClassVar[str] = "visit-rescheduled"

    previous_technician_id: Id
    previous_start: Instant
    within_window: bool = False


class TechnicianDispatched(_Assignment):
    """The technician is told to go; without an answer by ``acknowledge_by`` the visit goes elsewhere.

    ``hours_from`` is when he first is in his hours since he was told, ``remind_at`` when half of the time to
    answer is over: both where he may be disturbed, on call counting for what is urgent. ``on_call``: he is
    told outside of his shifts, because he is on call. ``offered``: he is a partner firm's, which accepts for
    him or declines, by a link if need be.
    """

    TYPE: ClassVar[str] = "technician-dispatched"

    acknowledge_by: Instant | None = None
    hours_from: Instant | None = None
    remind_at: Instant | None = None
    on_call: bool = False
    offered: bool = False


class DispatchAcknowledged(VisitFact):
    TYPE: ClassVar[str] = "dispatch-acknowledged"

    technician_id: Id


class DispatchDeclined(VisitFact):
    TYPE: ClassVar[str] = "dispatch-declined"

    technician_id: Id
    reason: Detail


class DispatchRevoked(VisitFact):
    TYPE: ClassVar[str] = "dispatch-revoked"

    technician_id: Id
    reason: RevocationReason


class TechnicianEnRoute(VisitFact):
    """The technician left; ``expected_at`` is when he should be there."""

    TYPE: ClassVar[str] = "technician-en-route"

    technician_id: Id
    expected_at: Instant | None = None


class TechnicianArrived(VisitFact):
    TYPE: ClassVar[str] = "technician-arrived"

    technician_id: Id


class InterventionStarted(VisitFact):
    TYPE: ClassVar[str] = "intervention-started"

    technician_id: Id


class InterventionPaused(VisitFact):
    TYPE: ClassVar[str] = "intervention-paused"

    technician_id: Id
    reason: Detail | None = None


class InterventionResumed(VisitFact):
    TYPE: ClassVar[str] = "intervention-resumed"

    technician_id: Id


class ContactAttempt(Value):
    """A technician before a closed door tried to reach who should have let him in."""

    at: Instant
    channel: ContactChannel


class InterventionClosed(VisitFact):
    """The technician is done, whatever the outcome.

    ``started_at`` is absent when he could not begin (no access, user absent). ``digest`` is the
    SHA-256 in hexadecimal of the signed report, which itself stays with the dispatch service;
    ``work_done`` is no more than how it begins. ``article_worked`` is absent where the technician
    does not say whether the known repair was it: then the outcome tells. ``contact_attempts`` are what he
    tried where nobody let him in. ``checklist`` leaves out what was answered in words of one's own.
    """

    TYPE: ClassVar[str] = "intervention-closed"

    technician_id: Id
    outcome: Outcome
    arrived_at: Instant | None = None
    started_at: Instant | None = None
    ended_at: Instant
    work_done: Summary | None = None
    cause: Detail | None = None
    article_id: Id | None = None
    article_worked: bool | None = None
    parts_used: tuple[PartUsed, ...] = ()
    travel_minutes: Minutes | None = None
    kilometres: Annotated[float, Field(ge=0)] | None = None
    waiting_minutes: Minutes | None = None
    signed: bool = False
    digest: str | None = None
    contact_attempts: tuple[ContactAttempt, ...] = ()
    checklist: tuple[ChecklistAnswer, ...] = ()


class VisitCancelled(VisitFact):
    TYPE: ClassVar[str] = "visit-cancelled"

    technician_id: Id | None = None
    reason: CancelledBecause


class SlotOffered(Value):
    """An arrival window that may be chosen; ``slot`` names it among all ever offered for the visit."""

    slot: Id
    arrival_from: Instant
    arrival_to: Instant


class AppointmentOffered(VisitFact):
    """Who waits on the spot, or else who asked, may choose one of these windows, first by ``expires_at``.

    A choice may be changed until ``link_until``. A link to the choice is signed by who writes it; it is in
    no event.
    """

    TYPE: ClassVar[str] = "appointment-offered"

    slots: tuple[SlotOffered, ...]
    expires_at: Instant
    link_until: Instant
    summary: Summary


class AppointmentChosen(VisitFact):
    """The client has chosen when somebody arrives, and is promised it.

    Of a visit that was made in vain: another one has to be asked for, to be made then.
    """

    TYPE: ClassVar[str] = "appointment-chosen"

    arrival_from: Instant
    arrival_to: Instant
    summary: Summary


class AppointmentDeclined(VisitFact):
    """There is no window that suits the client, or none that is free: a dispatcher has to call him."""

    TYPE: ClassVar[str] = "appointment-declined"

    reason: NoSlot
    priority: Priority
    summary: Summary
    technician_id: Id | None = None


class AppointmentReminded(VisitFact):
    """An appointment is near: who chose it is reminded of it."""

    TYPE: ClassVar[str] = "appointment-reminded"

    technician_id: Id
    arrival_from: Instant
    arrival_to: Instant
    duration_minutes: Minutes
    summary: Summary


class RuledOut(Value):
    """The first reason against one technician: ``rule`` is a slug, ``detail`` says it in French."""

    technician_id: Id
    rule: str
    detail: Detail
    detail_en: Detail | None = None


class DispatchFailed(VisitFact):
    """No technician can serve the visit; a dispatcher has to decide."""

    TYPE: ClassVar[str] = "dispatch-failed"

    priority: Priority
    summary: Summary
    reasons: tuple[RuledOut, ...] = ()


class DispatcherAsked(VisitFact):
    """The machine leaves the visit with its technician and lets a dispatcher decide.

    ``no-answer``: he is under way or at work elsewhere, or the visit is pinned, so it is not given on.
    """

    TYPE: ClassVar[str] = "dispatcher-asked"

    technician_id: Id
    reason: Attention
    priority: Priority
    summary: Summary


class WorkNotReported(VisitFact):
    """A technician's shift is over, and nothing says how visits that should be over ended.

    His telephone may hold what he has done, without a network; or he is not done. Said once an evening, of
    the last of them; ``numbers`` are those of all of them.
    """

    TYPE: ClassVar[str] = "work-not-reported"

    technician_id: Id
    shift_ended: Instant
    numbers: tuple[str, ...]
    summary: Summary


class SignOfLifeMissed(VisitFact):
    """A technician who works alone was last heard of at ``last_sign``.

    Nothing more is known: his telephone may be without a network.
    """

    TYPE: ClassVar[str] = "sign-of-life-missed"

    technician_id: Id
    last_sign: Instant
    told: SilenceTold
    priority: Priority
    summary: Summary
