"""What agents and clients do to a ticket, and when they may."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from contracts.audience import Reach, Viewer
from contracts.refusal import Refusal
from contracts.ticket.events import (
    CancelReason,
    TicketHeld,
    TicketNoted,
    TicketReopened,
    TicketReprioritised,
    TicketRequalified,
    TicketResumed,
    TicketTaken,
    VisitsRequested,
    VisitsWithdrawn,
    WithdrawalReason,
)
from contracts.values import (
    HoldReason,
    Impact,
    Outcome,
    Priority,
    ServiceHealth,
    TicketState,
    Urgency,
    VisitState,
    WorkMode,
)
from infra.chassis.http.etag import Condition
from infra.chassis.store.unit import Cause, Memory, Unit
from services.ticket.domain.falling_due import next_due
from services.ticket.store.contracts import Contracts
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.cancel import CancelTicket
from services.ticket.usecases.close import CloseTicket
from services.ticket.usecases.hand_over import HandOverTicket
from services.ticket.usecases.hold import HoldTicket
from services.ticket.usecases.note import NoteTicket
from services.ticket.usecases.put_contract import PutContract
from services.ticket.usecases.reopen import ReopenTicket
from services.ticket.usecases.requalify import RequalifyTicket
from services.ticket.usecases.resolve import ResolveTicket
from services.ticket.usecases.restore import RestoreService
from services.ticket.usecases.resume import ResumeTicket
from services.ticket.usecases.start import StartWork
from services.ticket.usecases.take import TakeTicket
from services.ticket.usecases.tend import TendTicket
from services.ticket.usecases.triage import TriageTicket
from tests.services.ticket.sample import (
    AGENT,
    PORTAL,
    a_world,
    at,
    give_contract,
    opened,
    terms,
    timeline,
)
from tests.services.ticket.visits import end, plan
from tests.world import World

HIS: dict[str, Any] = {"ticket_id": "t1", "viewer": AGENT}
FIVES = (Priority.P5, Priority.P5, Priority.P5)


def refused(world: World, use_case: Any) -> Refusal:
    before = world.have(Tickets, "t1")
    with pytest.raises(Refusal) as caught:
        world.do(use_case)
    assert world.have(Tickets, "t1") == before
    return caught.value


def resolved_world() -> World:
    world = a_world()
    ticket = opened(world)
    plan(world, ticket, 1, at(10))
    end(world, ticket, 1, Outcome.FIXED, at(11), started=at(10))
    world.clock.set(at(12))
    return world


def test_an_agent_takes_a_ticket_and_hands_it_over() -> None:
    world = a_world()
    opened(world)
    world.do(TakeTicket(**HIS))
    assert world.have(Tickets, "t1").agent_id == "agent-paul"
    world.do(HandOverTicket(**HIS, agent_id="agent-anne", reason="fin de service"))
    assert world.have(Tickets, "t1").agent_id == "agent-anne"
    assert [fact.agent_id for fact in world.told(TicketTaken)] == ["agent-paul", "agent-anne"]
    assert timeline(world)[-1].text == "fin de service"
    assert not timeline(world)[-1].public


def test_of_two_agents_who_take_a_ticket_the_second_is_told_whose_it_is() -> None:
    world = a_world()
    opened(world)
    world.do(TakeTicket(**HIS))
    anne = Viewer("agent-anne", Reach.FIRM)
    refusal = refused(world, TakeTicket(ticket_id="t1", viewer=anne))
    assert (refusal.slug, refusal.members["agent_id"]) == ("taken-already", "agent-paul")
    world.do(HandOverTicket(ticket_id="t1", viewer=anne, agent_id="agent-anne"))
    assert world.have(Tickets, "t1").agent_id == "agent-anne"


def test_triage_judges_the_priority_by_the_matrix_of_the_contract() -> None:
    world = a_world()
    give_contract(world, "c1", priority_matrix=((Priority.P1,) * 3, FIVES, FIVES))
    assert opened(world).priority is Priority.P5
    world.do(TriageTicket(**HIS, impact=Impact.HIGH))
    ticket = world.have(Tickets, "t1")
    assert (ticket.state, ticket.priority) == (TicketState.TRIAGED, Priority.P1)
    [moved] = world.told(TicketReprioritised)
    assert (moved.previous_priority, moved.priority) == (Priority.P5, Priority.P1)


def test_triage_goes_by_the_terms_of_the_opening_when_the_contract_was_changed_since() -> None:
    world = a_world()
    give_contract(world, "c1", priority_matrix=(FIVES, FIVES, FIVES))
    opened(world)
    world.do(PutContract("c1", "pasteur", terms()))
    assert world.have(Contracts, "c1").revision == 2
    world.do(TriageTicket(**HIS, impact=Impact.HIGH, urgency=Urgency.HIGH))
    assert world.have(Tickets, "t1").priority is Priority.P5


def test_triage_to_another_kind_of_work_replaces_the_visits_that_nobody_has_begun() -> None:
    world = a_world()
    ticket = opened(world, "nord", "sud")
    plan(world, ticket, 1, at(10))
    world.do(TriageTicket(**HIS, category="printer"))
    [withdrawn] = world.told(VisitsWithdrawn)
    assert (withdrawn.visit_ids, withdrawn.reason) == (("t1-1", "t1-2"), WithdrawalReason.TRIAGED)
    [asked] = world.told(VisitsRequested)
    assert [(need.visit_id, need.site_id, dict(need.skills)) for need in asked.visits] == [
        ("t1-3", "nord", {"print": 1}),
        ("t1-4", "sud", {"print": 1}),
    ]
    states = [visit.state for visit in world.have(Tickets, "t1").visits]
    assert states == [VisitState.CANCELLED, VisitState.CANCELLED, VisitState.WAITING, VisitState.WAITING]


def test_triage_to_an_unknown_category_names_it() -> None:
    world = a_world()
    opened(world)
    refusal = refused(world, TriageTicket(**HIS, category="coffee"))
    assert (refusal.slug, refusal.members["id"]) == ("unknown-reference", "coffee")


def test_requalifying_says_who_agreed_and_what_it_was_before() -> None:
    world = resolved_world()
    case = RequalifyTicket(**HIS, impact=Impact.HIGH, agreed_by="Mme Durand", reason="serveur de paie")
    world.do(case)
    [fact] = world.told(TicketRequalified)
    assert (fact.previous_priority, fact.priority) == (Priority.P3, Priority.P2)
    assert world.have(Tickets, "t1").state is TicketState.RESOLVED
    line = next(line for line in timeline(world) if line.event == "ticket-requalified")
    assert line.text == "serveur de paie (Mme Durand)"


def test_work_from_afar_and_a_resolution_withdraw_the_visits() -> None:
    world = a_world()
    opened(world, "nord", "sud")
    world.do(StartWork(**HIS, mode=WorkMode.REMOTE))
    assert world.have(Tickets, "t1").state is TicketState.IN_PROGRESS
    world.do(ResolveTicket(**HIS, work_done="Pilote réinstallé", cause="Pilote"))
    ticket = world.have(Tickets, "t1")
    assert ticket.state is TicketState.RESOLVED
    assert ticket.resolution is not None
    assert ticket.resolution.work_done == "Pilote réinstallé"
    [withdrawn] = world.told(VisitsWithdrawn)
    assert withdrawn.reason is WithdrawalReason.SOLVED_REMOTELY
    assert {visit.state for visit in ticket.visits} == {VisitState.CANCELLED}


def test_work_cannot_begin_twice_in_the_same_way() -> None:
    world = a_world()
    opened(world)
    world.do(StartWork(**HIS, mode=WorkMode.REMOTE))
    refusal = refused(world, StartWork(**HIS, mode=WorkMode.REMOTE))
    assert refusal.slug == "illegal-transition"
    assert "start" not in refusal.members["possible"]
    world.do(StartWork(**HIS, mode=WorkMode.ONSITE))


def test_a_closed_ticket_cannot_be_taken() -> None:
    world = resolved_world()
    world.do(CloseTicket(**HIS))
    refusal = refused(world, TakeTicket(**HIS))
    assert refusal.slug == "illegal-transition"
    assert refusal.members == {"state": "closed", "possible": ["reopen", "notes", "worklogs"]}


def test_an_open_ticket_cannot_be_closed() -> None:
    world = a_world()
    opened(world)
    refusal = refused(world, CloseTicket(**HIS))
    assert refusal.members["state"] == "new"
    assert "resolve" in refusal.members["possible"]


def test_a_reopened_ticket_gets_a_follow_up_at_every_site() -> None:
    world = resolved_world()
    world.do(ReopenTicket(**HIS, reason="en panne de nouveau", service=ServiceHealth.DOWN))
    ticket = world.have(Tickets, "t1")
    assert ticket.state is TicketState.TRIAGED
    assert (ticket.resolution, ticket.resolved_at, ticket.restored_sites) == (None, None, ())
    assert world.told(TicketReopened)[0].service is ServiceHealth.DOWN
    [need] = world.told(VisitsRequested)[0].visits
    assert (need.visit_id, need.follows) == ("t1-2", "t1-1")
    end(world, ticket, 2, Outcome.FIXED, at(14), started=at(13))
    assert world.have(Tickets, "t1").state is TicketState.RESOLVED


def test_a_reopened_ticket_is_not_finished_by_its_old_visit_when_triage_replaces_the_new_one() -> None:
    world = resolved_world()
    world.do(ReopenTicket(**HIS, reason="autre panne", service=ServiceHealth.UP))
    world.do(TriageTicket(**HIS, category="printer"))
    ticket = world.have(Tickets, "t1")
    assert ticket.unfinished_sites == ("nord",)
    assert [visit.state for visit in ticket.visits] == [
        VisitState.CLOSED,
        VisitState.CANCELLED,
        VisitState.WAITING,
    ]
    assert ticket.visits[-1].follows == "t1-1"


def test_a_ticket_is_on_hold_only_when_every_unfinished_site_is() -> None:
    world = a_world()
    opened(world, "nord", "sud")
    world.do(HoldTicket(**HIS, reason=HoldReason.WAITING_FOR_CLIENT, sites=("nord",)))
    assert world.have(Tickets, "t1").state is TicketState.NEW
    world.do(HoldTicket(**HIS, reason=HoldReason.WAITING_FOR_VENDOR, sites=("sud",)))
    assert world.have(Tickets, "t1").state is TicketState.ON_HOLD
    world.do(ResumeTicket(**HIS, sites=("nord",)))
    assert world.have(Tickets, "t1").state is TicketState.NEW
    assert world.told(TicketResumed)[0].resumed_sites == ("nord",)


def test_the_fix_of_the_only_site_not_held_puts_the_ticket_on_hold() -> None:
    world = a_world()
    ticket = opened(world, "nord", "sud")
    world.do(HoldTicket(**HIS, reason=HoldReason.WAITING_FOR_CLIENT, sites=("nord",)))
    end(world, ticket, 2, Outcome.FIXED, at(11), started=at(10))
    assert world.have(Tickets, "t1").state is TicketState.ON_HOLD


def test_an_appointment_ends_by_itself_at_its_time() -> None:
    world = a_world()
    opened(world, "nord", "sud")
    world.do(HoldTicket(**HIS, reason=HoldReason.APPOINTMENT, until=at(14), sites=("nord",)))
    world.do(HoldTicket(**HIS, reason=HoldReason.WAITING_FOR_CLIENT, until=at(16), sites=("sud",)))
    assert next_due(world.have(Tickets, "t1")) == at(14)
    world.clock.set(at(15))
    world.do(TendTicket("t1"))
    ticket = world.have(Tickets, "t1")
    assert ticket.held_sites == ("sud",)
    assert next_due(ticket) == at(16)
    resumed = [p for p in world.events if isinstance(p.payload, TicketResumed)]
    assert [p.envelope.occurred_at for p in resumed] == [at(14)]
    world.do(TendTicket("t1"))
    assert len(world.told(TicketResumed)) == 1


def test_a_second_hold_replaces_the_first() -> None:
    world = a_world()
    opened(world)
    world.do(HoldTicket(**HIS, reason=HoldReason.WAITING_FOR_CLIENT, until=at(14)))
    world.do(HoldTicket(**HIS, reason=HoldReason.WAITING_FOR_PARTS))
    ticket = world.have(Tickets, "t1")
    assert [hold.reason for hold in ticket.holds] == [HoldReason.WAITING_FOR_PARTS]
    assert next_due(ticket) is None
    assert len(world.told(TicketHeld)) == 2


@pytest.mark.parametrize(
    ("asked", "slug"),
    [
        ({"reason": HoldReason.APPOINTMENT}, "appointment-without-time"),
        ({"reason": HoldReason.WAITING_FOR_CLIENT, "until": at(7)}, "hold-ends-before-it-begins"),
        ({"reason": HoldReason.WAITING_FOR_CLIENT, "sites": ("sud",)}, "unknown-reference"),
    ],
)
def test_a_hold_that_makes_no_sense_is_refused(asked: dict[str, Any], slug: str) -> None:
    world = a_world()
    opened(world, "nord")
    assert refused(world, HoldTicket(**HIS, **asked)).slug == slug


def test_a_ticket_that_is_not_held_cannot_be_resumed() -> None:
    world = a_world()
    opened(world)
    refusal = refused(world, ResumeTicket(**HIS))
    assert refusal.slug == "illegal-transition"
    assert "resume" not in refusal.members["possible"]


def test_cancelling_withdraws_the_visits_and_ends_the_holds() -> None:
    world = a_world()
    opened(world)
    world.do(HoldTicket(**HIS, reason=HoldReason.WAITING_FOR_CLIENT, until=at(14)))
    world.do(CancelTicket(**HIS, reason=CancelReason.CLIENT_CONSENT))
    ticket = world.have(Tickets, "t1")
    assert (ticket.state, ticket.holds, next_due(ticket)) == (TicketState.CANCELLED, (), None)
    assert world.told(VisitsWithdrawn)[0].reason is WithdrawalReason.CANCELLED


def test_a_duplicate_names_a_ticket_of_the_same_customer() -> None:
    world = a_world()
    opened(world)
    opened(world, "hotel-de-ville", id="t2", viewer=AGENT)
    opened(world, id="t3")
    other = CancelTicket(**HIS, reason=CancelReason.DUPLICATE, duplicate_of="t2")
    assert refused(world, other).members["id"] == "t2"
    itself = CancelTicket(**HIS, reason=CancelReason.DUPLICATE, duplicate_of="t1")
    assert refused(world, itself).slug == "duplicate-of-itself"
    assert refused(world, CancelTicket(**HIS, reason=CancelReason.DUPLICATE)).slug == "duplicate-of-what"
    world.do(CancelTicket(**HIS, reason=CancelReason.DUPLICATE, duplicate_of="t3"))
    assert world.have(Tickets, "t1").duplicate_of == "t3"


def test_what_a_client_notes_is_public_and_the_text_stays_in_the_timeline() -> None:
    world = a_world()
    opened(world)
    world.do(NoteTicket(ticket_id="t1", viewer=PORTAL, text="Toujours en panne", public=False))
    world.do(NoteTicket(**HIS, text="client pénible", public=False))
    lines = timeline(world)
    assert [(line.text, line.public) for line in lines] == [
        ("Toujours en panne", True),
        ("client pénible", False),
    ]
    assert [(fact.note_id, fact.public) for fact in world.told(TicketNoted)] == [
        ("t1:1", True),
        ("t1:2", False),
    ]


def test_service_can_be_restored_before_the_fault_is_fixed() -> None:
    world = a_world()
    opened(world, "nord", "sud")
    world.do(RestoreService(**HIS))
    assert world.have(Tickets, "t1").restored_sites == ("nord", "sud")


class Ahead(Unit):
    """A fault: what comes within a year has happened."""

    def __init__(self, memory: Memory, *, now: datetime, cause: Cause) -> None:
        super().__init__(memory, now=now + timedelta(days=365), cause=cause)


@pytest.mark.parametrize(
    "unit",
    [
        pytest.param(Unit, id="sound"),
        pytest.param(Ahead, id="fault-ahead", marks=pytest.mark.xfail(raises=AssertionError, strict=True)),
    ],
)
def test_the_firm_dates_a_verb_freely_but_never_in_the_future_or_before_the_opening(
    unit: type[Unit],
) -> None:
    world = a_world(unit=unit)
    opened(world)
    world.clock.set(at(12))
    assert refused(world, TakeTicket(**HIS, occurred_at=at(13))).slug == "occurred-in-the-future"
    assert refused(world, TakeTicket(**HIS, occurred_at=at(7))).slug == "occurred-before-the-opening"
    world.do(TakeTicket(**HIS, occurred_at=at(9)))
    line = timeline(world)[-1]
    assert (line.at, line.recorded_at) == (at(9), at(12))


def test_the_customers_side_dates_a_verb_at_most_fifteen_minutes_back() -> None:
    world = a_world()
    opened(world)
    world.clock.set(at(12))
    late = NoteTicket(
        ticket_id="t1",
        viewer=PORTAL,
        text="x",
        public=True,
        occurred_at=at(12) - timedelta(minutes=15, milliseconds=1),
    )
    assert refused(world, late).slug == "occurred-too-long-ago"
    world.do(
        NoteTicket(ticket_id="t1", viewer=PORTAL, text="x", public=True, occurred_at=at(11, 45)),
    )


def test_a_change_decided_on_an_old_version_is_refused() -> None:
    world = a_world()
    opened(world)
    world.do(TakeTicket(**HIS, expected=Condition(frozenset({1}))))
    refusal = refused(world, TakeTicket(**HIS, expected=Condition(frozenset({1}))))
    assert (refusal.slug, refusal.members["version"]) == ("precondition-failed", 2)
