"""One hand-written message of every fact about what several tickets have in common."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from contracts.ticket.events import MajorIncidentUpdated, Relation, TicketFact, TicketLinked, Wording
from contracts.ticket.majors import MajorIncidentDeclared, MajorIncidentFact, MajorUpdateDue

_MAJOR: dict[str, Any] = {
    "major_id": "0193a0c2-3333-7000-8000-000000000001",
    "title": Wording(fr="Fibre coupée à Rennes", en="Fibre cut in Rennes"),
}
_RUN: dict[str, Any] = {**_MAJOR, "lead": "agent-paul", "update_minutes": 30}


def links(ticket: dict[str, Any]) -> tuple[TicketFact, ...]:
    return (
        TicketLinked(
            **ticket,
            relation=Relation.CHILD,
            other_id="0193a0c2-1111-7000-8000-000000000002",
            other_number="INC-000043",
            linked=True,
        ),
        MajorIncidentUpdated(
            **ticket,
            **_MAJOR,
            message_id=f"{_MAJOR['major_id']}:2",
            text=Wording(fr="L'opérateur répare la fibre", en="The carrier mends the fibre"),
            told=("contact-anne",),
        ),
    )


def majors(at: Callable[..., datetime]) -> tuple[MajorIncidentFact, ...]:
    """``at`` hours and minutes of its day."""
    return (
        MajorIncidentDeclared(**_RUN, update_due_at=at(8, 30)),
        MajorUpdateDue(**_RUN, due_at=at(9), missed=2),
    )
