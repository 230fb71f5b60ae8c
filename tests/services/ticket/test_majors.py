"""One fault that concerns many: declared, run, told of, resolved."""

from datetime import timedelta
from typing import Any

import pytest

from contracts.refusal import Refusal, UnknownReference
from contracts.ticket.events import CancelReason, MajorIncidentUpdated, TicketResolved, Wording
from contracts.ticket.majors import MajorIncidentDeclared, MajorUpdateDue
from contracts.values import TicketState
from services.ticket.domain.contact import Contact
from services.ticket.domain.major import Major, MajorState
from services.ticket.store.contacts import Contacts
from services.ticket.store.majors import Majors
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.cancel import CancelTicket
from services.ticket.usecases.majors import (
    AttachTicket,
    ChangeMajor,
    DeclareMajor,
    DetachTicket,
    MoveMajor,
    PostMessage,
    ResolveMajor,
    Said,
    TendMajor,
)
from services.ticket.usecases.parent import SetParent
from services.ticket.usecases.watch import WatchTicket
from tests.services.ticket.sample import AGENT, a_world, opened, timeline
from tests.world import MONDAY_NINE, World

TITLE = Wording(fr="Fibre coupée", en="Fibre cut")
NEWS = Wording(fr="L'opérateur répare", en="The carrier mends it")


def declare(world: World, **changes: Any) -> Major:
    command: dict[str, Any] = {
        "id": "m1",
        "title": TITLE,
        "lead": "paul",
        "update_minutes": 30,
        "said": Said(),
        "viewer": AGENT,
        **changes,
    }
    world.do(DeclareMajor(**command))
    return world.have(Majors, command["id"])


def attach(world: World, *tickets: str, id: str = "m1") -> None:
    for ticket in tickets:
        world.do(AttachTicket(id=id, viewer=AGENT, ticket_id=ticket))


def post(world: World) -> None:
    world.do(PostMessage(id="m1", viewer=AGENT, text=NEWS))


def move(world: World, *verbs: str) -> None:
    for verb in verbs:
        world.do(MoveMajor(id="m1", viewer=AGENT, verb=verb))


def resolve(world: World) -> Any:
    return world.do(ResolveMajor(id="m1", viewer=AGENT, work_done="Fibre soudée", cause="Pelleteuse"))


def two_customers() -> World:
    """t1 and t2 are Pasteur's, t3 the Mairie's; all of them are attached."""
    world = a_world()
    opened(world)
    opened(world, "sud", id="t2")
    opened(world, "hotel-de-ville", id="t3", viewer=AGENT)
    declare(world)
    attach(world, "t1", "t2", "t3")
    return world


def test_declared_from_nothing_it_tells_its_lead_and_owes_an_update() -> None:
    world = a_world()
    major = declare(world, said=Said(customers=("mairie",), sites=("nord",), categories=("vpn",)))
    assert (major.state, major.update_due_at) == (MajorState.DECLARED, MONDAY_NINE + timedelta(minutes=30))
    assert major.customer_ids(confidential=False) == ("mairie", "pasteur")
    [fact] = world.told(MajorIncidentDeclared)
    assert (fact.lead, fact.title) == ("paul", TITLE)


def test_declared_from_a_ticket_that_is_its_first_and_says_what_is_affected() -> None:
    world = a_world()
    opened(world, "nord", "sud")
    major = declare(world, ticket_id="t1")
    assert (major.ticket_ids, major.site_ids, major.categories) == (("t1",), ("nord", "sud"), ("laptop",))
    assert world.have(Tickets, "t1").major_id == "m1"
    assert not timeline(world)[-1].public


@pytest.mark.parametrize(
    "said", [Said(customers=("nobody",)), Said(sites=("nowhere",)), Said(categories=("nothing",))]
)
def test_what_is_unknown_is_not_affected(said: Said) -> None:
    with pytest.raises(UnknownReference):
        declare(a_world(), said=said)


def test_it_goes_from_state_to_state_each_with_its_time_and_back_to_work_where_nothing_held() -> None:
    world = a_world()
    declare(world)
    move(world, "investigate", "mitigate")
    world.advance(timedelta(hours=1))
    move(world, "investigate")
    assert world.have(Majors, "m1").reached[MajorState.INVESTIGATING] == MONDAY_NINE + timedelta(hours=1)
    with pytest.raises(Refusal) as caught:
        move(world, "close")
    assert caught.value.members["possible"] == ["mitigate", "resolve"]


def test_a_ticket_is_part_of_one_at_most() -> None:
    world = two_customers()
    declare(world, id="m2")
    with pytest.raises(Refusal) as caught:
        attach(world, "t1", id="m2")
    assert caught.value.slug == "in-another-major-incident"
    world.do(DetachTicket(id="m1", viewer=AGENT, ticket_id="t1"))
    attach(world, "t1", id="m2")
    assert world.have(Majors, "m1").ticket_ids == ("t2", "t3")
    assert world.have(Tickets, "t1").major_id == "m2"


def test_attaching_twice_is_no_news() -> None:
    world = two_customers()
    attach(world, "t1")
    assert [line.event for line in timeline(world)] == ["ticket-linked"]


