"""What is said of a ticket's clocks, when, and what is taken back."""

from datetime import timedelta
from typing import Any

from contracts.dispatch import events as visits
from contracts.ticket.events import TicketOpened, TicketRequalified, VisitsRequested
from contracts.ticket.sla import (
    ClockState,
    SlaAtRisk,
    SlaBreached,
    SlaCorrected,
    SlaFact,
    SlaMet,
    SlaPaused,
    SlaResumed,
    SlaStarted,
    SlaStopped,
)
from contracts.values import (
    Channel,
    HoldReason,
    Impact,
    Outcome,
    Priority,
    ServiceHealth,
    TicketState,
    Urgency,
)
from services.ticket.domain.contract import MetBy, OnReopen
from services.ticket.domain.falling_due import next_due
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.hold import HoldTicket
from services.ticket.usecases.reopen import ReopenTicket
from services.ticket.usecases.requalify import RequalifyTicket
from services.ticket.usecases.resolve import ResolveTicket
from services.ticket.usecases.resume import ResumeTicket
from services.ticket.usecases.tend import TendTicket
from services.ticket.usecases.triage import TriageTicket
from tests.services.ticket.sample import AGENT, a_world, at, give_contract, opened, target, timeline
from tests.services.ticket.visits import end, tell
from tests.world import World

HIS: dict[str, Any] = {"ticket_id": "t1", "viewer": AGENT}


def one_hour(**changes: Any) -> World:
    """A P3 opened at 08:00 UTC under a contract that promises a start within an hour, round the clock."""
    world = a_world()
    give_contract(world, "c1", targets={each: (target("GTI", **changes),) for each in Priority})
    opened(world)
    return world


def pass_until(world: World, hour: int, minute: int = 0, second: int = 0) -> None:
    """Let time go from one timer to the next, as the loop does."""
    until = at(hour, minute) + timedelta(seconds=second)
    while (due := next_due(world.have(Tickets, "t1"))) is not None and due <= until:
        world.clock.set(due)
        world.do(TendTicket("t1"))
    world.clock.set(until)


def said(world: World) -> list[tuple[str, str]]:
    """Each fact about a clock and when it came about, in UTC."""
    return [
        (each.payload.TYPE, f"{each.envelope.occurred_at:%H:%M:%S}")
        for each in world.events
        if isinstance(each.payload, SlaFact)
    ]


def test_a_clock_is_at_risk_at_half_three_quarters_and_nine_tenths_and_then_breached_once() -> None:
    world = one_hour()
    pass_until(world, 12)
    assert said(world) == [
        ("sla-started", "08:00:00"),
        ("sla-at-risk", "08:30:00"),
        ("sla-at-risk", "08:45:00"),
        ("sla-at-risk", "08:54:00"),
        ("sla-breached", "09:00:00"),
    ]
    assert [each.threshold for each in world.told(SlaAtRisk)] == [50, 75, 90]
    [breached] = world.told(SlaBreached)
    assert (breached.state, breached.breached_at, breached.elapsed_minutes, breached.remaining_minutes) == (
        ClockState.BREACHED,
        at(9),
        60,
        0,
    )


def test_a_breach_falls_due_right_after_its_instant() -> None:
    world = one_hour()
    pass_until(world, 8, 54)
    due = next_due(world.have(Tickets, "t1"))
    assert due == at(9) + timedelta(milliseconds=1), "at that very instant it still runs"


def test_what_fell_due_while_nobody_looked_is_said_afterwards_as_of_its_own_instant() -> None:
    world = one_hour()
    world.clock.set(at(14))
    world.do(TendTicket("t1"))
    assert said(world)[1:] == [
        ("sla-at-risk", "08:30:00"),
        ("sla-at-risk", "08:45:00"),
        ("sla-at-risk", "08:54:00"),
        ("sla-breached", "09:00:00"),
    ]
    [half, *_] = world.told(SlaAtRisk)
    assert (half.state, half.elapsed_minutes, half.due_at) == (ClockState.RUNNING, 30, at(9))


