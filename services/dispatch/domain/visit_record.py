"""What is known of a visit, what can be done with it now, and what every fact about it says."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Self

from contracts.audience import Parties
from contracts.dispatch.events import (
    AppointmentChosen,
    AppointmentDeclined,
    AppointmentOffered,
    AppointmentReminded,
    Attention,
    DispatchRevoked,
    NoSlot,
    RevocationReason,
    RuledOut,
    SignOfLifeMissed,
    Silence,
    SilenceTold,
    SlotOffered,
)
from contracts.refusal import illegal_transition
from contracts.values import Outcome, Point, Priority, VisitState, Window
from services.dispatch.domain.alone import Alone
from services.dispatch.domain.lawful_exit import LawfulExit
from services.dispatch.domain.need import Need, Place
from services.dispatch.domain.plan import ON_SITE, POSSIBLE, REMOTELY, URGENT, Moved, Origin, Plan, Refused
from services.dispatch.domain.refusals import on_hold
from services.dispatch.domain.wishes import NO_WISHES, Wishes

_GO_THERE = ("assign", "offer-slots")
"""What is not possible while nobody is sent to the site."""


@dataclass(frozen=True)
class VisitRecord:
    """``attention`` says why a dispatcher is asked; ``worked_at`` is when work last paused or went on.
    ``report_version``: the service report's that holds now.
    ``departure_is_hearsay``: somebody else said when the technician had left, long after.

    ``promised`` is the arrival window that the client has chosen: it is made then, whoever makes it.
    ``apprentices`` go along with their tutor and hold no time of their own.
    ``lawful_exits``: of whoever may make it in his rest, or has been told to and may not know better.
    """

    id: str
    ticket_id: str
    number: str
    customer_id: str
    site_id: str
    need: Need
    place: Place
    priority: Priority
    requested_at: datetime
    origin: Origin | None = None
    state: VisitState = VisitState.WAITING
    contract_id: str | None = None
    requester_id: str | None = None
    on_site_contact_id: str | None = None
    confidential: bool = False
    opened_by: str | None = None
    technician_id: str | None = None
    plan: Plan | None = None
    pinned: bool = False
    held: bool = False
    not_before_at: datetime | None = None
    refused_by: tuple[Refused, ...] = ()
    shortages: int = 0
    told_before: tuple[str, ...] = ()
    moved_from: Moved | None = None
    attention: Attention | NoSlot | Silence | None = None
    reasons: tuple[RuledOut, ...] = ()
    told_at: datetime | None = None
    acknowledge_by_at: datetime | None = None
    departed_at: datetime | None = None
    arrived_at: datetime | None = None
    started_at: datetime | None = None
    worked_at: datetime | None = None
    lawful_exits: tuple[LawfulExit, ...] = ()
    ended_at: datetime | None = None
    promised: Window | None = None
    wishes: Wishes = NO_WISHES
    outcome: Outcome | None = None
    departure_is_hearsay: bool = False
    report_version: int | None = None
    alone: Alone | None = None
    apprentices: tuple[str, ...] = ()

    @property
    def parties(self) -> Parties:
        return Parties(
            customer_id=self.customer_id,
            confidential=self.confidential,
            contact_ids=(self.opened_by, self.requester_id, self.on_site_contact_id),
            site_ids=(self.site_id,),
            contract_ids=(self.contract_id,),
            technician_ids=(self.technician_id, *self.companions, *self.apprentices),
        )

    @property
    def companions(self) -> tuple[str, ...]:
        """Those who are there beside its technician, as planned."""
        return () if self.plan is None else self.plan.companions

    def is_made_by(self, technician_id: str) -> bool:
        """Whether he leads it or is a companion."""
        return technician_id == self.technician_id or technician_id in self.companions

    @property
    def beside(self) -> Self:
        """The visit as it asks for a companion: the one who leads brings its parts, and is bound to it."""
        need = replace(self.need, skills=self.need.companion_skills, parts=(), same_technician=False)
        wishes = replace(self.wishes, bound_to=None, preferred=())
        return replace(self, need=need, wishes=wishes, shortages=0)

    def as_asked_of(self, technician_id: str) -> Self:
        """The visit as it asks for him: as a companion if he is one."""
        return self.beside if technician_id in self.companions else self

    @property
    def urgent(self) -> bool:
        """Whether it goes to whoever is on call when nobody is at work."""
        return self.priority in URGENT

    @property
    def where(self) -> Point | None:
        """Where the technician has to be; None for work that needs nobody on the spot."""
        return None if self.need.remote else self.place.point

    @property
    def due_at(self) -> datetime | None:
        """When the machine looks at it again: to tell the technician, or to stop waiting for his word."""
        if self.state is VisitState.PLANNED and self.plan is not None:
            return self.plan.tell_at
        if self.state is VisitState.DISPATCHED:
            return self.acknowledge_by_at
        return self.alone.due_at if self.alone is not None and self.state in ON_SITE else None

    @property
    def late_by(self) -> timedelta:
        """How far past a deadline the plan is; nothing while it keeps them."""
        plan, need = self.plan, self.need
        if plan is None:
            return timedelta(0)
        pairs = ((plan.start_at, need.respond_by_at), (plan.end_at, need.restore_by_at))
        return max((at - by for at, by in pairs if by is not None and at > by), default=timedelta(0))

    @property
    def lawful_exit(self) -> LawfulExit | None:
        """The way out by which its technician makes it, if the plan falls into his rest."""
        way_out, plan = self.exit_of(self.technician_id), self.plan
        if way_out is None or plan is None:
            return None
        in_it = way_out.rest_from_at < plan.end_at and plan.start_at < way_out.rest_to_at
        return way_out if in_it else None

    def exit_of(self, technician_id: str | None) -> LawfulExit | None:
        """His way out, which counts for what he did although it is planned otherwise by now."""
        return next((each for each in self.lawful_exits if each.technician_id == technician_id), None)

    @property
    def possible(self) -> tuple[str, ...]:
        """The verbs that the present state allows: work that needs nobody on the spot needs no arrival."""
        verbs = POSSIBLE[self.state]
        if self.need.remote:
            verbs += REMOTELY.get(self.state, ())
        return tuple(verb for verb in verbs if verb not in _GO_THERE) if self.held else verbs

    def check(self, verb: str) -> None:
        """Refuse a verb that the present state does not allow."""
        if verb == "assign" and self.held and verb in POSSIBLE[self.state]:
            raise on_hold(self.state, self.possible)
        if verb not in self.possible:
            raise illegal_transition("visit", self.state, verb, self.possible)

    def offered(
        self, slots: tuple[SlotOffered, ...], expires_at: datetime, link_until: datetime
    ) -> AppointmentOffered:
        """That the client may choose one of these windows."""
        return AppointmentOffered(
            **self.whom(),
            slots=slots,
            expires_at=expires_at,
            link_until=link_until,
            summary=self.need.summary,
        )

    def chosen(self, window: Window) -> AppointmentChosen:
        """That the client has chosen this window."""
        return AppointmentChosen(
            **self.whom(),
            arrival_from=window.from_at,
            arrival_to=window.to_at,
            summary=self.need.summary,
        )

    def without_slot(self, reason: NoSlot) -> AppointmentDeclined:
        """That there is no window for the client to choose."""
        return AppointmentDeclined(
            **self.whom(),
            technician_id=self.technician_id,
            reason=reason,
            priority=self.priority,
            summary=self.need.summary,
        )

    def reminded(self) -> AppointmentReminded:
        """That the client is to be reminded of what he was promised."""
        assert self.promised is not None, f"{self.id} has no appointment"
        return AppointmentReminded(
            **self.whom(),
            technician_id=self._technician(),
            arrival_from=self.promised.from_at,
            arrival_to=self.promised.to_at,
            duration_minutes=self.need.duration_minutes,
            summary=self.need.summary,
        )

    def silence(self, told: SilenceTold) -> SignOfLifeMissed:
        """That its technician, who works alone there, is or was not heard of."""
        assert self.alone is not None, f"nobody works alone on {self.id}"
        return SignOfLifeMissed(
            **self.whom(),
            technician_id=self._technician(),
            last_sign=self.alone.last_sign_at,
            told=told,
            priority=self.priority,
            summary=self.need.summary,
        )

    def all_clear(self) -> tuple[SignOfLifeMissed, ...]:
        """What those who were alarmed about him are told once he is heard of."""
        alarmed = self.alone is not None and self.alone.alarmed
        return (self.silence(SilenceTold.OVER),) if alarmed else ()

    def _technician(self) -> str:
        assert self.technician_id is not None, f"{self.id} is {self.state} without a technician"
        return self.technician_id

    def _revoked(self, reason: RevocationReason, technician_id: str | None = None) -> DispatchRevoked:
        technician_id = technician_id or self._technician()
        return DispatchRevoked(**self.whom(), technician_id=technician_id, reason=reason)

    def whom(self) -> dict[str, Any]:
        """What every fact about it says of whom it concerns."""
        return {
            "visit_id": self.id,
            "ticket_id": self.ticket_id,
            "number": self.number,
            "customer_id": self.customer_id,
            "site_id": self.site_id,
            "contract_id": self.contract_id,
            "requester_id": self.requester_id,
            "on_site_contact_id": self.on_site_contact_id,
            "confidential": self.confidential,
            "opened_by": self.opened_by,
            "companions": self.companions,
        }

    def _assignment(self) -> dict[str, Any]:
        assert self.plan is not None
        return {
            **self.whom(),
            "technician_id": self._technician(),
            "planned_start": self.plan.start_at,
            "planned_end": self.plan.end_at,
            "arrival_from": self.plan.arrival_from_at,
            "arrival_to": self.plan.arrival_to_at,
            "priority": self.priority,
            "kind": self.need.kind,
            "summary": self.need.summary,
            "category": self.need.category,
            "skills": self.need.skills,
            "duration_minutes": self.need.duration_minutes,
            "parts": self.need.parts,
            "access": self.need.access,
            "briefing": self.need.briefing,
            "pinned": self.pinned,
            "follows": self.need.follows,
        }
