"""Verbs that say nothing new, verbs dated before what they end, and a reopening of some sites only."""

from typing import Any

import pytest

from contracts.refusal import Refusal, UnknownReference
from contracts.ticket.events import (
    TicketReopened,
    TicketRequalified,
    TicketResolved,
    TicketRestored,
    TicketTaken,
    TicketTriaged,
    VisitsRequested,
)
from contracts.values import HoldReason, Impact, Outcome, ServiceHealth, TicketState
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.close import CloseTicket
from services.ticket.usecases.hand_over import HandOverTicket
from services.ticket.usecases.hold import HoldTicket
from services.ticket.usecases.reopen import ReopenTicket
from services.ticket.usecases.requalify import RequalifyTicket
from services.ticket.usecases.resolve import ResolveTicket
from services.ticket.usecases.restore import RestoreService
from services.ticket.usecases.resume import ResumeTicket
from services.ticket.usecases.take import TakeTicket
from services.ticket.usecases.triage import TriageTicket
from tests.services.ticket.sample import AGENT, a_world, at, opened, timeline
from tests.services.ticket.visits import end, plan
from tests.world import World

HIS: dict[str, Any] = {"ticket_id": "t1", "viewer": AGENT}
AGREED: dict[str, Any] = {**HIS, "agreed_by": "Mme Durand", "reason": "un seul poste"}


def refused(world: World, use_case: Any, slug: str) -> None:
    before = world.have(Tickets, "t1")
    with pytest.raises(Refusal) as caught:
        world.do(use_case)
    assert caught.value.slug == slug
    assert world.have(Tickets, "t1") == before


@pytest.mark.parametrize(
    ("said", "model"),
    [
        (TakeTicket(**HIS), TicketTaken),
        (HandOverTicket(**HIS, agent_id="agent-anne"), TicketTaken),
        (RestoreService(**HIS), TicketRestored),
        (TriageTicket(**HIS, impact=Impact.HIGH), TicketTriaged),
        (RequalifyTicket(**AGREED, impact=Impact.LOW), TicketRequalified),
    ],
    ids=["take", "hand-over", "restore", "triage", "requalify"],
)
def test_what_is_so_already_is_said_once(said: Any, model: type[Any]) -> None:
    world = a_world()
    opened(world)
    for _ in range(2):
        world.do(said)
    assert len(world.told(model)) == 1
    assert len(timeline(world)) == world.have(Tickets, "t1").lines


def test_a_triage_that_changes_nothing_still_says_that_somebody_looked() -> None:
    world = a_world()
    opened(world)
    world.do(TriageTicket(**HIS))
    assert (len(world.told(TicketTriaged)), world.have(Tickets, "t1").state) == (1, TicketState.TRIAGED)


def resolved_world(*sites: str) -> World:
    """Every site was visited and fixed; the ticket is resolved at eleven, and it is noon."""
    world = a_world()
    ticket = opened(world, *sites)
    for n in range(1, len(ticket.visits) + 1):
        plan(world, ticket, n, at(10))
        end(world, ticket, n, Outcome.FIXED, at(11), started=at(10))
    world.clock.set(at(12))
    return world


def test_nothing_is_accepted_or_contested_before_it_was_resolved() -> None:
    world = resolved_world("nord")
    refused(world, CloseTicket(**HIS, occurred_at=at(10, 59)), "out-of-order")
    refused(world, reopening(occurred_at=at(10, 59)), "out-of-order")
    world.do(CloseTicket(**HIS, occurred_at=at(11, 30)))
    refused(world, reopening(occurred_at=at(11, 29)), "out-of-order")
    world.do(reopening(occurred_at=at(11, 30)))


def test_a_hold_does_not_end_before_it_began() -> None:
    world = a_world()
    opened(world)
    world.clock.set(at(10))
    world.do(HoldTicket(**HIS, reason=HoldReason.WAITING_FOR_CLIENT))
    refused(world, ResumeTicket(**HIS, occurred_at=at(9, 59)), "out-of-order")
    world.do(ResumeTicket(**HIS, occurred_at=at(10)))


def reopening(*sites: str, service: ServiceHealth = ServiceHealth.DOWN, **changes: Any) -> ReopenTicket:
    return ReopenTicket(**HIS, reason="encore", service=service, sites=sites, **changes)


def test_a_reopening_of_one_site_sends_nobody_to_the_others() -> None:
    world = resolved_world("nord", "sud")
    world.do(reopening("nord"))
    assert world.told(TicketReopened)[0].reopened_sites == ("nord",)
    ticket = world.have(Tickets, "t1")
    [asked] = world.told(VisitsRequested)
    assert [(need.visit_id, need.site_id) for need in asked.visits] == [("t1-3", "nord")]
    assert (ticket.unfinished_sites, ticket.restored_sites) == (("nord",), ("sud",))
    end(world, ticket, 3, Outcome.FIXED, at(14), started=at(13))
    assert world.have(Tickets, "t1").state is TicketState.RESOLVED


def test_a_site_solved_remotely_stays_accepted_when_another_is_reopened() -> None:
    world = a_world()
    opened(world, "nord", "sud")
    world.do(ResolveTicket(**HIS, work_done="Pilote réinstallé"))
    world.do(reopening("nord"))
    ticket = world.have(Tickets, "t1")
    assert [visit.site_id for visit in ticket.visits if visit.live] == ["nord"]
    end(world, ticket, 3, Outcome.FIXED, at(14), started=at(13))
    assert len(world.told(TicketResolved)) == 2


def test_a_reopening_that_names_no_site_means_all_of_them() -> None:
    world = resolved_world("nord", "sud")
    world.do(reopening("nord"))
    end(world, world.have(Tickets, "t1"), 3, Outcome.FIXED, at(14), started=at(13))
    world.clock.set(at(15))
    world.do(reopening())
    assert world.told(TicketReopened)[1].reopened_sites == ("nord", "sud")
    assert world.have(Tickets, "t1").unfinished_sites == ("nord", "sud")


def test_a_reopening_names_the_ticket_s_own_sites() -> None:
    world = resolved_world("nord")
    with pytest.raises(UnknownReference):
        world.do(reopening("sud"))