def test_a_second_look_says_nothing_again() -> None:
    world = one_hour()
    pass_until(world, 9, 30)
    before = said(world)
    world.do(TendTicket("t1"))
    world.do(TendTicket("t1"))
    assert said(world) == before


def test_the_planner_is_told_until_when_somebody_has_to_begin() -> None:
    world = one_hour()
    [told] = world.told(TicketOpened)
    assert (told.visits[0].respond_by, told.visits[0].restore_by) == (at(9), None)


def test_a_hold_pauses_with_its_reason_and_a_reply_lets_the_clock_go_on() -> None:
    world = one_hour()
    pass_until(world, 8, 20)
    world.do(HoldTicket(**HIS, reason=HoldReason.WAITING_FOR_CLIENT))
    pass_until(world, 10, 20)
    world.do(ResumeTicket(**HIS))
    [paused], [resumed] = world.told(SlaPaused), world.told(SlaResumed)
    assert (paused.reason, paused.due_at) == (HoldReason.WAITING_FOR_CLIENT, None)
    assert paused.state is ClockState.PAUSED
    assert (resumed.due_at, resumed.elapsed_minutes) == (at(11), 20)
    assert world.told(SlaAtRisk) == [], "nothing falls due while it waits"


def test_a_hold_that_ends_by_itself_lets_the_clock_go_on_from_that_instant() -> None:
    world = one_hour()
    world.do(HoldTicket(**HIS, reason=HoldReason.WAITING_FOR_CLIENT, until=at(9, 30)))
    pass_until(world, 9, 45)
    assert said(world) == [
        ("sla-started", "08:00:00"),
        ("sla-paused", "08:00:00"),
        ("sla-resumed", "09:30:00"),
    ]


def test_the_technicians_start_meets_the_promise() -> None:
    world = one_hour()
    pass_until(world, 8, 40)
    tell(world, visits.InterventionStarted, world.have(Tickets, "t1"), 1, at(8, 40), technician_id="lea")
    [met] = world.told(SlaMet)
    assert (met.state, met.met_at, met.elapsed_minutes, met.due_at) == (ClockState.MET, at(8, 40), 40, None)


def test_a_promise_kept_late_stops_its_clock_and_stays_breached() -> None:
    world = one_hour()
    pass_until(world, 9, 30)
    tell(world, visits.InterventionStarted, world.have(Tickets, "t1"), 1, at(9, 30), technician_id="lea")
    [stopped] = world.told(SlaStopped)
    assert (stopped.state, stopped.breached_at, stopped.met_at) == (ClockState.BREACHED, at(9), at(9, 30))
    assert stopped.elapsed_minutes == 90
    assert world.told(SlaMet) == []


def test_a_closing_told_late_takes_the_breach_back_and_says_so() -> None:
    """The technician had no network: he was there in time, and the firm learns of it two hours later."""
    world = one_hour()
    pass_until(world, 11)
    ticket = world.have(Tickets, "t1")
    end(world, ticket, 1, Outcome.FIXED, at(9, 10), started=at(8, 20))
    [corrected] = world.told(SlaCorrected)
    assert (corrected.state, corrected.met_at, corrected.breached_at) == (ClockState.MET, at(8, 20), None)
    assert [(each.type, each.at, each.n) for each in corrected.corrects] == [
        ("sla-at-risk", at(8, 30), 2),
        ("sla-at-risk", at(8, 45), 3),
        ("sla-at-risk", at(8, 54), 4),
        ("sla-breached", at(9), 5),
    ]
    assert said(world)[-1] == ("sla-corrected", "11:00:00")
    numbers = {
        each.envelope.sequence: each.payload for each in world.events if isinstance(each.payload, SlaFact)
    }
    assert isinstance(numbers[5], SlaBreached), "the number is the fact's own"


