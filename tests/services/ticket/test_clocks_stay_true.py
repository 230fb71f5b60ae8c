"""Whatever happens, in whatever order it is learned, what is said of the clocks is what their log says."""

from collections import defaultdict
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import bson
from bson.codec_options import CodecOptions
from hypothesis import settings
from hypothesis import strategies as some
from hypothesis.stateful import initialize, invariant, rule

from contracts.dispatch import events as visits
from contracts.refusal import Refusal
from contracts.ticket.sla import ClockState, SlaBreached, SlaCorrected, SlaFact
from contracts.values import HoldReason, Outcome, Priority
from services.ticket.domain.contract import ContractRevision, MetBy, OnReopen
from services.ticket.domain.sla_record import SlaRecord, clocks_now, looked_at
from services.ticket.domain.sla_replaying import differences
from services.ticket.store.contracts import ContractRevisions
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.exclude_time import ExcludeTime
from services.ticket.usecases.hold import HoldTicket
from services.ticket.usecases.resolve import ResolveTicket
from services.ticket.usecases.resume import ResumeTicket
from tests.services.ticket.sample import a_world, give_contract, opened, target
from tests.services.ticket.test_state_machine import HIS, ON_SITES, TOLD, TicketMachine
from tests.services.ticket.visits import end, tell
from tests.world import World

