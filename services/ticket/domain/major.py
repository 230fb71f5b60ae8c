"""A major incident: one fault that concerns many, with somebody in charge who tells them how it goes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from contracts.refusal import Refusal, illegal_transition
from contracts.text import Text
from contracts.ticket.events import MajorIncidentUpdated, Relation, TicketLinked, Wording
from contracts.ticket.majors import MajorIncidentDeclared, MajorUpdateDue
from contracts.values import TicketState
from services.ticket.domain.part_of import having_joined, having_left
from services.ticket.domain.resolution import Resolution
from services.ticket.domain.ticket import Happened, Step, Ticket

MAX_ATTACHED = 300
MESSAGES_KEPT = 100
"""The newest; all of them stand in the timelines of the tickets."""


class MajorState(StrEnum):
    DECLARED = "declared"
    INVESTIGATING = "investigating"
    MITIGATED = "mitigated"
    RESOLVED = "resolved"
    CLOSED = "closed"


GOING_ON = frozenset({MajorState.DECLARED, MajorState.INVESTIGATING, MajorState.MITIGATED})
VERBS: Mapping[str, tuple[MajorState, frozenset[MajorState]]] = {
    "investigate": (
        MajorState.INVESTIGATING,
        frozenset({MajorState.DECLARED, MajorState.MITIGATED}),
    ),
    "mitigate": (MajorState.MITIGATED, frozenset({MajorState.DECLARED, MajorState.INVESTIGATING})),
    "resolve": (MajorState.RESOLVED, GOING_ON),
    "close": (MajorState.CLOSED, frozenset({MajorState.RESOLVED})),
}
"""Where each verb leads, and from which states; what a workaround did not hold is investigated again."""


@dataclass(frozen=True)
class Place:
    site_id: str
    customer_id: str


@dataclass(frozen=True)
class Attached:
    """What the major incident must know of a ticket that is a part of it."""

    ticket_id: str
    customer_id: str
    confidential: bool
    site_ids: tuple[str, ...]
    category: str


@dataclass(frozen=True)
class Posted:
    """A message to all; ``n`` counts from 1."""

    n: int
    at: datetime
    by: str
    text: Wording


@dataclass(frozen=True)
class Affected:
    """What is said to be affected, besides what the attached tickets are about."""

    customer_ids: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class Major:
    """``reached``: when it came to each state last. ``update_due_at``: by when those affected are to be told
    something; None once it is over. ``missed``: how often in a row they were not.
    ``ticket_id``: what it was declared from."""

    id: str
    title: Wording
    lead: str
    update_minutes: int
    declared_at: datetime
    declared_by: str
    affected: Affected = Affected()
    ticket_id: str | None = None
    state: MajorState = MajorState.DECLARED
    reached: Mapping[MajorState, datetime] = field(default_factory=dict)
    attached: tuple[Attached, ...] = ()
    posted: int = 0
    messages: tuple[Posted, ...] = ()
    update_due_at: datetime | None = None
    missed: int = 0
    resolution: Resolution | None = None

    @property
    def going_on(self) -> bool:
        return self.state in GOING_ON

    @property
    def possible(self) -> tuple[str, ...]:
        """The verbs that the present state allows."""
        return tuple(verb for verb, (_, states) in VERBS.items() if self.state in states)

    @property
    def ticket_ids(self) -> tuple[str, ...]:
        return tuple(each.ticket_id for each in self.attached)

    @property
    def site_ids(self) -> tuple[str, ...]:
        """Every site affected, by its own saying or an attached ticket's."""
        said = (place.site_id for place in self.affected.places)
        return tuple(sorted({*said, *(site for each in self.attached for site in each.site_ids)}))

    @property
    def categories(self) -> tuple[str, ...]:
        return tuple(sorted({*self.affected.categories, *(each.category for each in self.attached)}))

    def customer_ids(self, *, confidential: bool) -> tuple[str, ...]:
        """Whom it concerns; ``confidential``: also those of whom only a confidential ticket says so."""
        said = {*self.affected.customer_ids, *(place.customer_id for place in self.affected.places)}
        told = (each.customer_id for each in self.attached if confidential or not each.confidential)
        return tuple(sorted({*said, *told}))

    def check(self, verb: str) -> None:
        if verb not in self.possible:
            raise illegal_transition("major-incident", self.state, verb, self.possible)

    def moved(self, verb: str, at: datetime) -> "Major":
        """In the state that the verb leads to; who resolved it owes nobody an update any more."""
        self.check(verb)
        state = VERBS[verb][0]
        after = replace(self, state=state, reached={**self.reached, state: at})
        return after if after.going_on else replace(after, update_due_at=None, missed=0)

    def with_ticket(self, ticket: Ticket) -> "Major":
        others = tuple(each for each in self.attached if each.ticket_id != ticket.id)
        part = Attached(ticket.id, ticket.customer_id, ticket.confidential, ticket.site_ids, ticket.category)
        return replace(self, attached=(*others, part))

    def without_ticket(self, ticket_id: str) -> "Major":
        attached = tuple(each for each in self.attached if each.ticket_id != ticket_id)
        return replace(self, attached=attached)

    def due_anew(self, at: datetime) -> "Major":
        """Those affected were told something: the next time is due by the rhythm."""
        due_at = at + timedelta(minutes=self.update_minutes) if self.going_on else None
        return replace(self, update_due_at=due_at, missed=0)