def test_a_priority_that_was_wrong_from_the_start_takes_its_breach_back() -> None:
    world = a_world()
    terms = {each: (target("GTI", minutes=240),) for each in Priority}
    give_contract(world, "c1", targets={**terms, Priority.P1: (target("GTI", minutes=15),)})
    opened(world, impact=Impact.HIGH, urgency=Urgency.HIGH)
    pass_until(world, 9)
    assert len(world.told(SlaBreached)) == 1
    world.do(
        RequalifyTicket(
            **HIS, impact=Impact.LOW, urgency=Urgency.LOW, agreed_by="Anne", reason="Un seul poste"
        )
    )
    [corrected] = world.told(SlaCorrected)
    assert (corrected.state, corrected.due_at, corrected.breached_at) == (ClockState.RUNNING, at(12), None)
    assert "sla-breached" in [each.type for each in corrected.corrects]


def test_a_priority_that_was_changed_first_may_still_turn_out_to_have_been_wrong_from_the_start() -> None:
    """The agent triaged where he should have requalified: what he says then is not what is so already."""
    world = a_world()
    terms = {each: (target("GTI", minutes=240),) for each in Priority}
    give_contract(world, "c1", targets={**terms, Priority.P1: (target("GTI", minutes=15),)})
    opened(world, impact=Impact.HIGH, urgency=Urgency.HIGH)
    pass_until(world, 9)
    world.do(TriageTicket(**HIS, impact=Impact.LOW, urgency=Urgency.LOW))
    assert world.told(SlaCorrected) == [], "a breach that happened stays through a change"
    for _ in range(2):
        world.do(RequalifyTicket(**HIS, agreed_by="Anne", reason="Un seul poste"))
    [corrected] = world.told(SlaCorrected)
    assert (corrected.state, corrected.due_at, corrected.breached_at) == (ClockState.RUNNING, at(12), None)
    assert len(world.told(TicketRequalified)) == 1


def test_a_correction_says_the_breach_that_came_about_with_it_and_nothing_says_it_again() -> None:
    """Requalified in the moment between the breach of an hour and the timer that would have said so."""
    world = a_world()
    terms = {each: (target("GTI", minutes=60),) for each in Priority}
    give_contract(world, "c1", targets={**terms, Priority.P1: (target("GTI", minutes=50),)})
    opened(world, impact=Impact.LOW, urgency=Urgency.HIGH)
    pass_until(world, 8, 46)
    world.clock.set(at(9) + timedelta(milliseconds=1))
    world.do(RequalifyTicket(**HIS, impact=Impact.HIGH, agreed_by="Anne", reason="Tout le service"))
    facts = world.told(SlaFact)
    [corrected] = world.told(SlaCorrected)
    assert facts[-1] is corrected
    assert (corrected.state, corrected.breached_at) == (ClockState.BREACHED, at(8, 50))
    assert world.told(SlaBreached) == []
    pass_until(world, 12)
    assert world.told(SlaFact) == facts


def test_a_changed_priority_begins_another_promise_without_taking_anything_back() -> None:
    world = a_world()
    terms = {each: (target("GTI", minutes=240),) for each in Priority}
    give_contract(world, "c1", targets={**terms, Priority.P1: (target("GTI", minutes=60),)})
    opened(world)
    pass_until(world, 8, 30)
    world.do(TriageTicket(**HIS, impact=Impact.HIGH, urgency=Urgency.HIGH))
    [first, second] = world.told(SlaStarted)
    assert (first.due_at, second.due_at, second.starts_at) == (at(12), at(9, 30), at(8, 30))
    assert world.told(SlaCorrected) == []


def test_what_is_reopened_runs_again() -> None:
    world = one_hour(met_by=MetBy.RESOLVED, on_reopen=OnReopen.EXCLUDE)
    pass_until(world, 8, 20)
    world.do(ResolveTicket(**HIS, work_done="Redémarré"))
    pass_until(world, 10)
    world.do(ReopenTicket(**HIS, reason="Toujours en panne", service=ServiceHealth.DOWN))
    assert said(world) == [
        ("sla-started", "08:00:00"),
        ("sla-met", "08:20:00"),
        ("sla-resumed", "10:00:00"),
    ]
    assert world.told(SlaResumed)[0].due_at == at(10, 40)


