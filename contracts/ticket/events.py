"""Facts of tickets, on ``ticket.lifecycle.v1``, keyed by the ticket."""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from contracts.checklists import ChecklistItem
from contracts.envelope import Fact
from contracts.values import (
    Answer,
    Channel,
    CrewSize,
    Detail,
    FrozenMapping,
    HoldReason,
    Id,
    Impact,
    Instant,
    Minutes,
    PartNeed,
    Priority,
    ServiceHealth,
    SiteAccess,
    SkillLevels,
    Summary,
    TicketKind,
    Urgency,
    Value,
    Window,
    WorkMode,
)


class WithdrawalReason(StrEnum):
    """Why visits that were asked for are no longer wanted."""

    CANCELLED = "cancelled"
    SOLVED_REMOTELY = "solved-remotely"
    RESOLVED = "resolved"
    TRIAGED = "triaged"


class CancelReason(StrEnum):
    CLIENT_CONSENT = "client-consent"
    DUPLICATE = "duplicate"


class VisitNeed(Value):
    """A visit that somebody has to make: what the planner must know.

    ``visit_id`` is ``<ticket_id>-<n>`` and made by the ticket service only; ``follows`` names the
    visit whose work this one goes on with. Those in ``after`` have to be over before it begins;
    ``same_technician``: one technician makes all the ticket's visits that say so. Where it takes two
    ``technicians`` at once, one has the ``skills`` and the other the ``companion_skills``.
    """

    visit_id: Id
    site_id: Id
    contract_id: Id | None = None
    respond_by: Instant | None = None
    restore_by: Instant | None = None
    skills: SkillLevels
    duration_minutes: Minutes
    parts: tuple[PartNeed, ...] = ()
    access: SiteAccess | None = None
    preferred_windows: tuple[Window, ...] = ()
    remote: bool = False
    follows: Id | None = None
    after: tuple[Id, ...] = ()
    same_technician: bool = False
    checklist: tuple[ChecklistItem, ...] = ()
    technicians: CrewSize = 1
    companion_skills: SkillLevels = Field(default_factory=lambda: FrozenMapping({}))


class Wording(Value):
    """What people read, in the languages in which somebody wrote it."""

    fr: str | None = None
    en: str | None = None

    def in_(self, language: str) -> str:
        """In that language, or in the other where there is only that."""
        first, other = (self.fr, self.en) if language == "fr" else (self.en, self.fr)
        return first or other or ""


class Relation(StrEnum):
    """What another ticket, or a major incident, is to a ticket."""

    PARENT = "parent"
    CHILD = "child"
    MAJOR_INCIDENT = "major-incident"


class TicketFact(Fact):
    """What every reader needs to tell somebody about the ticket, or to keep it from somebody.

    ``opened_by`` is the subject of the token where somebody of the customer's opened it himself;
    ``watcher_ids`` are contacts of his who follow it besides those whom it names.
    """

    ticket_id: Id
    number: str
    customer_id: Id
    summary: Summary
    requester_id: Id | None = None
    site_ids: tuple[Id, ...] = ()
    confidential: bool = False
    on_site_contact_id: Id | None = None
    opened_by: str | None = None
    contract_ids: tuple[Id, ...] = ()
    watcher_ids: tuple[Id, ...] = ()


class _WithVisits(TicketFact):
    kind: TicketKind
    category: Id
    priority: Priority
    asset_id: Id | None = None
    answers: tuple[Answer, ...] = ()
    visits: tuple[VisitNeed, ...]


class TicketOpened(_WithVisits):
    """A request was accepted. ``category`` is the work type; ``answers`` brief the technician.

    ``in_reply_to`` is the Message-ID of the mail that asked for it, to be answered; never one that tells of
    its sender.
    """

    TYPE: ClassVar[str] = "ticket-opened"

    impact: Impact
    urgency: Urgency
    channel: Channel
    external_reference: str | None = None
    declared_at: Instant
    opened_at: Instant
    in_reply_to: str | None = None


class VisitsRequested(_WithVisits):
    """More visits became necessary after the opening; readers need not have seen the opening."""

    TYPE: ClassVar[str] = "visits-requested"


class VisitsWithdrawn(TicketFact):
    """Visits asked for earlier are not wanted any more; those already under way may go on."""

    TYPE: ClassVar[str] = "visits-withdrawn"

    visit_ids: tuple[Id, ...]
    reason: WithdrawalReason


class TicketTaken(TicketFact):
    """A person made the ticket his; ``agent_id`` is the subject of his token."""

    TYPE: ClassVar[str] = "ticket-taken"

    agent_id: str


class TicketTriaged(TicketFact):
    """Its impact, urgency or work type was judged, and the priority that follows."""

    TYPE: ClassVar[str] = "ticket-triaged"

    impact: Impact
    urgency: Urgency
    category: Id
    priority: Priority


class TicketReprioritised(TicketFact):
    """The priority changed from now on."""

    TYPE: ClassVar[str] = "ticket-reprioritised"

    previous_priority: Priority
    priority: Priority