def declared(major: Major) -> tuple[Major, MajorIncidentDeclared]:
    at = major.declared_at
    after = replace(major, reached={MajorState.DECLARED: at}).due_anew(at)
    assert after.update_due_at is not None
    return after, MajorIncidentDeclared(
        major_id=major.id,
        title=major.title,
        lead=major.lead,
        update_minutes=major.update_minutes,
        update_due_at=after.update_due_at,
    )


def posted(major: Major, text: Wording, by: str, at: datetime) -> tuple[Major, Posted]:
    """A message to all, which is the update that was due."""
    if major.state is MajorState.CLOSED:
        raise illegal_transition("major-incident", major.state, "messages", major.possible)
    said = Posted(major.posted + 1, at, by, text)
    after = replace(major, posted=said.n, messages=(*major.messages, said)[-MESSAGES_KEPT:])
    return after.due_anew(at), said


def missed(major: Major, now: datetime) -> tuple[Major, MajorUpdateDue | None]:
    """What fell due by ``now``: the last update that nobody wrote is told of, those before are counted."""
    due_at, rhythm = major.update_due_at, timedelta(minutes=major.update_minutes)
    if due_at is None or due_at > now:
        return major, None
    times = (now - due_at) // rhythm + 1
    last = due_at + (times - 1) * rhythm
    after = replace(major, update_due_at=last + rhythm, missed=major.missed + times)
    return after, MajorUpdateDue(
        major_id=major.id,
        title=major.title,
        lead=major.lead,
        update_minutes=major.update_minutes,
        due_at=last,
        missed=after.missed,
    )


def check_attaching(major: Major, ticket: Ticket) -> None:
    if ticket.major_id is not None:
        raise Refusal(
            "in-another-major-incident",
            Text(
                f"{ticket.number} is part of another major incident, which `major_id` names: "
                "detach it there first.",
                f"{ticket.number} fait partie d'un autre incident majeur, donné par `major_id` : "
                "détachez-l'en d'abord.",
            ),
            major_id=ticket.major_id,
        )
    if ticket.state is TicketState.CANCELLED:
        raise Refusal(
            "ticket-cancelled",
            Text(
                f"{ticket.number} is cancelled: attach the ticket that goes on instead.",
                f"{ticket.number} est annulé : rattachez le ticket qui se poursuit à sa place.",
            ),
        )
    if major.state is MajorState.CLOSED:
        raise illegal_transition("major-incident", major.state, "attach", major.possible)
    if len(major.attached) >= MAX_ATTACHED:
        raise Refusal(
            "too-many-attached",
            Text(
                f"A major incident has at most {MAX_ATTACHED} tickets: make the others children of one.",
                f"Un incident majeur a au plus {MAX_ATTACHED} tickets : "
                "faites des autres les enfants de l'un d'eux.",
            ),
        )


def joined(ticket: Ticket, major: Major, at: datetime, recorded_at: datetime) -> Step:
    """The ticket as a part of it."""
    part_of = having_joined(ticket, major.id, recorded_at)
    return _linked(replace(ticket, major_id=major.id, part_of=part_of), major, at, linked=True)


def parted(ticket: Ticket, major: Major, at: datetime, recorded_at: datetime) -> Step:
    part_of = having_left(ticket, recorded_at)
    return _linked(replace(ticket, major_id=None, part_of=part_of), major, at, linked=False)


def _linked(ticket: Ticket, major: Major, at: datetime, *, linked: bool) -> Step:
    fact = ticket.fact(TicketLinked, relation=Relation.MAJOR_INCIDENT, other_id=major.id, linked=linked)
    return ticket, ((max(at, ticket.declared_at), fact),)


def people_of(ticket: Ticket) -> tuple[str, ...]:
    """Who is told of what happens to it: who asked (or waits on the spot) and who follows it."""
    asker = ticket.requester_id or ticket.on_site_contact_id
    return tuple(id for id in dict.fromkeys((asker, *ticket.watcher_ids)) if id is not None)


def told_of(ticket: Ticket, major: Major, said: Posted, told: tuple[str, ...]) -> Happened:
    """The message as a fact of one of its tickets, by which the contacts ``told`` are told."""
    fact = ticket.fact(
        MajorIncidentUpdated,
        major_id=major.id,
        message_id=f"{major.id}:{said.n}",
        title=major.title,
        text=said.text,
        told=told,
    )
    return max(said.at, ticket.declared_at), fact
