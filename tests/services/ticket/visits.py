"""Facts of visits as dispatch and the stock would tell them."""

from datetime import datetime, timedelta
from typing import Any

from contracts.catalogue import CATALOGUE
from contracts.dispatch import events
from contracts.envelope import Envelope, Fact
from contracts.values import Outcome
from services.ticket.domain.ticket import Ticket
from services.ticket.stream.visits import on_visit_fact
from tests.world import World


def envelope_of(fact: Fact, subject: str, key: str, at: datetime) -> Envelope:
    topic = CATALOGUE.topic_for(type(fact))
    return Envelope(
        topic=topic.name,
        source=topic.source,
        id=f"{subject}:1",
        type=fact.TYPE,
        major=1,
        subject=subject,
        key=key,
        sequence=1,
        occurred_at=at,
        recorded_at=at + timedelta(seconds=1),
        actor="lea",
        correlation_id="c-test",
    )


def tell(
    world: World, model: type[events.VisitFact], ticket: Ticket, n: int, at: datetime, **said: Any
) -> None:
    """Let the service read a fact of the ticket's ``n``-th visit."""
    visit_id = f"{ticket.id}-{n}"
    known = next((visit for visit in ticket.visits if visit.id == visit_id), ticket.visits[0])
    fact = model(
        visit_id=visit_id,
        ticket_id=ticket.id,
        number=ticket.number,
        customer_id=ticket.customer_id,
        site_id=said.pop("site_id", known.site_id),
        **said,
    )
    world.run(on_visit_fact(fact, envelope_of(fact, visit_id, ticket.id, at)))


def assignment(start: datetime, technician_id: str = "lea", **changes: Any) -> dict[str, Any]:
    return {
        "technician_id": technician_id,
        "planned_start": start,
        "planned_end": start + timedelta(hours=1),
        "arrival_from": start - timedelta(minutes=30),
        "arrival_to": start + timedelta(minutes=30),
        "priority": "P3",
        "kind": "incident",
        "summary": "Écran noir",
        "category": "laptop",
        "skills": {"hardware": 2},
        "duration_minutes": 60,
        **changes,
    }


def plan(world: World, ticket: Ticket, n: int, start: datetime, technician_id: str = "lea") -> None:
    tell(world, events.VisitPlanned, ticket, n, world.clock.now(), **assignment(start, technician_id))


def end(
    world: World,
    ticket: Ticket,
    n: int,
    outcome: Outcome,
    at: datetime,
    *,
    started: datetime | None = None,
    **said: Any,
) -> None:
    tell(
        world,
        events.InterventionClosed,
        ticket,
        n,
        at,
        technician_id="lea",
        outcome=outcome,
        started_at=started,
        ended_at=at,
        **said,
    )