class TicketRequalified(TicketFact):
    """The ticket had been qualified wrongly and the client agrees: it counts as right from the opening."""

    TYPE: ClassVar[str] = "ticket-requalified"

    impact: Impact
    urgency: Urgency
    category: Id
    previous_priority: Priority
    priority: Priority
    reason: Detail


class TicketChange(Value):
    """What somebody corrected in a ticket: ``fields`` says what is different, the rest how it is now.

    ``answers`` is there only where they are different.
    """

    fields: tuple[str, ...]
    asset_id: Id | None = None
    preferred_windows: tuple[Window, ...] = ()
    answers: tuple[Answer, ...] | None = None


class TicketNoted(TicketFact):
    """A note was added; its text stays with the ticket. Notes that are not public are the firm's own.

    With ``change`` it notes that the ticket was corrected, and says what it is now.
    """

    TYPE: ClassVar[str] = "ticket-noted"

    note_id: str
    public: bool
    change: TicketChange | None = None


class AttachmentAdded(TicketFact):
    """A file was attached; its name and its bytes stay with the ticket. ``size`` is in bytes.

    Those that are not public are the firm's own. ``media_type`` is what its bytes say.
    """

    TYPE: ClassVar[str] = "attachment-added"

    attachment_id: Id
    media_type: str
    size: int
    public: bool


class AttachmentRemoved(TicketFact):
    """The bytes of an attachment are gone."""

    TYPE: ClassVar[str] = "attachment-removed"

    attachment_id: Id
    public: bool


class TicketLinked(TicketFact):
    """What ``other_id`` names became its ``relation``, or is so no more where it is not ``linked``."""

    TYPE: ClassVar[str] = "ticket-linked"

    relation: Relation
    other_id: Id
    other_number: str | None = None
    linked: bool


class MajorIncidentUpdated(TicketFact):
    """The firm wrote to everybody whom a major incident concerns, of which the ticket is a part.

    The ``text`` is written for several clients and names nobody. ``told`` are the contacts who are to be
    told of it by this ticket: nobody is by two.
    """

    TYPE: ClassVar[str] = "major-incident-updated"

    major_id: Id
    message_id: str
    title: Wording
    text: Wording
    told: tuple[Id, ...] = ()


class WorkStarted(TicketFact):
    """A qualified person really began, on the whole ticket or at one site."""

    TYPE: ClassVar[str] = "work-started"

    mode: WorkMode
    site_id: Id | None = None
    visit_id: Id | None = None


class TicketRestored(TicketFact):
    """Service is back, even by a workaround, for the whole ticket or at one site."""

    TYPE: ClassVar[str] = "ticket-restored"

    site_id: Id | None = None
    visit_id: Id | None = None


class TicketHeld(TicketFact):
    """Nothing can go on at ``held_sites`` (the ticket's, one or all) until it is resumed or ``until``."""

    TYPE: ClassVar[str] = "ticket-held"

    reason: HoldReason
    held_sites: tuple[Id, ...]
    until: Instant | None = None
    visit_id: Id | None = None


class TicketResumed(TicketFact):
    TYPE: ClassVar[str] = "ticket-resumed"

    resumed_sites: tuple[Id, ...]


class ClientReminded(TicketFact):
    """Nobody at the client's has answered at ``held_sites``; at ``resolves_at`` nobody waits any longer.

    ``reminder`` counts from 1.
    """

    TYPE: ClassVar[str] = "client-reminded"

    held_sites: tuple[Id, ...]
    reminder: int
    resolves_at: Instant


class TicketResolved(TicketFact):
    """The fault is fixed; the client has not accepted it yet: at ``closes_at`` he has by silence.

    ``kind``, ``asset_id`` and ``declared_at`` are the ticket's: what fails, and how often.
    """

    TYPE: ClassVar[str] = "ticket-resolved"

    kind: TicketKind | None = None
    asset_id: Id | None = None
    declared_at: Instant | None = None

    cause: Detail | None = None
    article_id: Id | None = None
    closes_at: Instant | None = None
    closed_visits: tuple[Id, ...] = ()
    """Those of which the client is asked how they went; none where it was solved from the desk."""


class SatisfactionGiven(TicketFact):
    """The client gave a mark from 1 to 5, or another one; his words stay with the ticket.

    ``visit_id`` is None where it was solved without a visit. ``low``: somebody should call him.
    """

    TYPE: ClassVar[str] = "satisfaction-given"

    visit_id: Id | None = None
    contract_id: Id | None = None
    mark: Annotated[int, Field(ge=1, le=5)]
    low: bool


class TicketClosed(TicketFact):
    """The client accepted the resolution, in so many words or by silence."""

    TYPE: ClassVar[str] = "ticket-closed"

    silent: bool = False


class TicketReopened(TicketFact):
    """The client does not accept what was done at ``reopened_sites``; none named: at all of them."""

    TYPE: ClassVar[str] = "ticket-reopened"

    reason: Detail
    service: ServiceHealth | None = None
    reopened_sites: tuple[Id, ...] = ()


class TicketCancelled(TicketFact):
    TYPE: ClassVar[str] = "ticket-cancelled"

    reason: CancelReason
    duplicate_of: Id | None = None
