"""Parents and children: several tickets of one fault, in two generations."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from contracts.refusal import Refusal
from contracts.text import Text
from contracts.ticket.events import Relation, TicketLinked
from contracts.values import TicketState
from services.ticket.domain.ticket import Step, Ticket

MAX_CHILDREN = 200


class LeftBecause(StrEnum):
    """Why a ticket is not resolved together with another."""

    NOT_OPEN = "not-open"
    VISIT_UNDER_WAY = "visit-under-way"
    DECLARED_LATER = "declared-later"
    CONFIDENTIAL = "parent-confidential"


LEFT: dict[LeftBecause, Text] = {
    LeftBecause.NOT_OPEN: Text("It has ended already.", "Il est déjà terminé."),
    LeftBecause.VISIT_UNDER_WAY: Text(
        "A technician is on his way or at work there: resolve it once he has closed his visit.",
        "Un technicien y est en route ou au travail : résolvez-le quand il aura clos sa visite.",
    ),
    LeftBecause.CONFIDENTIAL: Text(
        "The parent is confidential and it is not: resolve it with words of its own.",
        "Le parent est confidentiel et lui non : résolvez-le avec ses propres mots.",
    ),
    LeftBecause.DECLARED_LATER: Text(
        "It was declared after the resolution: see whether the fault is there still, and resolve it apart.",
        "Il a été déclaré après la résolution : vérifiez si la panne persiste, et résolvez-le à part.",
    ),
}


def why_left(ticket: Ticket, at: datetime) -> LeftBecause | None:
    """Why what another ticket's resolution of ``at`` fixed does not resolve this one; None: it does."""
    if not ticket.is_open:
        return LeftBecause.NOT_OPEN
    if any(visit.under_way for visit in ticket.visits):
        return LeftBecause.VISIT_UNDER_WAY
    return LeftBecause.DECLARED_LATER if ticket.declared_at > at else None


def check_parent(child: Ticket, parent: Ticket, children: Sequence[Ticket], *, major: bool) -> None:
    """Refuse what would be no family of two generations. ``children`` are those that ``child`` has itself;
    ``major``: the parent is what a major incident was declared from."""
    if parent.id == child.id:
        raise Refusal(
            "parent-of-itself",
            Text(
                "A ticket is not its own parent: name another one.",
                "Un ticket n'est pas son propre parent : nommez-en un autre.",
            ),
        )
    if parent.customer_id != child.customer_id and not major:
        raise Refusal(
            "parent-of-another-customer",
            Text(
                f"{parent.number} is another customer's: only a major incident joins several customers. "
                "Declare one with POST /v1/major-incidents.",
                f"{parent.number} est d'un autre client : seul un incident majeur réunit plusieurs clients. "
                "Déclarez-en un par POST /v1/major-incidents.",
            ),
        )
    if parent.parent_id is not None:
        raise Refusal(
            "parent-has-a-parent",
            Text(
                f"{parent.number} is itself a child, and a parent has no parent: "
                "attach this ticket to its parent, which `parent` names.",
                f"{parent.number} est lui-même un enfant, et un parent n'a pas de parent : "
                "rattachez ce ticket à son parent, donné par `parent`.",
            ),
            parent=parent.parent_id,
        )
    if children:
        raise Refusal(
            "has-children",
            Text(
                f"This ticket has children ({len(children)}), and a parent has no parent: "
                "detach them first, or attach them to the other ticket.",
                f"Ce ticket a des enfants ({len(children)}), et un parent n'a pas de parent : "
                "détachez-les d'abord, ou rattachez-les à l'autre ticket.",
            ),
            children=[each.id for each in children],
        )
    if parent.state is TicketState.CANCELLED:
        raise Refusal(
            "parent-cancelled",
            Text(
                f"{parent.number} is cancelled: name the ticket that goes on instead.",
                f"{parent.number} est annulé : nommez le ticket qui se poursuit à sa place.",
            ),
        )


def check_room(parent: Ticket, children: int) -> None:
    if children >= MAX_CHILDREN:
        raise Refusal(
            "too-many-children",
            Text(
                f"{parent.number} has {MAX_CHILDREN} children, and no ticket has more: "
                "declare a major incident with POST /v1/major-incidents.",
                f"{parent.number} a {MAX_CHILDREN} enfants, aucun ticket n'en a plus : "
                "déclarez un incident majeur par POST /v1/major-incidents.",
            ),
        )


def note_not_for_children() -> Refusal:
    return Refusal(
        "note-not-for-children",
        Text(
            "Only what the firm says to the client goes to the children too: "
            "make the note public, or leave `also_children` out.",
            "Seul ce que la maison dit au client va aussi aux enfants : "
            "rendez la note publique, ou omettez `also_children`.",
        ),
    )


def adopted(child: Ticket, parent: Ticket, at: datetime) -> tuple[Step, Step]:
    """The child with that parent, and the parent, who is told of it."""
    of_child = _linked(replace(child, parent_id=parent.id), Relation.PARENT, parent, at, linked=True)
    return of_child, _linked(parent, Relation.CHILD, child, at, linked=True)


def left(child: Ticket, parent: Ticket, at: datetime) -> tuple[Step, Step]:
    """The child without that parent, and the parent, who is told of it."""
    of_child = _linked(replace(child, parent_id=None), Relation.PARENT, parent, at, linked=False)
    return of_child, _linked(parent, Relation.CHILD, child, at, linked=False)


def _linked(ticket: Ticket, relation: Relation, other: Ticket, at: datetime, *, linked: bool) -> Step:
    fact = ticket.fact(
        TicketLinked, relation=relation, other_id=other.id, other_number=other.number, linked=linked
    )
    return ticket, ((max(at, ticket.declared_at), fact),)
