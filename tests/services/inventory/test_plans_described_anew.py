"""A plan of maintenance is described anew: what is done stays done, and what is due stays due."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.inventory.domain.maintenance_plan import ByAge, ByCalendar, ByCounter, CountsFrom, Every
from services.inventory.domain.occurrence import OccurrenceState
from tests.services.inventory.test_maintenance import CLEANING, PC, PRINTER, UPS, Firm

BUSY = {"name": "Dépoussiérage annuel", "instructions": "Par la cour"}


@pytest.mark.parametrize("change", [BUSY, {"after_days": 9}], ids=["words", "span"])
@pytest.mark.parametrize(
    ("counts", "done", "due"),
    [
        # Made on the 7th, before it was due on the 10th.
        (CountsFrom.DUE, True, "2026-06-10"),
        (CountsFrom.DONE, True, "2026-06-07"),
        (CountsFrom.DONE, False, "2026-06-10"),
    ],
)
def test_a_plan_described_anew_asks_for_nothing_twice(
    change: dict[str, Any], counts: CountsFrom, done: bool, due: str
) -> None:
    firm = Firm(replace(CLEANING, counts_from=counts, before_days=6), PC)
    firm.live(5)
    firm.resolve(firm.asked[0].ticket_id, done=done)
    assert firm.to_come.due_on == due
    firm.describe(**change)
    assert firm.to_come.due_on == due
    latest = date.fromisoformat(due) + timedelta(days=change.get("after_days", 4))
    assert firm.to_come.latest_on == latest.isoformat()


@pytest.mark.parametrize(
    "change", [BUSY, {"after_days": 12}, {"trigger": ByCalendar(1, Every.WEEKS, "2026-03-13")}]
)
def test_what_is_due_and_waits_for_a_good_day_stays_due_when_its_plan_is_described_anew(
    change: dict[str, Any],
) -> None:
    firm = Firm(replace(CLEANING, after_days=10), PC)
    for n, day in enumerate(range(3, 25)):
        firm.visit(f"t{n}-1", date(2026, 3, day), 400)
    firm.live(9)  # Wednesday 11 March
    assert (firm.to_come.state, firm.to_come.due_on) == (OccurrenceState.UPCOMING, "2026-03-10")
    firm.describe(**change)
    assert firm.to_come.due_on == "2026-03-10"


def test_a_plan_that_was_at_rest_for_a_day_goes_on_as_it_was() -> None:
    firm = Firm(replace(CLEANING, trigger=ByAge("battery_changed_on", 1106), kinds=("ups",)), UPS)
    firm.tend()
    due = firm.to_come.due_on
    firm.describe(active=False)
    assert firm.to_come.state is OccurrenceState.DROPPED
    firm.describe(active=True)
    assert (firm.to_come.state, firm.to_come.due_on) == (OccurrenceState.UPCOMING, due)
    firm.live(20)
    assert len(firm.asked) == 1


def test_a_counter_keeps_its_number_when_words_change_and_gets_another_with_another_step() -> None:
    plan = replace(CLEANING, trigger=ByCounter("page_count", 20_000), kinds=("printer",))
    firm = Firm(plan, replace(PRINTER, fields={"page_count": 15_000}))
    firm.tend()
    firm.describe(**BUSY)
    assert firm.to_come.count_due == 20_000
    firm.describe(trigger=ByCounter("page_count", 18_000))
    assert firm.to_come.count_due == 18_000
