"""Work that may be done from the desk is tried there before a visit is asked for."""

from datetime import timedelta
from typing import Any

import pytest

from contracts.ticket.events import (
    TicketOpened,
    TicketTriaged,
    VisitsRequested,
    VisitsWithdrawn,
    WithdrawalReason,
)
from contracts.values import HoldReason, Impact, Priority, ServiceHealth, Urgency, VisitState, WorkMode
from services.ticket.domain.falling_due import next_due
from services.ticket.domain.patience import USUAL, Patience
from services.ticket.domain.ticket import Ticket
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.hold import HoldTicket
from services.ticket.usecases.reopen import ReopenTicket
from services.ticket.usecases.resolve import ResolveTicket
from services.ticket.usecases.resume import ResumeTicket
from services.ticket.usecases.start import StartWork
from services.ticket.usecases.tend import TendTicket
from services.ticket.usecases.triage import TriageTicket
from tests.services.ticket.sample import AGENT, a_world, at, give_contract, opened, target
from tests.world import MONDAY_NINE, World

P3_WAITS = timedelta(minutes=USUAL.desk[Priority.P3])
HIS: dict[str, Any] = {"ticket_id": "t1", "viewer": AGENT}


def asked_for(world: World) -> list[str]:
    return [need.visit_id for fact in world.told(VisitsRequested) for need in fact.visits]


def now(world: World) -> Ticket:
    return world.have(Tickets, "t1")


def test_nobody_is_asked_to_go_there_at_first() -> None:
    world = a_world()
    ticket = opened(world, "nord", "sud", category="vpn")
    [told] = world.told(TicketOpened)
    assert told.visits == ()
    assert ticket.remote_until == MONDAY_NINE + P3_WAITS == next_due(ticket)


def test_a_firm_says_which_priorities_wait_for_the_desk_and_for_how_long() -> None:
    patience = Patience(desk={Priority.P3: 7})
    world = a_world()
    assert opened(world, category="vpn", patience=patience).remote_until == MONDAY_NINE + timedelta(minutes=7)
    low: dict[str, Any] = {"impact": Impact.LOW, "urgency": Urgency.LOW}
    hasty = opened(world, category="vpn", id="t2", patience=patience, **low)
    assert (hasty.priority > Priority.P3, hasty.remote_until) == (True, None)


def test_what_the_desk_solves_asks_for_nobody_and_withdraws_nothing() -> None:
    world = a_world()
    opened(world, category="vpn")
    world.do(StartWork(**HIS, mode=WorkMode.REMOTE))
    world.do(ResolveTicket(**HIS, work_done="Certificat renouvelé"))
    assert asked_for(world) == []
    assert world.told(VisitsWithdrawn) == []
    assert [visit.state for visit in now(world).visits] == [VisitState.CANCELLED]


def test_the_visits_are_asked_for_when_nobody_began_in_time() -> None:
    world = a_world()
    opened(world, "nord", "sud", category="vpn")
    world.advance(P3_WAITS - timedelta(milliseconds=1))
    world.do(TendTicket("t1"))
    assert asked_for(world) == []
    world.advance(timedelta(milliseconds=1))
    world.do(TendTicket("t1"))
    world.do(TendTicket("t1"))
    assert asked_for(world) == ["t1-1", "t1-2"]


def test_whoever_has_begun_decides_himself() -> None:
    world = a_world()
    opened(world, category="vpn")
    world.do(StartWork(**HIS, mode=WorkMode.REMOTE))
    assert next_due(now(world)) is None
    world.advance(timedelta(hours=5))
    world.do(TendTicket("t1"))
    assert asked_for(world) == []
    world.do(TriageTicket(**HIS, on_site=True))
    assert asked_for(world) == ["t1-1"]
    assert len(world.told(TicketTriaged)) == 1


def test_what_is_most_urgent_never_waits_for_the_desk() -> None:
    world = a_world()
    opened(world, category="vpn", impact=Impact.HIGH, urgency=Urgency.HIGH)
    [told] = world.told(TicketOpened)
    assert [need.visit_id for need in told.visits] == ["t1-1"]


@pytest.mark.parametrize("judged", [{"impact": Impact.HIGH, "urgency": Urgency.HIGH}, {"category": "laptop"}])
def test_what_turns_out_urgent_or_of_another_kind_is_asked_for_at_once(judged: dict[str, Any]) -> None:
    world = a_world()
    opened(world, category="vpn")
    world.do(TriageTicket(**HIS, **judged))
    assert len(asked_for(world)) == 1


def test_the_deadline_shortens_the_patience() -> None:
    world = a_world()
    give_contract(world, "c1", targets={each: (target("GTI", minutes=40),) for each in Priority})
    assert opened(world, category="vpn").remote_until == at(8, 20), "half of the way to 08:40"


def test_a_question_to_the_client_keeps_the_visit_back_until_he_answers() -> None:
    world = a_world()
    opened(world, category="vpn")
    world.do(HoldTicket(**HIS, reason=HoldReason.WAITING_FOR_CLIENT))
    world.advance(timedelta(hours=2))
    world.do(TendTicket("t1"))
    assert asked_for(world) == []
    world.do(ResumeTicket(**HIS))
    world.do(TendTicket("t1"))
    assert asked_for(world) == ["t1-1"]


def test_who_does_not_accept_what_the_desk_did_gets_a_visit() -> None:
    world = a_world()
    opened(world, category="vpn")
    world.do(ResolveTicket(**HIS, work_done="Redémarré"))
    world.do(ReopenTicket(**HIS, reason="Toujours pareil", service=ServiceHealth.DOWN))
    assert asked_for(world) == ["t1-2"]
    assert world.told(VisitsWithdrawn) == []


def test_visits_that_were_asked_for_are_withdrawn_when_the_desk_solves_it_after_all() -> None:
    world = a_world()
    opened(world, category="vpn")
    world.do(TriageTicket(**HIS, on_site=True))
    world.do(StartWork(**HIS, mode=WorkMode.REMOTE))
    world.do(ResolveTicket(**HIS, work_done="Redémarré"))
    [withdrawn] = world.told(VisitsWithdrawn)
    assert (withdrawn.visit_ids, withdrawn.reason) == (("t1-1",), WithdrawalReason.SOLVED_REMOTELY)
