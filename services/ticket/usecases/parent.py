"""A ticket gets a parent, or has none any more."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.refusal import UnknownReference
from infra.chassis.store.collection import Ref, Where
from infra.chassis.store.unit import Unit
from services.ticket.domain.kin import (
    MAX_CHILDREN,
    LeftBecause,
    adopted,
    check_parent,
    check_room,
    left,
    why_left,
)
from services.ticket.domain.resolution import Resolution
from services.ticket.domain.ticket import Ticket
from services.ticket.store.majors import Majors
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.addressing import TicketCommand
from services.ticket.usecases.keeping import keep


@dataclass(frozen=True, kw_only=True)
class SetParent(TicketCommand):
    """Both tickets are written, so that two who link them at the same time do not make three generations."""

    parent_id: str

    def loads(self) -> tuple[Ref | Where, ...]:
        named = (Ref(Tickets, self.parent_id), Where(Tickets, "parent_id", self.ticket_id))
        return (Ref(Tickets, self.ticket_id), *named)

    def decide(self, unit: Unit) -> Ticket:
        ticket, at = self.addressed(unit)
        parent = unit.require(Tickets, self.parent_id, as_="ticket")
        if not self.viewer.sees(parent.parties):
            raise UnknownReference("ticket", self.parent_id)
        if ticket.parent_id == parent.id:
            return ticket
        check_parent(ticket, parent, children_of(unit, ticket), major=starts_a_major(unit, parent))
        check_room(parent, len(children_of(unit, parent)))
        if ticket.parent_id is not None:
            ticket = leave(unit, ticket, at)
        return adopt(unit, ticket, parent, at)


@dataclass(frozen=True, kw_only=True)
class DropParent(TicketCommand):
    def decide(self, unit: Unit) -> Ticket:
        ticket, at = self.addressed(unit)
        return ticket if ticket.parent_id is None else leave(unit, ticket, at)


def children_of(unit: Unit, ticket: Ticket) -> tuple[Ticket, ...]:
    return unit.where(Tickets, "parent_id", ticket.id)


def adopt(unit: Unit, child: Ticket, parent: Ticket, at: datetime) -> Ticket:
    of_child, of_parent = adopted(child, parent, at)
    keep(unit, parent, of_parent, at=of_parent[1][0][0])
    return keep(unit, child, of_child, at=of_child[1][0][0])


def leave(unit: Unit, child: Ticket, at: datetime) -> Ticket:
    parent = unit.require(Tickets, child.parent_id or "", as_="ticket")
    of_child, of_parent = left(child, parent, at)
    keep(unit, parent, of_parent, at=of_parent[1][0][0])
    return keep(unit, child, of_child, at=of_child[1][0][0])


def hand_on_children(unit: Unit, duplicate: Ticket, kept_id: str, at: datetime) -> None:
    """``duplicate`` is merged into what ``kept_id`` names: its children become children of that, or of its
    parent; those that may not be have no parent any more."""
    for each in children_of(unit, duplicate):
        child = leave(unit, each, at)
        kept = unit.require(Tickets, kept_id, as_="ticket")
        heir = unit.require(Tickets, kept.parent_id or kept.id, as_="ticket")
        akin = heir.customer_id == child.customer_id or starts_a_major(unit, heir)
        if heir.id != child.id and akin and len(children_of(unit, heir)) < MAX_CHILDREN:
            adopt(unit, child, heir, at)


def starts_a_major(unit: Unit, ticket: Ticket) -> bool:
    """Whether it is what the major incident was declared from that it is a part of."""
    major = None if ticket.major_id is None else unit.get(Majors, ticket.major_id)
    return major is not None and major.ticket_id == ticket.id


def resolve_together(
    unit: Unit, tickets: Iterable[Ticket], resolution: Resolution, at: datetime, *, confidential: bool = False
) -> dict[str, Any]:
    """Resolve those that nothing stands against; which were, and which were left and why. What is said of a
    ``confidential`` one is not said in those that are not."""
    resolved, stayed = list[str](), dict[str, str]()
    for ticket in tickets:
        reason = why_left(ticket, at)
        if confidential and not ticket.confidential:
            reason = reason or LeftBecause.CONFIDENTIAL
        if reason is not None:
            stayed[ticket.id] = str(reason)
            continue
        keep(unit, ticket, ticket.resolved(resolution, at), at=at, words=resolution.work_done)
        resolved.append(ticket.id)
    return {"resolved": resolved, "left": stayed}