AWARE: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True, tzinfo=UTC)
HOURS = {
    "time_zone": "site",
    "weekly": {day: [["08:00", "12:00"], ["13:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
    "holidays": "site",
}
STOPS = (HoldReason.WAITING_FOR_CLIENT, HoldReason.WAITING_FOR_ACCESS, HoldReason.APPOINTMENT)


def promised(minutes: int) -> tuple[Any, ...]:
    days: dict[str, Any] = {"minutes": None, "days": 1, "by": "18:00", "cutoff": "15:00"}
    return (
        target("GTI", minutes=minutes, stops_on=STOPS, calendar="hours"),
        target("GTR", minutes=minutes * 4, met_by=MetBy.RESTORED, stops_on=STOPS),
        target("J+1", met_by=MetBy.RESOLVED, calendar="hours", on_reopen=OnReopen.COUNT, **days),
    )


class ClocksMachine(TicketMachine):
    """The ticket's machine under a contract, with verbs and facts that are told late."""

    @initialize(
        sites=some.sampled_from([("nord",), ("nord", "sud")]), category=some.sampled_from(["laptop", "vpn"])
    )
    def opening(self, sites: tuple[str, ...], category: str) -> None:
        self.world: World = a_world()
        give_contract(
            self.world,
            "c1",
            calendars={
                "hours": HOURS,
                "always": {"time_zone": "site", "weekly": {d: [["00:00", "24:00"]] for d in HOURS["weekly"]}},
            },
            targets={priority: promised(30 * (n + 1)) for n, priority in enumerate(Priority)},
        )
        opened(self.world, *sites, category=category)

    @property
    def record(self) -> SlaRecord:
        assert self.ticket.sla is not None
        return self.ticket.sla

    @property
    def revisions(self) -> dict[str, ContractRevision]:
        return {each.id: each for each in self.world.all(ContractRevisions)}

    def back(self, minutes: int) -> datetime:
        return max(self.now - timedelta(minutes=minutes), self.ticket.declared_at)

    @rule(reason=some.sampled_from(HoldReason), sites=ON_SITES, late=some.integers(1, 300))
    def hold_told_late(self, reason: HoldReason, sites: tuple[str, ...], late: int) -> None:
        until = self.now + timedelta(minutes=late) if reason is HoldReason.APPOINTMENT else None
        case = HoldTicket(**HIS, reason=reason, until=until, sites=sites, occurred_at=self.back(late))
        self.command("hold", case)

    @rule(sites=ON_SITES, late=some.integers(1, 300))
    def resume_told_late(self, sites: tuple[str, ...], late: int) -> None:
        self.command("resume", ResumeTicket(**HIS, sites=sites, occurred_at=self.back(late)))

    @rule(late=some.integers(1, 300))
    def resolve_told_late(self, late: int) -> None:
        self.command("resolve", ResolveTicket(**HIS, work_done="x", occurred_at=self.back(late)))

    @rule(
        late=some.integers(1, 300),
        length=some.integers(1, 120),
        only=some.sampled_from([None, "GTI", "J+1"]),
    )
    def time_is_left_out(self, late: int, length: int, only: str | None) -> None:
        since = self.back(late)
        case = ExcludeTime(
            **HIS,
            since=since,
            until=since + timedelta(minutes=length),
            reason="x",
            agreed_by="y",
            target=only,
        )
        with suppress(Refusal):
            self.world.do(case)

    @rule(data=some.data(), late=some.integers(1, 300))
    def dispatch_tells_late(self, data: some.DataObject, late: int) -> None:
        n = data.draw(some.integers(1, len(self.ticket.visits)))
        model = data.draw(some.sampled_from([visits.TechnicianArrived, visits.InterventionStarted]))
        assert model in TOLD
        tell(self.world, model, self.ticket, n, self.back(late), technician_id="lea")

    @rule(data=some.data(), outcome=some.sampled_from(Outcome), late=some.integers(1, 300))
    def a_technician_closes_late(self, data: some.DataObject, outcome: Outcome, late: int) -> None:
        n = data.draw(some.integers(1, len(self.ticket.visits)))
        started = data.draw(some.sampled_from([None, self.back(late + 30)]))
        arrived = data.draw(some.sampled_from([None, self.back(late + 40)]))
        end(self.world, self.ticket, n, outcome, self.back(late), started=started, arrived_at=arrived)

    @invariant()
    def nothing_is_left_to_say(self) -> None:
        """The timer comes at every instant at which a clock changes by itself, so none is missed."""
        after, sayings = looked_at(self.record, self.revisions, self.now)
        assert sayings == ()
        assert after.next_at == self.record.next_at

    @invariant()
    def what_was_said_last_is_how_each_clock_is(self) -> None:
        last: dict[tuple[str, str], SlaFact] = {}
        for fact in self.world.told(SlaFact):
            last[fact.site_id, fact.target] = fact
        now = clocks_now(self.record, self.revisions, self.now)
        clocks = {(c.site_id, c.name): c for c in now}
        for name, fact in last.items():
            clock = clocks.get(name)
            assert clock is not None, "every priority promises the same targets"
            assert (fact.state, fact.breached_at, fact.met_at) == (
                clock.state,
                clock.breached_at,
                clock.met_at,
            )
            if clock.state is not ClockState.BREACHED:
                assert fact.due_at == clock.due_at

    @invariant()
    def worked_out_again_nothing_differs_from_what_was_said(self) -> None:
        facts = [(each.envelope.sequence, each.payload) for each in self.world.events]
        published = {n: fact for n, fact in facts if isinstance(fact, SlaFact)}
        assert list(differences(self.ticket, self.revisions, published)) == []

    @invariant()
    def a_breach_is_said_once_unless_it_was_taken_back(self) -> None:
        breaches: dict[tuple[str, str], int] = defaultdict(int)
        for fact in self.world.told(SlaFact):
            name = fact.site_id, fact.target
            if isinstance(fact, SlaBreached):
                breaches[name] += 1
            elif isinstance(fact, SlaCorrected):
                breaches[name] = int(fact.breached_at is not None)
            assert breaches[name] <= 1

    @invariant()
    def a_site_is_on_hold_exactly_where_its_clocks_know_of_one(self) -> None:
        ticket = self.ticket
        if not ticket.is_open:
            return
        for clock in clocks_now(self.record, self.revisions, self.now):
            if clock.site_id in ticket.unfinished_sites:
                assert (clock.run.hold is not None) == (clock.site_id in ticket.held_sites)

    @invariant()
    def it_is_stored_and_read_back_unchanged(self) -> None:
        stored = bson.decode(bson.encode({"_id": "t1", **Tickets.encode(self.ticket)}), codec_options=AWARE)
        assert Tickets.decode(stored) == self.ticket


ClocksMachine.TestCase.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)
test_clocks_stay_true = ClocksMachine.TestCase
