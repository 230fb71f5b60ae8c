"""Plans of maintenance: when each is due, the day it is put on, what becomes of it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from contracts.checklists import ChecklistAnswer, ChecklistItem, ItemKind
from contracts.inventory.assets import MaintenanceDue
from contracts.values import Point, Urgency
from services.inventory.domain.asset import Asset, Status
from services.inventory.domain.maintenance_plan import (
    ByAge,
    ByCalendar,
    ByCounter,
    CountsFrom,
    Every,
    MaintenancePlan,
    first_due,
    next_due,
)
from services.inventory.domain.occurrence import Occurrence, OccurrenceState
from services.inventory.domain.planned_visit import PlannedVisit
from services.inventory.domain.quiet_days import Because, Choice, Stop, choose, kilometres
from services.inventory.store.assets import Assets
from services.inventory.store.maintenance import MaintenancePlans, Occurrences
from services.inventory.store.planned_visits import PlannedVisits
from services.inventory.store.sites import Sites
from services.inventory.usecases.ask_maintenance import AskMaintenance
from services.inventory.usecases.foresee import GoThroughPlan
from services.inventory.usecases.settle_maintenance import KeepAnswers, SettleMaintenance
from tests.services.inventory.test_sites_and_assets import NORD
from tests.world import MONDAY_NINE, World

MONTHLY = ByCalendar(1, Every.MONTHS, "2026-01-31")
TODAY = MONDAY_NINE.date()
CLEANING = MaintenancePlan(
    "cleaning",
    "pasteur",
    "Dépoussiérage",
    "clean",
    ByCalendar(3, Every.MONTHS, "2026-03-10"),
    kinds=("computer",),
    before_days=3,
    after_days=4,
    look_at=MONDAY_NINE,
)
PC = Asset("pc", "pasteur", "nord", "PC-COMPTA", "computer", serial="SN1")
PRINTER = Asset("printer", "pasteur", "nord", "Imprimante", "printer", fields={"page_count": 48_000})
UPS = Asset("ups", "pasteur", "nord", "Onduleur", "ups", fields={"battery_changed_on": "2023-03-10"})
VOLTS = ChecklistItem(
    id="volts", fr="Tension de la batterie", en="Battery voltage", kind=ItemKind.NUMBER, unit="V", least=12.2
)


CLINIC = replace(NORD, id="nord", customer_id="pasteur", name="Clinique Nord", territory=None, opening=None)


class Firm:
    """A world with a site, its machines and a plan, lived through morning by morning."""

    def __init__(self, plan: MaintenancePlan, *assets: Asset) -> None:
        self.world = World()
        self.world.give(Sites, CLINIC)
        for asset in assets:
            self.world.give(Assets, asset)
        self.world.give(MaintenancePlans, plan)
        self.plan_id = plan.id

    def tend(self) -> None:
        """What the timers fire by now."""
        self.world.do(GoThroughPlan(self.plan_id))
        for each in self.world.all(Occurrences):
            self.world.do(AskMaintenance(each.id))

    def live(self, days: int) -> None:
        for _ in range(days):
            self.tend()
            self.world.advance(timedelta(days=1))

    def visit(self, id: str, day: date, minutes: int, technician: str = "lea", **where: Any) -> None:
        start = MONDAY_NINE + (day - TODAY)
        end = start + timedelta(minutes=minutes)
        at = {"start_at": start, "end_at": end, "site_id": "elsewhere", **where}
        self.world.give(PlannedVisits, PlannedVisit(id, "x", technician_id=technician, **at))

    def describe(self, **changes: Any) -> None:
        before = self.world.have(MaintenancePlans, self.plan_id)
        self.world.give(
            MaintenancePlans, before.replaced_by(replace(before, **changes), self.world.clock.now())
        )
        self.tend()

    def resolve(self, ticket_id: str, *, done: bool = True) -> None:
        self.world.do(SettleMaintenance(ticket_id, self.world.clock.now(), done))

    @property
    def asked(self) -> list[MaintenanceDue]:
        return self.world.told(MaintenanceDue)

    @property
    def to_come(self) -> Occurrence:
        [current] = [each for each in self.world.all(Occurrences) if not each.followed]
        return current


@pytest.mark.parametrize(
    ("day", "due"),
    [("2026-01-31", "2026-01-31"), ("2026-02-01", "2026-02-28"), ("2026-03-01", "2026-03-31")],
)
def test_the_31st_is_a_shorter_months_last_day_and_the_31st_again_after_it(day: str, due: str) -> None:
    assert first_due(MONTHLY, date.fromisoformat(day)).isoformat() == due


@pytest.mark.parametrize(
    ("due", "done", "counts", "again"),
    [
        ("2026-01-31", "2026-02-03", CountsFrom.DONE, "2026-03-03"),
        ("2026-01-31", "2026-02-03", CountsFrom.DUE, "2026-02-28"),
        # Made early, it is due again a whole period after it was due.
        ("2026-02-28", "2026-02-20", CountsFrom.DUE, "2026-03-31"),
        # Made when the next was due already, it counts for both.
        ("2026-01-31", "2026-03-15", CountsFrom.DUE, "2026-03-31"),
    ],
)
def test_the_next_time_counts_from_when_it_was_done_or_from_when_it_was_due(
    due: str, done: str, counts: CountsFrom, again: str
) -> None:
    found = next_due(MONTHLY, date.fromisoformat(due), date.fromisoformat(done), counts)
    assert found.isoformat() == again


def test_what_is_due_opens_one_ticket_however_often_it_is_looked_at() -> None:
    firm = Firm(CLEANING, PC)
    firm.live(20)
    firm.tend()
    [due] = firm.asked
    assert (due.ticket_id, due.category, due.asset_ids) == (firm.to_come.ticket_id, "clean", ("pc",))
    assert due.summary == "Dépoussiérage : Clinique Nord"
    assert due.window is not None
    assert firm.to_come.state is OccurrenceState.ASKED


def test_two_replicas_give_the_ticket_the_same_id() -> None:
    one, other = Firm(CLEANING, PC), Firm(CLEANING, PC)
    for firm in (one, other):
        firm.live(20)
    assert one.asked[0].ticket_id == other.asked[0].ticket_id


def test_when_it_is_done_the_next_one_is_foreseen_from_that_day_on() -> None:
    firm = Firm(CLEANING, PC)
    firm.live(10)
    firm.resolve(firm.asked[0].ticket_id)
    assert (firm.to_come.n, firm.to_come.due_on) == (2, "2026-06-12")
    assert firm.to_come.look_at is not None
    # Told again, the resolution changes nothing.
    firm.resolve(firm.asked[0].ticket_id)
    assert len(firm.world.all(Occurrences)) == 2


def test_a_cancelled_ticket_skips_one_time_and_the_rhythm_goes_on() -> None:
    firm = Firm(CLEANING, PC)
    firm.live(10)
    firm.resolve(firm.asked[0].ticket_id, done=False)
    assert firm.to_come.due_on == "2026-06-10"


def test_nothing_is_asked_for_where_no_such_machine_is_any_more() -> None:
    firm = Firm(CLEANING, PC)
    firm.tend()
    firm.world.give(Assets, replace(PC, status=Status.DISPOSED))
    firm.live(20)
    assert not firm.asked
    assert firm.to_come.state is OccurrenceState.DROPPED


def test_a_plan_described_anew_moves_what_is_to_come() -> None:
    firm = Firm(CLEANING, PC)
    firm.tend()
    assert firm.to_come.due_on == "2026-03-10"
    before = firm.world.have(MaintenancePlans, "cleaning")
    weekly = replace(CLEANING, trigger=ByCalendar(1, Every.WEEKS, "2026-03-20"))
    firm.world.give(MaintenancePlans, before.replaced_by(weekly, firm.world.clock.now()))
    firm.tend()
    assert firm.to_come.due_on == "2026-03-20"


def test_a_new_plan_that_finds_many_late_spreads_them_over_the_days_that_are_known() -> None:
    plan = replace(
        CLEANING, trigger=ByAge("battery_changed_on", 365), kinds=("ups",), after_days=5, minutes=210
    )
    firm = Firm(plan, *(replace(UPS, id=f"ups-{n}") for n in range(6)))
    firm.tend()
    days = [each.chosen_on for each in firm.world.all(Occurrences)]
    assert max(map(days.count, days)) == 2


def test_a_counter_is_due_each_time_it_has_risen_by_its_step() -> None:
    plan = replace(
        CLEANING, trigger=ByCounter("page_count", 50_000), kinds=("printer",), before_days=0, after_days=7
    )
    firm = Firm(plan, PRINTER)
    firm.live(2)
    assert (firm.to_come.count_due, firm.to_come.due_on) == (50_000, None)
    firm.world.give(Assets, replace(PRINTER, fields={"page_count": 51_200}))
    firm.live(8)
    [due] = firm.asked
    assert due.asset_ids == ("printer",)
    firm.resolve(due.ticket_id)
    assert firm.to_come.count_due == 101_200
    firm.live(20)
    assert len(firm.asked) == 1


def test_a_battery_is_due_by_its_age_and_its_day_is_written_down_when_it_is_changed() -> None:
    plan = replace(
        CLEANING, trigger=ByAge("battery_changed_on", 1096, records=True), kinds=("ups",), before_days=5
    )
    firm = Firm(plan, UPS)
    firm.live(10)
    [due] = firm.asked
    assert due.summary == "Dépoussiérage : Onduleur"
    changed_on = firm.world.clock.now().date()
    firm.resolve(due.ticket_id)
    assert firm.world.have(Assets, "ups").fields["battery_changed_on"] == changed_on.isoformat()
    assert firm.to_come.due_on == (changed_on + timedelta(days=1096)).isoformat()


def test_a_backup_that_runs_puts_its_check_off() -> None:
    plan = replace(CLEANING, trigger=ByAge("last_backup_on", 7), after_days=2, before_days=0)
    firm = Firm(plan, replace(PC, last_backup_on="2026-03-01"))
    for day in range(10):
        ran = date(2026, 3, 2) + timedelta(days=day)
        firm.world.give(Assets, replace(PC, last_backup_on=ran.isoformat()))
        firm.live(1)
    assert not firm.asked
    firm.live(8)
    assert len(firm.asked) == 1


def test_a_day_on_which_somebody_goes_there_already_is_taken_first() -> None:
    firm = Firm(CLEANING, PC)
    firm.visit("t1-1", date(2026, 3, 12), 240, site_id="nord")
    firm.live(20)
    [due] = firm.asked
    assert (firm.to_come.chosen_on, firm.to_come.because) == ("2026-03-12", Because.SAME_SITE)
    assert due.window is not None
    assert due.window.from_at.date() == date(2026, 3, 12)
    assert "un passage y est déjà prévu" in due.detail


def test_busy_days_are_passed_over_for_the_quiet_one() -> None:
    firm = Firm(CLEANING, PC)
    for n, day in enumerate(range(6, 15)):
        if day != 11:
            firm.visit(f"t{n}-1", date(2026, 3, day), 400)
    firm.live(20)
    assert (firm.to_come.chosen_on, firm.to_come.because) == ("2026-03-11", Because.QUIET)


def test_where_every_day_is_busy_the_least_busy_is_taken_at_the_last_chance() -> None:
    firm = Firm(CLEANING, PC)
    for n, day in enumerate(range(3, 20)):
        firm.visit(f"t{n}-1", date(2026, 3, day), 300 if day == 13 else 400)
    firm.live(20)
    assert (firm.to_come.chosen_on, firm.to_come.because) == ("2026-03-13", Because.LAST)


def test_a_closed_site_is_never_sent_to_and_a_missed_span_is_made_good() -> None:
    firm = Firm(replace(CLEANING, before_days=0, after_days=0), PC)
    firm.tend()
    firm.world.advance(timedelta(days=18))  # Friday 20 March, long after the 10th
    firm.tend()
    assert firm.to_come.chosen_on == "2026-03-23"


def test_sites_that_are_due_together_are_spread_over_the_days() -> None:
    firm = Firm(replace(CLEANING, kinds=(), minutes=210, before_days=5, after_days=5))
    for n in range(3):
        away = replace(CLINIC, id=f"s{n}", latitude=NORD.latitude + n)
        firm.world.give(Sites, away)
    firm.world.give(Sites, replace(NORD, id="nord", customer_id="another"))
    firm.live(10)
    days = [each.chosen_on for each in firm.world.all(Occurrences)]
    assert len(set(days)) == 3


def test_an_answer_beyond_its_threshold_opens_one_follow_up() -> None:
    firm = Firm(replace(CLEANING, checklist=(VOLTS,), follow_up_category="battery"), PC)
    firm.live(10)
    ticket = firm.asked[0].ticket_id
    assert firm.asked[0].checklist == (VOLTS,)
    for _ in range(2):
        firm.world.do(KeepAnswers(ticket, (ChecklistAnswer(item="volts", answer="11,8"),)))
    first, follow_up = firm.asked
    assert (follow_up.category, follow_up.urgency) == ("battery", Urgency.MEDIUM)
    assert follow_up.summary == "Dépoussiérage : Tension de la batterie : 11,8 V (attendu : ≥ 12.2 V)"
    assert follow_up.follows_ticket_id == first.ticket_id != follow_up.ticket_id
    assert firm.to_come.results[0].beyond


def test_an_answer_within_its_threshold_opens_nothing() -> None:
    firm = Firm(replace(CLEANING, checklist=(VOLTS,)), PC)
    firm.live(10)
    firm.world.do(KeepAnswers(firm.asked[0].ticket_id, (ChecklistAnswer(item="volts", answer="12.2"),)))
    assert len(firm.asked) == 1


def test_a_counter_that_is_read_on_the_spot_is_written_down() -> None:
    pages = ChecklistItem(id="page_count", fr="Compteur", en="Counter", kind=ItemKind.NUMBER)
    plan = replace(CLEANING, trigger=ByCounter("page_count", 1_000), kinds=("printer",), checklist=(pages,))
    firm = Firm(plan, PRINTER)
    firm.tend()
    firm.world.give(Assets, replace(PRINTER, fields={"page_count": 49_500}))
    firm.live(8)
    ticket = firm.asked[0].ticket_id
    firm.world.do(KeepAnswers(ticket, (ChecklistAnswer(item="page_count", answer="50210"),)))
    firm.resolve(ticket)
    assert firm.world.have(Assets, "printer").fields["page_count"] == 50_210
    assert firm.to_come.count_due == 51_210


@pytest.mark.parametrize("said", ["12345678901234567890", "-1"])
def test_a_number_that_no_counter_shows_is_not_written_down(said: str) -> None:
    pages = ChecklistItem(id="page_count", fr="Compteur", en="Counter", kind=ItemKind.NUMBER)
    assert not pages.takes("12345678901234567890")
    plan = replace(CLEANING, trigger=ByCounter("page_count", 1_000), kinds=("printer",), checklist=(pages,))
    firm = Firm(plan, PRINTER)
    firm.tend()
    firm.world.give(Assets, replace(PRINTER, fields={"page_count": 49_500}))
    firm.live(8)
    firm.world.do(KeepAnswers(firm.asked[0].ticket_id, (ChecklistAnswer(item="page_count", answer=said),)))
    assert firm.world.have(Assets, "printer").fields["page_count"] == 49_500


def test_answers_are_judged_by_what_was_asked_not_by_what_the_plan_asks_by_now() -> None:
    firm = Firm(replace(CLEANING, checklist=(VOLTS,)), PC)
    firm.live(10)
    firm.describe(checklist=(VOLTS.model_copy(update={"id": "tension"}),))
    firm.world.do(KeepAnswers(firm.asked[0].ticket_id, (ChecklistAnswer(item="volts", answer="11"),)))
    assert len(firm.asked) == 2


def test_a_full_journey_is_not_joined() -> None:
    known = date(2026, 3, 4)
    days = {date(2026, 3, 3): [Stop(400, "lea", 0.0)], known: [Stop(60, "lea", 80.0)]}
    found = choose(days, minutes=60, technicians=1, known_until=known, last_chance=False)
    assert found == Choice(date(2026, 3, 4), Because.QUIET)


def test_one_degree_of_latitude_is_a_hundred_and_eleven_kilometres() -> None:
    away = kilometres(Point(latitude=48, longitude=-1.7), Point(latitude=49, longitude=-1.7))
    assert away == pytest.approx(111.2, abs=0.1)
