"""Whatever people and technicians do, in whatever order, a ticket stays sane."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from contracts.dispatch import events as visits
from contracts.refusal import Refusal
from contracts.ticket.events import CancelReason
from contracts.values import (
    HoldReason,
    Impact,
    Outcome,
    ServiceHealth,
    TicketState,
    Urgency,
    VisitState,
    WorkMode,
)
from services.ticket.domain.falling_due import next_due
from services.ticket.domain.possible import ALLOWED
from services.ticket.domain.ticket import Ticket
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.cancel import CancelTicket
from services.ticket.usecases.close import CloseTicket
from services.ticket.usecases.hold import HoldTicket
from services.ticket.usecases.reopen import ReopenTicket
from services.ticket.usecases.requalify import RequalifyTicket
from services.ticket.usecases.resolve import ResolveTicket
from services.ticket.usecases.resume import ResumeTicket
from services.ticket.usecases.start import StartWork
from services.ticket.usecases.take import TakeTicket
from services.ticket.usecases.tend import TendTicket
from services.ticket.usecases.triage import TriageTicket
from tests.services.ticket.sample import AGENT, a_world, opened, timeline
from tests.services.ticket.visits import assignment, end, tell
from tests.world import World

ON_SITES = some.sampled_from([(), ("nord",), ("sud",), ("nord", "sud")])
HIS: dict[str, Any] = {"ticket_id": "t1", "viewer": AGENT}


TOLD: list[type[visits.VisitFact]] = [
    visits.VisitPlanned,
    visits.TechnicianDispatched,
    visits.DispatchAcknowledged,
    visits.DispatchDeclined,
    visits.TechnicianEnRoute,
    visits.TechnicianArrived,
    visits.InterventionStarted,
    visits.InterventionPaused,
    visits.VisitCancelled,
    visits.DispatchFailed,
]


class TicketMachine(RuleBasedStateMachine):
    """Commands are refused when the state does not allow them; facts are always taken in."""

    @initialize(
        sites=some.sampled_from([("nord",), ("nord", "sud")]), category=some.sampled_from(["laptop", "vpn"])
    )
    def opening(self, sites: tuple[str, ...], category: str) -> None:
        self.world: World = a_world()
        opened(self.world, *sites, category=category)

    @property
    def ticket(self) -> Ticket:
        return self.world.have(Tickets, "t1")

    @property
    def now(self) -> datetime:
        return self.world.clock.now()

    def command(self, verb: str, case: Any) -> None:
        before, refused = self.ticket, None
        possible = verb in before.possible
        try:
            self.world.do(case)
        except Refusal as refusal:
            refused = refusal
        if refused is None:
            assert possible, f"{verb} went through although {before.state} does not allow it"
            return
        assert self.ticket == before
        if refused.slug == "illegal-transition":
            assert refused.members["state"] == before.state
            assert not possible or verb == "start"

    @rule(minutes=some.integers(1, 180))
    def time_passes(self, minutes: int) -> None:
        self.world.advance(timedelta(minutes=minutes))
        self.world.do(TendTicket("t1"))
        due = next_due(self.ticket)
        assert due is None or due > self.now

    @rule()
    def take(self) -> None:
        self.command("take", TakeTicket(**HIS))

    @rule(
        impact=some.none() | some.sampled_from(Impact),
        urgency=some.none() | some.sampled_from(Urgency),
        category=some.sampled_from([None, "laptop", "printer", "vpn"]),
    )
    def triage(self, impact: Impact | None, urgency: Urgency | None, category: str | None) -> None:
        self.command("triage", TriageTicket(**HIS, impact=impact, urgency=urgency, category=category))

    @rule(impact=some.sampled_from(Impact), category=some.sampled_from([None, "laptop", "printer", "vpn"]))
    def requalify(self, impact: Impact, category: str | None) -> None:
        case = RequalifyTicket(**HIS, impact=impact, category=category, agreed_by="x", reason="y")
        self.command("requalify", case)

    @rule(mode=some.sampled_from(WorkMode))
    def start(self, mode: WorkMode) -> None:
        self.command("start", StartWork(**HIS, mode=mode))

    @rule(reason=some.sampled_from(HoldReason), sites=ON_SITES, minutes=some.none() | some.integers(1, 240))
    def hold(self, reason: HoldReason, sites: tuple[str, ...], minutes: int | None) -> None:
        until = None if minutes is None else self.now + timedelta(minutes=minutes)
        self.command("hold", HoldTicket(**HIS, reason=reason, until=until, sites=sites))

    @rule(sites=ON_SITES)
    def resume(self, sites: tuple[str, ...]) -> None:
        self.command("resume", ResumeTicket(**HIS, sites=sites))

    @rule()
    def resolve(self) -> None:
        self.command("resolve", ResolveTicket(**HIS, work_done="x"))

    @rule()
    def close(self) -> None:
        self.command("close", CloseTicket(**HIS))

    @rule(service=some.sampled_from(ServiceHealth))
    def reopen(self, service: ServiceHealth) -> None:
        solved = not self.ticket.is_open
        self.command("reopen", ReopenTicket(**HIS, reason="x", service=service))
        if solved and self.ticket.is_open:
            assert all(
                any(v.live for v in self.ticket.visits if v.site_id == s) for s in self.ticket.site_ids
            )

    @precondition(lambda self: len(self.ticket.visits) > 3)
    @rule()
    def cancel(self) -> None:
        self.command("cancel", CancelTicket(**HIS, reason=CancelReason.CLIENT_CONSENT))

    @rule(data=some.data())
    def dispatch_tells(self, data: some.DataObject) -> None:
        n = data.draw(some.integers(1, len(self.ticket.visits)))
        model: type[visits.VisitFact] = data.draw(some.sampled_from(TOLD))
        said: dict[str, Any] = {"technician_id": "lea"}
        if model in (visits.VisitPlanned, visits.TechnicianDispatched):
            said = assignment(self.now)
        elif model is visits.DispatchDeclined:
            said["reason"] = "x"
        elif model is visits.VisitCancelled:
            said["reason"] = "withdrawn"
        elif model is visits.DispatchFailed:
            said = {"priority": "P3", "summary": "x"}
        tell(self.world, model, self.ticket, n, self.now, **said)

    @rule(data=some.data(), outcome=some.sampled_from(Outcome))
    def a_technician_closes(self, data: some.DataObject, outcome: Outcome) -> None:
        n = data.draw(some.integers(1, len(self.ticket.visits)))
        end(
            self.world,
            self.ticket,
            n,
            outcome,
            self.now,
            started=data.draw(some.sampled_from([None, self.now])),
        )
        assert self.ticket.visits[n - 1].state is VisitState.CLOSED

    @invariant()
    def it_is_on_hold_only_when_every_unfinished_site_is(self) -> None:
        ticket = self.ticket
        if ticket.is_open:
            held = set(ticket.unfinished_sites) <= set(ticket.held_sites) and bool(ticket.unfinished_sites)
            assert (ticket.state is TicketState.ON_HOLD) == held

    @invariant()
    def an_open_ticket_has_work_left_and_an_ended_one_waits_for_nothing(self) -> None:
        ticket = self.ticket
        if ticket.is_open:
            assert ticket.unfinished_sites
        else:
            assert ticket.holds == ()
            assert not any(v.state is VisitState.WAITING for v in ticket.visits)

    @invariant()
    def visits_are_numbered_without_gaps_and_every_site_has_one(self) -> None:
        ticket = self.ticket
        assert [v.id for v in ticket.visits] == [f"t1-{n}" for n in range(1, len(ticket.visits) + 1)]
        assert {v.site_id for v in ticket.visits} == set(ticket.site_ids)

    @invariant()
    def one_site_never_has_two_visits_waiting(self) -> None:
        waiting = [v.site_id for v in self.ticket.visits if v.state is VisitState.WAITING]
        assert len(waiting) == len(set(waiting))

    @invariant()
    def the_timeline_has_no_gap(self) -> None:
        numbers = sorted(line.n for line in timeline(self.world))
        assert numbers == list(range(1, self.ticket.lines + 1))

    @invariant()
    def it_is_stored_and_read_back_unchanged(self) -> None:
        assert Tickets.decode({"_id": "t1", **Tickets.encode(self.ticket)}) == self.ticket

    @invariant()
    def every_state_allows_something(self) -> None:
        assert self.ticket.possible
        assert set(self.ticket.possible) <= set(ALLOWED)


TicketMachine.TestCase.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
test_a_ticket_stays_sane = TicketMachine.TestCase
