"""Who follows a ticket, and what becomes of the people of a duplicate."""

from dataclasses import replace
from typing import Any

import pytest

from contracts.audience import Reach, Viewer
from contracts.refusal import Refusal, UnknownReference
from contracts.ticket.events import CancelReason, TicketCancelled, TicketNoted, TicketResolved
from contracts.values import TicketState
from services.ticket.domain.contact import Contact
from services.ticket.domain.watching import MAX_WATCHERS
from services.ticket.store.contacts import Contacts
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.cancel import CancelTicket
from services.ticket.usecases.note import NoteTicket
from services.ticket.usecases.resolve import ResolveTicket
from services.ticket.usecases.watch import UnwatchTicket, WatchTicket
from tests.services.ticket.sample import AGENT, PORTAL, a_world, opened, timeline
from tests.world import World

HIS: dict[str, Any] = {"ticket_id": "t1", "viewer": AGENT}
ANN, BOB = (Viewer(name, Reach.OWN, "pasteur") for name in ("ann", "bob"))


def peopled() -> World:
    """Ann has opened t1 herself, Bob t2, and each sees his own."""
    world = a_world()
    for name in ("ann", "bob", "carl"):
        world.give(Contacts, Contact(name, "pasteur", name.title()))
    world.give(Contacts, Contact("dora", "mairie", "Dora"))
    opened(world, viewer=ANN)
    opened(world, id="t2", viewer=BOB)
    return world


def merge(world: World, into: str = "t1", **changes: Any) -> None:
    command = {"ticket_id": "t2", "viewer": AGENT, "reason": CancelReason.DUPLICATE, "duplicate_of": into}
    world.do(CancelTicket(**{**command, **changes}))


def sees(world: World, viewer: Viewer, id: str = "t1") -> bool:
    return viewer.sees(world.have(Tickets, id).parties)


def test_whoever_follows_a_ticket_sees_it_and_is_named_in_what_happens_to_it() -> None:
    world = peopled()
    assert not sees(world, BOB)
    world.do(WatchTicket(**HIS, contact_id="bob"))
    assert sees(world, BOB)
    world.do(ResolveTicket(**HIS, work_done="Branché"))
    assert world.told(TicketResolved)[0].watcher_ids == ("bob",)


def test_who_does_not_follow_it_any_more_does_not_see_it_either() -> None:
    world = peopled()
    world.do(WatchTicket(**HIS, contact_id="bob"))
    world.do(UnwatchTicket(ticket_id="t1", viewer=BOB))
    assert not sees(world, BOB)


def test_following_twice_or_what_is_his_own_is_no_news() -> None:
    world = peopled()
    world.do(WatchTicket(ticket_id="t1", viewer=ANN))
    world.do(WatchTicket(**HIS, contact_id="bob"))
    world.do(WatchTicket(**HIS, contact_id="bob"))
    assert world.have(Tickets, "t1").watcher_ids == ("bob",)
    assert len(world.told(TicketNoted)) == 1


def test_another_customers_people_follow_nothing_here() -> None:
    world = peopled()
    with pytest.raises(UnknownReference, match="contact"):
        world.do(WatchTicket(**HIS, contact_id="dora"))


def test_the_firms_own_people_name_whom_they_mean() -> None:
    with pytest.raises(Refusal) as caught:
        peopled().do(WatchTicket(**HIS))
    assert caught.value.slug == "nobody-named"


def test_so_many_follow_a_ticket_and_no_more() -> None:
    world = peopled()
    for n in range(MAX_WATCHERS + 1):
        world.give(Contacts, Contact(f"c{n}", "pasteur", f"C {n}"))
    for n in range(MAX_WATCHERS):
        world.do(WatchTicket(**HIS, contact_id=f"c{n}"))
    with pytest.raises(Refusal) as caught:
        world.do(WatchTicket(**HIS, contact_id=f"c{MAX_WATCHERS}"))
    assert caught.value.slug == "too-many-watchers"


def test_the_people_of_a_duplicate_follow_what_it_repeats_and_what_they_said_stands_there() -> None:
    world = peopled()
    world.do(WatchTicket(ticket_id="t2", viewer=AGENT, contact_id="carl"))
    merge(world)
    duplicate, kept = world.have(Tickets, "t2"), world.have(Tickets, "t1")
    assert (duplicate.state, duplicate.duplicate_of) == (TicketState.CANCELLED, "t1")
    assert kept.watcher_ids == ("bob", "carl")
    note = timeline(world)[-1]
    assert (note.event, note.public) == ("ticket-noted", True)
    assert note.text is not None
    assert note.text.startswith(f"{duplicate.number} : {duplicate.summary}")
    [cancelled] = world.told(TicketCancelled)
    assert cancelled.duplicate_of == "t1"


def test_what_is_said_of_a_duplicate_is_said_of_what_it_was_merged_into() -> None:
    world = peopled()
    merge(world)
    opened(world, id="t3", viewer=BOB)
    merge(world, into="t2", ticket_id="t3")
    world.do(NoteTicket(ticket_id="t3", viewer=BOB, text="Toujours pareil", public=True))
    assert timeline(world)[-1].text == timeline(world, "t3")[-1].text == "Toujours pareil"
    assert timeline(world, "t2")[-1].text != "Toujours pareil"


def test_what_is_said_of_a_confidential_duplicate_stays_there() -> None:
    world = peopled()
    opened(world, id="t3", viewer=BOB, confidential=True)
    merge(world, ticket_id="t3")
    assert not timeline(world)[-1].public
    world.do(NoteTicket(ticket_id="t3", viewer=BOB, text="Entre nous", public=True))
    assert "Entre nous" not in [line.text for line in timeline(world)]


def test_who_waits_on_the_spot_follows_it_where_another_has_asked() -> None:
    world = peopled()
    world.give(Tickets, replace(world.have(Tickets, "t1"), on_site_contact_id="carl"))
    world.do(WatchTicket(**HIS, contact_id="carl"))
    assert world.have(Tickets, "t1").watcher_ids == ("carl",)


def test_a_duplicate_of_a_duplicate_is_one_of_what_that_repeats() -> None:
    world = peopled()
    merge(world)
    opened(world, id="t3", viewer=BOB)
    merge(world, into="t2", ticket_id="t3")
    assert world.have(Tickets, "t3").duplicate_of == "t1"


def test_nothing_is_a_duplicate_of_what_repeats_it() -> None:
    world = peopled()
    merge(world)
    with pytest.raises(Refusal) as caught:
        merge(world, into="t2", ticket_id="t1")
    assert caught.value.slug == "duplicate-of-itself"


def test_a_confidential_ticket_tells_nobody_who_it_does_not_name() -> None:
    world = peopled()
    opened(world, id="t3", viewer=ANN, confidential=True)
    merge(world, into="t3")
    assert world.have(Tickets, "t3").watcher_ids == ()
    assert not sees(world, PORTAL, "t3")


def test_a_duplicate_of_what_has_ended_is_only_linked_to_it() -> None:
    world = peopled()
    world.do(ResolveTicket(**HIS, work_done="Branché"))
    merge(world)
    assert world.have(Tickets, "t2").duplicate_of == "t1"
    assert world.have(Tickets, "t1").watcher_ids == ()