def test_without_a_contract_no_clock_runs() -> None:
    world = a_world()
    ticket = opened(world)
    pass_until(world, 18)
    assert ticket.sla is None
    assert world.told(SlaFact) == []


def test_a_clock_starts_when_the_client_declared_the_fault_on_a_channel_of_the_contract() -> None:
    for channels, due in (((Channel.PHONE,), at(8, 50)), ((Channel.MAIL,), at(9))):
        world = a_world()
        give_contract(world, "c1", channels=channels)
        opened(world, viewer=AGENT, channel=Channel.PHONE, occurred_at=at(7, 50))
        assert [each.due_at for each in world.told(SlaStarted)] == [due]


def test_the_timeline_shows_what_was_at_risk_and_missed() -> None:
    world = one_hour()
    pass_until(world, 9, 30)
    assert [line.event for line in timeline(world)] == [*["sla-at-risk"] * 3, "sla-breached"]


def test_each_site_has_clocks_of_its_own() -> None:
    world = a_world()
    give_contract(world, "c1", targets={each: (target("GTI"),) for each in Priority})
    ticket = opened(world, "nord", "sud")
    pass_until(world, 8, 10)
    tell(world, visits.InterventionStarted, ticket, 2, at(8, 10), technician_id="lea")
    [met] = world.told(SlaMet)
    assert met.site_id == met.site_ids[0] == "sud"
    pass_until(world, 9, 30)
    [breached] = world.told(SlaBreached)
    assert breached.site_id == "nord"


def test_a_hold_told_late_is_the_one_that_holds_now() -> None:
    """The one told before it began later and would have ended by itself."""
    world = one_hour()
    pass_until(world, 8, 7)
    appointment = HoldTicket(**HIS, reason=HoldReason.APPOINTMENT, until=at(9), occurred_at=at(8, 6))
    world.do(appointment)
    world.do(HoldTicket(**HIS, reason=HoldReason.WAITING_FOR_CLIENT, occurred_at=at(8, 5)))
    pass_until(world, 12)
    assert [each.state for each in world.told(SlaFact)][-1] is ClockState.PAUSED
    assert world.told(SlaBreached) == []


def test_a_start_told_late_leaves_a_hold_that_began_after_it() -> None:
    """He had begun without a network when the hotline learned by phone that a part was missing."""
    world = one_hour(met_by=MetBy.RESTORED, stops_on=(HoldReason.WAITING_FOR_PARTS,))
    pass_until(world, 8, 30)
    world.do(HoldTicket(**HIS, reason=HoldReason.WAITING_FOR_PARTS))
    pass_until(world, 11)
    tell(world, visits.InterventionStarted, world.have(Tickets, "t1"), 1, at(8, 10), technician_id="lea")
    pass_until(world, 12)
    assert world.have(Tickets, "t1").held_sites == ("nord",)
    assert world.told(SlaFact)[-1].state is ClockState.PAUSED
    assert world.told(SlaBreached) == []


def test_nobody_let_in_told_late_leaves_the_appointment_that_was_made_since() -> None:
    """The client had called the hotline before the technician had a network again."""
    world = one_hour(met_by=MetBy.RESTORED, stops_on=(HoldReason.WAITING_FOR_ACCESS, HoldReason.APPOINTMENT))
    pass_until(world, 8, 45)
    world.do(HoldTicket(**HIS, reason=HoldReason.APPOINTMENT, until=at(14)))
    pass_until(world, 11)
    end(world, world.have(Tickets, "t1"), 1, Outcome.NO_ACCESS, at(8, 40), arrived_at=at(8, 30))
    [hold] = world.have(Tickets, "t1").holds
    assert (hold.reason, hold.until) == (HoldReason.APPOINTMENT, at(14))
    pass_until(world, 14)
    assert world.have(Tickets, "t1").state is not TicketState.ON_HOLD
    assert world.told(SlaFact)[-1].due_at == at(14, 30), "what he waited at the door counts for nobody"
    assert [need.follows for asked in world.told(VisitsRequested) for need in asked.visits] == ["t1-1"]
