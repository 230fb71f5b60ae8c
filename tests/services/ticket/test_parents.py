"""Several tickets of one fault: a parent and its children."""

from dataclasses import replace
from typing import Any

import pytest

from contracts.refusal import Refusal, UnknownReference
from contracts.ticket.events import CancelReason, Relation, TicketLinked, TicketResolved
from contracts.values import TicketState, VisitState
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.cancel import CancelTicket
from services.ticket.usecases.note import NoteTicket
from services.ticket.usecases.parent import DropParent, SetParent
from services.ticket.usecases.resolve import ResolveTicket
from tests.services.ticket.sample import AGENT, PORTAL, a_world, opened, timeline
from tests.world import World


def three() -> World:
    world = a_world()
    for n in (1, 2, 3):
        opened(world, id=f"t{n}")
    return world


def attach(world: World, child: str, parent: str) -> None:
    world.do(SetParent(ticket_id=child, viewer=AGENT, parent_id=parent))


def parent(world: World, id: str) -> str | None:
    return world.have(Tickets, id).parent_id


def family() -> World:
    """t2 and t3 are children of t1."""
    world = three()
    attach(world, "t2", "t1")
    attach(world, "t3", "t1")
    return world


def merge(world: World, into: str) -> None:
    world.do(CancelTicket(ticket_id="t1", viewer=AGENT, reason=CancelReason.DUPLICATE, duplicate_of=into))


def resolved(world: World, **more: Any) -> Any:
    return world.do(
        ResolveTicket(ticket_id="t1", viewer=AGENT, work_done="Redémarré", cause="Onduleur", **more)
    )


def test_both_tickets_tell_of_it() -> None:
    world = three()
    attach(world, "t2", "t1")
    assert parent(world, "t2") == "t1"
    told = {(each.ticket_id, each.relation, each.other_number) for each in world.told(TicketLinked)}
    assert told == {("t2", Relation.PARENT, "T-2026-t1"), ("t1", Relation.CHILD, "T-2026-t2")}
    assert [line.event for line in timeline(world, "t2")] == ["ticket-linked"]
    assert not timeline(world, "t2")[0].public


def test_saying_it_twice_is_no_news() -> None:
    world = three()
    attach(world, "t2", "t1")
    attach(world, "t2", "t1")
    assert len(timeline(world, "t2")) == 1


@pytest.mark.parametrize(
    ("child", "of", "slug"),
    [
        ("t1", "t1", "parent-of-itself"),
        ("t3", "t2", "parent-has-a-parent"),
        ("t1", "t3", "has-children"),
    ],
)
def test_there_are_two_generations_and_no_loops(child: str, of: str, slug: str) -> None:
    world = three()
    attach(world, "t2", "t1")
    with pytest.raises(Refusal) as caught:
        attach(world, child, of)
    assert caught.value.slug == slug


def test_another_customers_ticket_is_no_parent() -> None:
    world = three()
    opened(world, "hotel-de-ville", id="m1", viewer=AGENT)
    with pytest.raises(Refusal) as caught:
        attach(world, "t1", "m1")
    assert caught.value.slug == "parent-of-another-customer"


def test_what_is_unknown_is_no_parent() -> None:
    with pytest.raises(UnknownReference, match="ticket"):
        attach(three(), "t1", "t9")


def test_a_child_that_moves_leaves_its_parent() -> None:
    world = three()
    attach(world, "t3", "t1")
    attach(world, "t3", "t2")
    assert parent(world, "t3") == "t2"
    told = timeline(world, "t1")[-1].details or {}
    assert (told["relation"], told["other_id"], told["linked"]) == ("child", "t3", False)
    world.do(DropParent(ticket_id="t3", viewer=AGENT))
    assert parent(world, "t3") is None


def test_resolving_a_parent_leaves_its_children_unless_somebody_says_so() -> None:
    world = family()
    resolved(world)
    assert world.have(Tickets, "t2").state is TicketState.NEW


def test_its_children_are_resolved_with_it_each_with_its_own_fact_and_line() -> None:
    world = family()
    told = resolved(world, children=True)
    assert told == {"resolved": ["t2", "t3"], "left": {}}
    assert {fact.ticket_id for fact in world.told(TicketResolved)} == {"t1", "t2", "t3"}
    assert "Redémarré" in [line.text for line in timeline(world, "t2")]


def test_what_is_left_is_named_with_the_reason() -> None:
    world = family()
    t2 = world.have(Tickets, "t2")
    world.give(Tickets, replace(t2, visits=(replace(t2.visits[0], state=VisitState.EN_ROUTE),)))
    world.do(ResolveTicket(ticket_id="t3", viewer=AGENT, work_done="Branché"))
    assert resolved(world, children=True) == {
        "resolved": [],
        "left": {"t2": "visit-under-way", "t3": "not-open"},
    }
    assert world.have(Tickets, "t2").is_open


def test_a_public_note_may_go_to_the_open_children() -> None:
    world = family()
    world.do(ResolveTicket(ticket_id="t3", viewer=AGENT, work_done="Branché"))
    world.do(
        NoteTicket(ticket_id="t1", text="Opérateur prévenu", viewer=AGENT, public=True, also_children=True)
    )
    assert timeline(world, "t2")[-1].text == timeline(world, "t1")[-1].text == "Opérateur prévenu"
    assert timeline(world, "t3")[-1].text != "Opérateur prévenu"


@pytest.mark.parametrize("told", [{"viewer": AGENT, "public": False}, {"viewer": PORTAL, "public": True}])
def test_what_is_not_said_to_the_client_goes_to_no_child(told: Any) -> None:
    world = family()
    with pytest.raises(Refusal) as caught:
        world.do(NoteTicket(ticket_id="t1", text="Entre nous", also_children=True, **told))
    assert caught.value.slug == "note-not-for-children"


def test_the_children_of_a_duplicate_are_those_of_what_it_repeats() -> None:
    world = family()
    opened(world, id="t4")
    merge(world, "t4")
    assert (parent(world, "t2"), parent(world, "t3")) == ("t4", "t4")


def test_a_parent_that_repeats_its_child_makes_that_the_parent() -> None:
    world = family()
    merge(world, "t2")
    assert (parent(world, "t2"), parent(world, "t3")) == (None, "t2")