def test_only_what_one_was_declared_from_is_the_parent_of_another_customers_ticket() -> None:
    world = a_world()
    opened(world)
    opened(world, "hotel-de-ville", id="t3", viewer=AGENT)
    with pytest.raises(Refusal) as caught:
        world.do(SetParent(ticket_id="t3", viewer=AGENT, parent_id="t1"))
    assert caught.value.slug == "parent-of-another-customer"
    declare(world, ticket_id="t1")
    world.do(SetParent(ticket_id="t3", viewer=AGENT, parent_id="t1"))
    assert world.have(Tickets, "t3").parent_id == "t1"


def test_everybody_is_told_once_and_every_ticket_tells_of_it() -> None:
    world = two_customers()
    for id, customer in (("ann", "pasteur"), ("dora", "mairie")):
        world.give(Contacts, Contact(id, customer, id.title()))
    for ticket, who in (("t1", "ann"), ("t2", "ann"), ("t3", "dora")):
        world.do(WatchTicket(ticket_id=ticket, viewer=AGENT, contact_id=who))
    post(world)
    facts = world.told(MajorIncidentUpdated)
    assert [(fact.ticket_id, fact.told) for fact in facts] == [
        ("t1", ("ann",)),
        ("t2", ()),
        ("t3", ("dora",)),
    ]
    assert {fact.customer_id for fact in facts if "ann" in fact.told} == {"pasteur"}
    for ticket in ("t1", "t2", "t3"):
        line = timeline(world, ticket)[-1]
        assert (line.event, line.public) == ("major-incident-updated", True)
        assert (line.details or {})["text"] == {"fr": NEWS.fr, "en": NEWS.en}


def test_a_missed_update_is_told_to_its_lead_once() -> None:
    world = two_customers()
    world.advance(timedelta(minutes=29))
    world.do(TendMajor("m1"))
    assert world.told(MajorUpdateDue) == []
    world.advance(timedelta(minutes=1))
    for _ in range(2):
        world.do(TendMajor("m1"))
    [due] = world.told(MajorUpdateDue)
    assert (due.lead, due.due_at, due.missed) == ("paul", MONDAY_NINE + timedelta(minutes=30), 1)
    world.advance(timedelta(minutes=65))
    world.do(TendMajor("m1"))
    last = world.told(MajorUpdateDue)[-1]
    assert (last.due_at, last.missed) == (MONDAY_NINE + timedelta(minutes=90), 3)


def test_who_writes_in_time_owes_the_next_one_by_the_rhythm() -> None:
    world = two_customers()
    world.advance(timedelta(minutes=20))
    post(world)
    major = world.have(Majors, "m1")
    assert (major.update_due_at, major.missed) == (MONDAY_NINE + timedelta(minutes=50), 0)


def test_a_new_rhythm_counts_from_now() -> None:
    world = two_customers()
    world.do(ChangeMajor(id="m1", viewer=AGENT, update_minutes=10, title=Wording(fr="Fibre")))
    major = world.have(Majors, "m1")
    assert (major.title.in_("en"), major.update_due_at) == ("Fibre", MONDAY_NINE + timedelta(minutes=10))


def test_resolving_it_resolves_what_is_attached_and_owes_no_update() -> None:
    world = two_customers()
    assert resolve(world) == {"resolved": ["t1", "t2", "t3"], "left": {}}
    major = world.have(Majors, "m1")
    assert (major.state, major.update_due_at) == (MajorState.RESOLVED, None)
    assert {fact.ticket_id for fact in world.told(TicketResolved)} == {"t1", "t2", "t3"}
    assert world.have(Tickets, "t3").state is TicketState.RESOLVED
    move(world, "close")
    with pytest.raises(Refusal) as caught:
        post(world)
    assert caught.value.slug == "illegal-transition"


def with_a_child_elsewhere() -> World:
    """m1 was declared from t1, whose child is t3, the other customer's; t2 is t1's customer's."""
    world = a_world()
    opened(world)
    opened(world, "sud", id="t2")
    opened(world, "hotel-de-ville", id="t3", viewer=AGENT)
    declare(world, ticket_id="t1")
    world.do(SetParent(ticket_id="t3", viewer=AGENT, parent_id="t1"))
    return world


def merge(world: World) -> None:
    world.do(CancelTicket(ticket_id="t1", viewer=AGENT, reason=CancelReason.DUPLICATE, duplicate_of="t2"))


def test_what_a_merged_ticket_repeats_takes_its_place_in_the_major_incident() -> None:
    world = with_a_child_elsewhere()
    merge(world)
    assert (world.have(Majors, "m1").ticket_id, world.have(Tickets, "t2").major_id) == ("t2", "m1")
    assert world.have(Tickets, "t3").parent_id == "t2"


def test_where_it_cannot_the_children_of_other_customers_have_no_parent() -> None:
    world = with_a_child_elsewhere()
    declare(world, id="m2")
    attach(world, "t2", id="m2")
    merge(world)
    assert world.have(Tickets, "t3").parent_id is None


def test_what_leaves_the_major_incident_that_it_began_leaves_the_children_of_other_customers() -> None:
    world = with_a_child_elsewhere()
    world.do(DetachTicket(id="m1", viewer=AGENT, ticket_id="t1"))
    assert (world.have(Tickets, "t1").major_id, world.have(Tickets, "t3").parent_id) == (None, None)
