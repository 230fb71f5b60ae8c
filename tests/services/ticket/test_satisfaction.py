"""What a client's mark does."""

from datetime import timedelta

import pytest

from contracts.refusal import Refusal
from contracts.ticket.events import SatisfactionGiven, TicketResolved
from contracts.values import Outcome, TicketState
from services.ticket.domain.attention import Attention
from services.ticket.domain.satisfaction import CHANGED_WITHIN
from services.ticket.store.satisfactions import Satisfactions
from services.ticket.store.tickets import Tickets
from services.ticket.store.timeline import Timeline
from services.ticket.usecases.note import NoteTicket
from services.ticket.usecases.rate import RateVisit
from services.ticket.usecases.resolve import ResolveTicket
from services.ticket.views.satisfaction import mark_page
from tests.services.ticket.sample import AGENT, a_world, at, opened
from tests.services.ticket.visits import end, plan
from tests.world import World


def solved() -> World:
    """From the desk."""
    world = a_world()
    opened(world)
    world.do(ResolveTicket(ticket_id="t1", viewer=AGENT, work_done="Redémarré"))
    return world


def test_a_low_mark_asks_for_a_person_until_somebody_writes_what_was_done() -> None:
    world = solved()
    world.do(RateVisit("t1", None, 2, "Trop long"))
    assert world.have(Satisfactions, "t1").mark == 2
    assert Attention.LOW_MARK in world.have(Tickets, "t1").attention
    [fact] = world.told(SatisfactionGiven)
    assert (fact.mark, fact.low, fact.visit_id) == (2, True, None)
    assert "Trop long" not in fact.model_dump_json()
    line = world.all(Timeline)[-1]
    assert (line.event, line.public, line.text) == ("satisfaction-given", False, "Trop long")
    world.do(NoteTicket(ticket_id="t1", viewer=AGENT, text="Appelé", public=False))
    assert Attention.LOW_MARK not in world.have(Tickets, "t1").attention


def test_a_mark_may_be_changed_for_a_while_and_said_again_at_any_time() -> None:
    world = solved()
    world.do(RateVisit("t1", None, 1))
    world.advance(timedelta(days=13))
    world.do(RateVisit("t1", None, 5))
    given = world.have(Satisfactions, "t1")
    assert (given.mark, given.changed_at - given.given_at) == (5, timedelta(days=13))
    assert Attention.LOW_MARK not in world.have(Tickets, "t1").attention
    world.advance(CHANGED_WITHIN)
    world.do(RateVisit("t1", None, 5))
    with pytest.raises(Refusal) as refused:
        world.do(RateVisit("t1", None, 1))
    assert refused.value.slug == "mark-final"
    assert len(world.told(SatisfactionGiven)) == 2


def test_only_a_visit_that_was_made_is_marked() -> None:
    world = a_world()
    opened(world)
    with pytest.raises(Refusal) as refused:
        world.do(RateVisit("t1", "t1-1", 5))
    assert refused.value.slug == "unknown-reference"
    assert world.told(SatisfactionGiven) == []


def test_the_client_is_asked_of_each_visit_that_was_made() -> None:
    world = a_world()
    ticket = opened(world)
    plan(world, ticket, 1, at(10))
    end(world, ticket, 1, Outcome.FIXED, at(11), started=at(10))
    assert world.have(Tickets, "t1").state is TicketState.RESOLVED
    assert [fact.closed_visits for fact in world.told(TicketResolved)] == [("t1-1",)]
    world.do(RateVisit("t1", "t1-1", 4))
    given = world.have(Satisfactions, "t1-1")
    assert (given.mark, given.technician_id, given.site_id) == (4, "lea", ticket.site_ids[0])
    assert [fact.closed_visits for fact in solved().told(TicketResolved)] == [()]


@pytest.mark.parametrize(
    ("language", "thanks"), [("fr", "votre note 2 sur 5 est enregistrée"), ("en", "your mark 2 out of 5")]
)
def test_the_page_sends_the_mark_of_the_link_once_and_shows_what_somebody_wrote(
    language: str, thanks: str
) -> None:
    asked = mark_page("I2026-1", language, chosen=2, given=None)
    assert 'data-mark="2"' in asked
    assert '<button name="mark" value="2" class="asked" autofocus>' in asked
    assert thanks not in asked
    world = solved()
    given = world.do(RateVisit("t1", None, 2, "</textarea><script>alert(1)</script>"))
    after = mark_page("I2026-1", language, chosen=2, given=given)
    assert thanks in after
    assert ("data-mark=" in after, "autofocus>" in after) == (False, False)
    assert "<script>alert" not in after
