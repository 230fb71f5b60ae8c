"""A major incident is declared, run, told of and resolved; tickets become part of it, or are no more."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from contracts.audience import Viewer
from contracts.refusal import NotFound, UnknownReference
from contracts.ticket.events import Wording
from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Ref
from infra.chassis.store.unit import AlreadyExists, Unit
from services.ticket.domain.dating import dated
from services.ticket.domain.major import (
    MAX_ATTACHED,
    Affected,
    Major,
    Place,
    check_attaching,
    declared,
    joined,
    missed,
    parted,
    people_of,
    posted,
    told_of,
)
from services.ticket.domain.resolution import Resolution
from services.ticket.domain.ticket import Ticket
from services.ticket.store.articles import Articles
from services.ticket.store.copies import Sites
from services.ticket.store.customers import Customers
from services.ticket.store.majors import Majors
from services.ticket.store.tickets import Tickets
from services.ticket.store.work_types import WorkTypes
from services.ticket.usecases.keeping import keep
from services.ticket.usecases.parent import children_of, leave, resolve_together


@dataclass(frozen=True, kw_only=True)
class Said:
    """What is affected, as somebody says it."""

    customers: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()

    def affected(self, unit: Unit) -> Affected:
        """The same with the customer of each site; what is unknown is refused."""
        for customer in self.customers:
            unit.require(Customers, customer, as_="customer")
        for category in self.categories:
            unit.require(WorkTypes, category, as_="work-type")
        sites = [unit.require(Sites, site, as_="site") for site in self.sites]
        places = tuple(Place(site.site_id, site.customer_id) for site in sites)
        return Affected(self.customers, places, self.categories)


@dataclass(frozen=True, kw_only=True)
class DeclareMajor:
    """``id`` is new; ``ticket_id`` is the ticket that it is declared from, its first."""

    id: str
    title: Wording
    lead: str
    update_minutes: int
    said: Said
    viewer: Viewer
    ticket_id: str | None = None
    occurred_at: datetime | None = None

    def loads(self) -> tuple[Ref, ...]:
        named = () if self.ticket_id is None else (Ref(Tickets, self.ticket_id),)
        return (Ref(Majors, self.id), *named)

    def decide(self, unit: Unit) -> Major:
        if unit.get(Majors, self.id) is not None:
            raise AlreadyExists(Majors.name, self.id)
        at = dated(self.viewer, self.occurred_at, unit.now)
        begun = Major(
            id=self.id,
            title=self.title,
            lead=self.lead,
            update_minutes=self.update_minutes,
            declared_at=at,
            declared_by=self.viewer.subject,
            affected=self.said.affected(unit),
            ticket_id=self.ticket_id,
        )
        major, fact = declared(begun)
        if self.ticket_id is not None:
            major = join(unit, major, seen(unit, self.ticket_id, self.viewer), at)
        unit.add(Majors, major, fact, at=at)
        return major


@dataclass(frozen=True, kw_only=True)
class MajorCommand:
    id: str
    viewer: Viewer
    occurred_at: datetime | None = None
    expected: Expected = None

    def loads(self) -> tuple[Ref, ...]:
        return (Ref(Majors, self.id),)

    def addressed(self, unit: Unit) -> tuple[Major, datetime]:
        major = unit.get(Majors, self.id)
        if major is None:
            raise NotFound("major-incident", self.id)
        check_version(unit.version(Majors, self.id), self.expected)
        return major, max(major.declared_at, dated(self.viewer, self.occurred_at, unit.now))


@dataclass(frozen=True, kw_only=True)
class ChangeMajor(MajorCommand):
    """What is None stays; a new rhythm counts from now."""

    title: Wording | None = None
    lead: str | None = None
    update_minutes: int | None = None
    customers: tuple[str, ...] | None = None
    sites: tuple[str, ...] | None = None
    categories: tuple[str, ...] | None = None

    def decide(self, unit: Unit) -> None:
        major, at = self.addressed(unit)
        before = major.affected
        kept = tuple(place.site_id for place in before.places)
        said = Said(
            customers=before.customer_ids if self.customers is None else self.customers,
            sites=kept if self.sites is None else self.sites,
            categories=before.categories if self.categories is None else self.categories,
        )
        after = replace(
            major,
            title=self.title or major.title,
            lead=self.lead or major.lead,
            update_minutes=self.update_minutes or major.update_minutes,
            affected=said.affected(unit),
        )
        if after.update_minutes != major.update_minutes:
            after = replace(after.due_anew(at), missed=after.missed)
        if after != major:
            unit.save(Majors, after)


@dataclass(frozen=True, kw_only=True)
class MoveMajor(MajorCommand):
    """``investigate``, ``mitigate`` or ``close``."""

    verb: str

    def decide(self, unit: Unit) -> None:
        major, at = self.addressed(unit)
        unit.save(Majors, major.moved(self.verb, at))


@dataclass(frozen=True, kw_only=True)
class ResolveMajor(MajorCommand):
    """The attached tickets that nothing stands against are resolved with it."""

    work_done: str
    cause: str | None = None
    article_id: str | None = None

    def decide(self, unit: Unit) -> dict[str, Any]:
        major, at = self.addressed(unit)
        after = major.moved("resolve", at)
        if self.article_id is not None:
            unit.require(Articles, self.article_id, as_="article")
        resolution = Resolution(self.work_done, self.cause, self.article_id)
        unit.save(Majors, replace(after, resolution=resolution))
        return resolve_together(unit, tickets_of(unit, major), resolution, at)


@dataclass(frozen=True, kw_only=True)
class PostMessage(MajorCommand):
    """Tell everybody concerned, each of them once however many of the tickets are his."""

    text: Wording

    def decide(self, unit: Unit) -> None:
        major, at = self.addressed(unit)
        after, said = posted(major, self.text, self.viewer.subject, at)
        told = set[str]()
        for ticket in tickets_of(unit, major):
            if ticket.cancelled_at is not None:
                continue
            people = tuple(id for id in people_of(ticket) if id not in told)
            told.update(people)
            happened = told_of(ticket, after, said, people)
            keep(unit, ticket, (ticket, (happened,)), at=happened[0])
        unit.save(Majors, after)


@dataclass(frozen=True, kw_only=True)
class AttachTicket(MajorCommand):
    ticket_id: str

    def loads(self) -> tuple[Ref, ...]:
        return (Ref(Majors, self.id), Ref(Tickets, self.ticket_id))

    def decide(self, unit: Unit) -> None:
        major, at = self.addressed(unit)
        ticket = seen(unit, self.ticket_id, self.viewer)
        if ticket.major_id != major.id:
            unit.save(Majors, join(unit, major, ticket, at))


@dataclass(frozen=True, kw_only=True)
class DetachTicket(AttachTicket):
    """Its children of other customers, which only a major incident joins, have no parent any more."""

    def decide(self, unit: Unit) -> None:
        major, at = self.addressed(unit)
        ticket = seen(unit, self.ticket_id, self.viewer)
        if ticket.major_id == major.id:
            for child in children_of(unit, ticket):
                if child.customer_id != ticket.customer_id:
                    leave(unit, child, at)
            step = parted(unit.require(Tickets, ticket.id, as_="ticket"), major, at, unit.now)
            keep(unit, unit.require(Tickets, ticket.id, as_="ticket"), step, at=step[1][0][0])
            unit.save(Majors, major.without_ticket(ticket.id))


@dataclass(frozen=True)
class TendMajor:
    """The timer of a major incident: its lead is told of an update that nobody wrote."""

    id: str

    def loads(self) -> tuple[Ref, ...]:
        return (Ref(Majors, self.id),)

    def decide(self, unit: Unit) -> None:
        major = unit.get(Majors, self.id)
        if major is None:
            return
        after, fact = missed(major, unit.now)
        if fact is not None:
            unit.save(Majors, after, fact, at=fact.due_at)


def seen(unit: Unit, ticket_id: str, viewer: Viewer) -> Ticket:
    """The ticket, if it exists for the viewer."""
    ticket = unit.require(Tickets, ticket_id, as_="ticket")
    if not viewer.sees(ticket.parties):
        raise UnknownReference("ticket", ticket_id)
    return ticket


def tickets_of(unit: Unit, major: Major) -> Sequence[Ticket]:
    return unit.where(Tickets, "major_id", major.id)


def join(unit: Unit, major: Major, ticket: Ticket, at: datetime) -> Major:
    """The major incident with the ticket in it, which is kept; it is still to be saved itself."""
    check_attaching(major, ticket)
    step = joined(ticket, major, at, unit.now)
    keep(unit, ticket, step, at=step[1][0][0])
    return major.with_ticket(ticket)


def join_what_it_repeats(unit: Unit, duplicate: Ticket, kept: Ticket, at: datetime) -> None:
    """A duplicate is merged: what it repeats becomes part of its major incident, so that its people, who
    follow that one from now on, are told of it."""
    major = None if duplicate.major_id is None else unit.get(Majors, duplicate.major_id)
    if major is None or not major.going_on or kept.major_id is not None or not kept.is_open:
        return
    if len(major.attached) < MAX_ATTACHED:
        origin = kept.id if major.ticket_id == duplicate.id else major.ticket_id
        unit.save(Majors, join(unit, replace(major, ticket_id=origin), kept, at))
