"""Whatever the order in which tickets are linked, merged, told of and resolved, the links make sense."""

from collections import Counter
from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.refusal import Refusal
from contracts.ticket.events import CancelReason, MajorIncidentUpdated, Wording
from contracts.values import TicketState
from services.ticket.domain.contact import Contact
from services.ticket.domain.ticket import Ticket
from services.ticket.store.contacts import Contacts
from services.ticket.store.majors import Majors
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.cancel import CancelTicket
from services.ticket.usecases.majors import AttachTicket, DetachTicket, PostMessage, ResolveMajor
from services.ticket.usecases.parent import DropParent, SetParent
from services.ticket.usecases.resolve import ResolveTicket
from services.ticket.usecases.watch import WatchTicket
from tests.services.ticket.sample import AGENT, a_world, opened
from tests.services.ticket.test_majors import declare
from tests.world import World

TICKETS, MAJORS, PEOPLE = ("t1", "t2", "t3", "t4", "h1"), ("m1", "m2"), ("ann", "bob")
NEWS = Wording(fr="On répare", en="Being mended")
ticket, major = st.sampled_from(TICKETS), st.sampled_from(MAJORS)
steps = st.one_of(
    st.tuples(st.just("parent"), ticket, ticket),
    st.tuples(st.just("no parent"), ticket, ticket),
    st.tuples(st.just("attach"), ticket, major),
    st.tuples(st.just("detach"), ticket, major),
    st.tuples(st.just("merge"), ticket, ticket),
    st.tuples(st.just("tell"), ticket, major),
    st.tuples(st.just("resolve"), ticket, ticket),
    st.tuples(st.just("resolve all"), ticket, major),
)


def a_start() -> World:
    """Four tickets of one customer and one of another; m1 was declared from t1, m2 from nothing."""
    world = a_world()
    for name in PEOPLE:
        world.give(Contacts, Contact(name, "pasteur", name.title()))
    for n, id in enumerate(TICKETS):
        opened(world, "hotel-de-ville" if id == "h1" else "nord", id=id, viewer=AGENT)
        if id != "h1":
            world.do(WatchTicket(ticket_id=id, viewer=AGENT, contact_id=PEOPLE[n % 2]))
    declare(world, id="m1", ticket_id="t1")
    declare(world, id="m2")
    return world


def command(what: str, one: str, other: str) -> Any:
    his: dict[str, Any] = {"ticket_id": one, "viewer": AGENT}
    its: dict[str, Any] = {"id": other, "viewer": AGENT}
    match what:
        case "parent":
            return SetParent(**his, parent_id=other)
        case "no parent":
            return DropParent(**his)
        case "attach":
            return AttachTicket(**its, ticket_id=one)
        case "detach":
            return DetachTicket(**its, ticket_id=one)
        case "merge":
            return CancelTicket(**his, reason=CancelReason.DUPLICATE, duplicate_of=other)
        case "tell":
            return PostMessage(**its, text=NEWS)
        case "resolve":
            return ResolveTicket(**his, work_done="Réparé", children=True)
    return ResolveMajor(**its, work_done="Réparé")


def starts_a_major(world: World, ticket: Ticket) -> bool:
    return ticket.major_id is not None and world.have(Majors, ticket.major_id).ticket_id == ticket.id


def check_links(world: World) -> None:
    tickets = {each.id: each for each in world.all(Tickets)}
    for each in tickets.values():
        if each.parent_id is not None:
            assert each.parent_id != each.id
            parent = tickets[each.parent_id]
            assert parent.parent_id is None, "a parent has a parent"
            assert parent.customer_id == each.customer_id or starts_a_major(world, parent)
    for major in world.all(Majors):
        part = {each.id for each in tickets.values() if each.major_id == major.id}
        assert set(major.ticket_ids) == part
        assert len(major.ticket_ids) == len(part), "attached twice"


def check_told(world: World, before: int, major_id: str) -> None:
    """The last message stands once in each attached ticket, and told each person once."""
    facts = [each.payload for each in world.events[before:]]
    told = [fact for fact in facts if isinstance(fact, MajorIncidentUpdated)]
    part = [each for each in world.all(Tickets) if each.major_id == major_id]
    wanted = {each.id for each in part if each.state is not TicketState.CANCELLED}
    assert Counter(fact.ticket_id for fact in told) == Counter(wanted)
    people = Counter(person for fact in told for person in fact.told)
    followers = {id for each in part if each.id in wanted for id in each.watcher_ids}
    assert people == Counter(followers)


@settings(max_examples=100, deadline=None)
@given(st.lists(steps, max_size=25))
def test_links_make_sense_in_whatever_order_they_are_made(lived: list[tuple[str, str, str]]) -> None:
    world = a_start()
    for what, one, other in lived:
        before = len(world.events)
        with suppress(Refusal):
            world.do(command(what, one, other))
            if what == "tell":
                check_told(world, before, other)
        check_links(world)
