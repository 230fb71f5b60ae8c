"""A request of a client, from its opening to its acceptance.

Methods return a new ticket and what happened, oldest first; they raise ``Refusal`` where a rule
says no. The state is worked out from what is known (visits, holds, work begun), so that facts
that arrive late or out of order never leave it wrong.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from contracts.audience import Parties
from contracts.checklists import ChecklistItem
from contracts.refusal import UnknownReference, illegal_transition
from contracts.ticket import events
from contracts.ticket.events import TicketFact
from contracts.values import (
    Answer,
    Channel,
    HoldReason,
    Impact,
    Priority,
    TicketKind,
    TicketState,
    Urgency,
    VisitState,
    Window,
    WorkMode,
)
from services.ticket.domain.article_record import Tried
from services.ticket.domain.attention import Attention
from services.ticket.domain.coverage import TicketCoverage
from services.ticket.domain.diagnosis import Diagnosed
from services.ticket.domain.holding import Hold
from services.ticket.domain.noted import NOTHING, Noted
from services.ticket.domain.origin import Origin
from services.ticket.domain.part_of import PartOf
from services.ticket.domain.patience import USUAL, Patience
from services.ticket.domain.possible import ALLOWED, OPEN
from services.ticket.domain.refusals import (
    appointment_without_time,
    duplicate_of_itself,
    duplicate_of_what,
    hold_ends_before_it_begins,
    in_order,
    site_finished,
    site_not_held,
)
from services.ticket.domain.resolution import Reopening, Resolution
from services.ticket.domain.sla_record import SlaRecord
from services.ticket.domain.visit import ASSIGNED, Visit
from services.ticket.domain.work_type import Work
from services.ticket.domain.working_days import working_days_after

F = TypeVar("F", bound=TicketFact)

Happened = tuple[datetime, TicketFact]
Step = tuple["Ticket", tuple[Happened, ...]]


@dataclass(frozen=True)
class Ticket:
    """``declared_at`` is when the client said so, ``opened_at`` when it was typed in here.

    ``opened_by`` is a subject of the firm's where ``opened_by_firm``, else of the customer's.
    ``visits`` are in the order of their numbers. ``accepted_sites`` were left out of a reopening:
    nothing is to be done there, whatever became of their visits. ``lines`` counts what the timeline holds.
    ``sla`` is none where no contract covers any site. Visits wait until ``remote_until`` for the desk.
    ``patience`` is the firm's as it was at the opening. ``judged``: by a person, whom no answer overrules.
    """

    id: str
    number: str
    customer_id: str
    kind: TicketKind
    summary: str
    description: str
    category: str
    impact: Impact
    urgency: Urgency
    priority: Priority
    work: Work
    site_ids: tuple[str, ...]
    visits: tuple[Visit, ...]
    declared_at: datetime
    opened_at: datetime
    opened_by: str
    channel: Channel
    opened_by_firm: bool = False
    declared_by: str | None = None
    requester_id: str | None = None
    on_site_contact_id: str | None = None
    watcher_ids: tuple[str, ...] = ()
    asset_id: str | None = None
    preferred_windows: tuple[Window, ...] = ()
    confidential: bool = False
    external_reference: str | None = None
    custom: Mapping[str, Any] | None = None
    answers: tuple[Answer, ...] = ()
    diagnosed: Diagnosed | None = None
    tried: tuple[Tried, ...] = ()
    state: TicketState = TicketState.NEW
    triaged: bool = False
    judged: bool = False
    agent_id: str | None = None
    started: tuple[WorkMode, ...] = ()
    restored_sites: tuple[str, ...] = ()
    accepted_sites: tuple[str, ...] = ()
    holds: tuple[Hold, ...] = ()
    attention: tuple[Attention, ...] = ()
    resolution: Resolution | None = None
    resolved_at: datetime | None = None
    told_at: datetime | None = None
    closed_at: datetime | None = None
    reopened_at: datetime | None = None
    reopenings: tuple[Reopening, ...] = ()
    cancelled_at: datetime | None = None
    duplicate_of: str | None = None
    parent_id: str | None = None
    major_id: str | None = None
    part_of: tuple[PartOf, ...] = ()
    lines: int = 0
    noted: Noted = NOTHING
    remote_until: datetime | None = None
    sla: SlaRecord | None = None
    patience: Patience = USUAL
    origin: Origin | None = None
    coverage: TicketCoverage | None = None
    checklist: tuple[ChecklistItem, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def unfinished_sites(self) -> tuple[str, ...]:
        """Sites where work is still to be done: a site's last visit decides, cancelled ones aside."""
        return tuple(site for site in self.site_ids if not self._finished(site))

    @property
    def held_sites(self) -> tuple[str, ...]:
        return tuple(hold.site_id for hold in self.holds)

    @property
    def possible(self) -> tuple[str, ...]:
        """The verbs that the present state allows."""
        verbs = {verb for verb, states in ALLOWED.items() if self.state in states}
        if not self.holds:
            verbs.discard("resume")
        if len(self.started) == len(WorkMode):
            verbs.discard("start")
        return tuple(verb for verb in ALLOWED if verb in verbs)

    @property
    def remote_first(self) -> bool:
        """Whether a visit waits for what work from the desk gives."""
        return any(visit.live and not visit.asked for visit in self.visits)

    @property
    def opener_id(self) -> str | None:
        """Who of the customer's opened it himself."""
        return None if self.opened_by_firm else self.opened_by

    @property
    def contract_ids(self) -> tuple[str, ...]:
        return tuple(sorted({visit.contract_id for visit in self.visits if visit.contract_id is not None}))

    @property
    def parties(self) -> Parties:
        technicians = tuple(id for visit in self.visits for id in visit.crew)
        return Parties(
            customer_id=self.customer_id,
            confidential=self.confidential,
            contact_ids=(self.opener_id, self.requester_id, self.on_site_contact_id, *self.watcher_ids),
            site_ids=self.site_ids,
            contract_ids=self.contract_ids,
            technician_ids=(*technicians, self.opened_by if self.opened_by_firm else None),
        )

    def visit(self, visit_id: str) -> Visit | None:
        return next((visit for visit in self.visits if visit.id == visit_id), None)

    def fact(self, model: type[F], **said: Any) -> F:
        """A fact about this ticket, with what every reader of one needs."""
        return model(
            ticket_id=self.id,
            number=self.number,
            customer_id=self.customer_id,
            summary=self.summary,
            requester_id=self.requester_id,
            site_ids=self.site_ids,
            confidential=self.confidential,
            on_site_contact_id=self.on_site_contact_id,
            opened_by=self.opener_id,
            contract_ids=self.contract_ids,
            watcher_ids=self.watcher_ids,
            **said,
        )

    def check(self, verb: str) -> None:
        """The refusal of a verb that the present state does not allow, naming those that it does."""
        if verb not in self.possible:
            raise illegal_transition("ticket", self.state, verb, self.possible)

    def held(self, reason: HoldReason, sites: tuple[str, ...], at: datetime, until: datetime | None) -> Step:
        """Put sites (all unfinished ones when none is named) on hold; a second hold replaces the first."""
        self.check("hold")
        if reason is HoldReason.APPOINTMENT and until is None:
            raise appointment_without_time()
        if until is not None and until <= at:
            raise hold_ends_before_it_begins()
        meant = self.sites_meant(sites, self.unfinished_sites)
        if done := [site for site in meant if site not in self.unfinished_sites]:
            raise site_finished(done)
        return self.holding(reason, meant, at, until)

    def resumed(self, sites: tuple[str, ...], at: datetime) -> Step:
        """Go on at sites (all held ones when none is named)."""
        self.check("resume")
        meant = self.sites_meant(sites, self.held_sites)
        if idle := [site for site in meant if site not in self.held_sites]:
            raise site_not_held(idle)
        in_order("resume", at, max(hold.since for hold in self.holds if hold.site_id in meant))
        return self.resuming(meant, at)

    def holds_ended(self, now: datetime) -> Step:
        """End the holds whose time has come, each at its own instant."""
        ticket, happened = self, list[Happened]()
        for hold in sorted(self.holds, key=lambda hold: (hold.until or now, hold.site_id)):
            if hold.until is not None and hold.until <= now:
                ticket, more = ticket.resuming((hold.site_id,), hold.until)
                happened.extend(more)
        return ticket, tuple(happened)

    def resolved(self, resolution: Resolution, at: datetime, *, remotely: bool = False) -> Step:
        """The fault is fixed: visits that were still to be made are not wanted any more."""
        self.check("resolve")
        reason = events.WithdrawalReason.SOLVED_REMOTELY if remotely else events.WithdrawalReason.RESOLVED
        after, withdrawn = self.withdrawing(reason, at)
        return after.resolving(resolution, at, before=withdrawn)

    def closed(self, at: datetime, *, silent: bool = False) -> Step:
        self.check("close")
        in_order("close", at, self.resolved_at)
        after = replace(self, state=TicketState.CLOSED, closed_at=at, attention=())
        return after, ((at, self.fact(events.TicketClosed, silent=silent)),)

    def cancelled(self, reason: events.CancelReason, duplicate_of: str | None, at: datetime) -> Step:
        self.check("cancel")
        if (reason is events.CancelReason.DUPLICATE) != (duplicate_of is not None):
            raise duplicate_of_what()
        if duplicate_of == self.id:
            raise duplicate_of_itself()
        after, withdrawn = self.withdrawing(events.WithdrawalReason.CANCELLED, at)
        after = replace(
            after,
            state=TicketState.CANCELLED,
            cancelled_at=at,
            duplicate_of=duplicate_of,
            holds=(),
            attention=(),
        )
        fact = self.fact(events.TicketCancelled, reason=reason, duplicate_of=duplicate_of)
        return after, ((at, fact), *withdrawn)

    def needing(self, *reasons: Attention) -> "Ticket":
        """The ticket with more reasons for a person to look at it."""
        return replace(self, attention=tuple(dict.fromkeys((*self.attention, *reasons))))

    def without(self, *reasons: Attention) -> "Ticket":
        return replace(self, attention=tuple(each for each in self.attention if each not in reasons))

    def with_lines(self, count: int) -> "Ticket":
        """The ticket with so many lines in its timeline."""
        return replace(self, lines=count)

    def with_visit(self, changed: Visit) -> "Ticket":
        return replace(self, visits=tuple(changed if v.id == changed.id else v for v in self.visits))

    def following_up(self, sites: Iterable[str]) -> "Ticket":
        """The ticket with one more visit at each of the sites that waits for work and has none to come."""
        visits = self.visits
        for site in sites:
            here = [visit for visit in visits if visit.site_id == site]
            if self._finished(site) or any(visit.live for visit in here):
                continue
            last = here[-1]
            follow_up = Visit(
                id=f"{self.id}-{len(visits) + 1}",
                site_id=site,
                work=self.work,
                contract_id=last.contract_id,
                contract_revision=last.contract_revision,
                follows=last.id if last.state is VisitState.CLOSED else last.follows,
                after=last.after,
                same_technician=last.same_technician,
            )
            visits = (*visits, follow_up)
        return replace(self, visits=visits)

    def withdrawing(
        self,
        reason: events.WithdrawalReason,
        at: datetime,
        *,
        under_way: bool = True,
        site: str | None = None,
    ) -> Step:
        """Without the visits still to come (at ``site``); of those under way dispatch will tell."""
        here = [v for v in self.visits if v.live and site in (None, v.site_id)]
        dropped = tuple(v.id for v in here if v.asked and (under_way or not v.under_way))
        visits = tuple(
            v.moved(VisitState.CANCELLED) if v in here and not v.under_way else v for v in self.visits
        )
        if not dropped:
            return replace(self, visits=visits), ()
        fact = self.fact(events.VisitsWithdrawn, visit_ids=dropped, reason=reason)
        return replace(self, visits=visits), ((at, fact),)

    def holding(
        self,
        reason: HoldReason,
        sites: tuple[str, ...],
        at: datetime,
        until: datetime | None = None,
        visit_id: str | None = None,
    ) -> Step:
        """``held`` without the rules of the verb: also what an intervention's outcome does."""
        kept = tuple(hold for hold in self.holds if hold.site_id not in sites)
        holds = (*kept, *(Hold(site, reason, at, until) for site in sites))
        fact = self.fact(events.TicketHeld, reason=reason, held_sites=sites, until=until, visit_id=visit_id)
        return replace(self, holds=holds).settled(), ((at, fact),)

    def resuming(self, sites: tuple[str, ...], at: datetime) -> Step:
        """``resumed`` without the rules of the verb: also what a timer does."""
        after = replace(self, holds=tuple(hold for hold in self.holds if hold.site_id not in sites))
        waited_for = (Attention.APPROVAL, Attention.QUOTE_REFUSED, Attention.UNSAFE_SITE)
        after = after.following_up(sites).without(*waited_for)
        return after.settled(), ((at, self.fact(events.TicketResumed, resumed_sites=sites)),)

    def resolving(self, resolution: Resolution, at: datetime, before: tuple[Happened, ...] = ()) -> Step:
        """``resolved`` without the rules of the verb: also what the last visit's closing does."""
        after = replace(
            self,
            state=TicketState.RESOLVED,
            resolution=resolution,
            resolved_at=at,
            restored_sites=self.site_ids,
            holds=(),
            attention=(),
        )
        fact = self.fact(
            events.TicketResolved,
            kind=self.kind,
            asset_id=self.asset_id,
            declared_at=self.declared_at,
            cause=resolution.cause,
            article_id=resolution.article_id,
            closes_at=self.accepted_at(at),
            closed_visits=tuple(v.id for v in self.visits if v.state is VisitState.CLOSED and not v.undone),
        )
        return after, (*before, (at, fact))

    def accepted_at(self, resolved_at: datetime) -> datetime | None:
        """When a resolution of then, which the client was told of at ``told_at``, counts as accepted by
        silence; None where it never does."""
        days, since = self.patience.acceptance, max(resolved_at, self.told_at or resolved_at)
        return None if days is None else working_days_after(self.sla, self.site_ids[0], since, days)

    def settled(self) -> "Ticket":
        """The ticket in the state that follows from what is known; ended ones stay as they are."""
        if not self.is_open:
            return self
        unfinished = self.unfinished_sites
        holds = tuple(hold for hold in self.holds if hold.site_id in unfinished)
        held = {hold.site_id for hold in holds}
        all_held = bool(unfinished) and all(site in held for site in unfinished)
        return replace(self, holds=holds, state=TicketState.ON_HOLD if all_held else self._stage())

    def _stage(self) -> TicketState:
        if self.started:
            return TicketState.IN_PROGRESS
        if any(visit.state in ASSIGNED for visit in self.visits):
            return TicketState.SCHEDULED
        return TicketState.TRIAGED if self.triaged else TicketState.NEW

    def _finished(self, site: str) -> bool:
        if site in self.accepted_sites:
            return True
        made = [v for v in self.visits if v.site_id == site and v.state is not VisitState.CANCELLED]
        return bool(made) and made[-1].fixed

    def sites_meant(self, named: tuple[str, ...], default: tuple[str, ...]) -> tuple[str, ...]:
        """The sites named, each the ticket's own; ``default`` when none is."""
        for site in named:
            if site not in self.site_ids:
                raise UnknownReference("site", site)
        return tuple(dict.fromkeys(named)) or default
