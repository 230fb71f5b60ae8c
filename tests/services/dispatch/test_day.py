"""A technician's day holds no two slots at once, whatever is asked of it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dispatch.domain.day import Slot, SlotTaken, TechnicianDay, empty_day
from services.dispatch.domain.technician import Shifts, days_touched
from tests.services.dispatch.sample import ALWAYS, OFFICE_HOURS, technician
from tests.world import MONDAY_NINE


def slot(visit_id: str, start: int, minutes: int) -> Slot:
    begins = MONDAY_NINE + timedelta(minutes=start)
    return Slot(visit_id, begins, begins + timedelta(minutes=minutes))


steps = st.lists(
    st.tuples(
        st.sampled_from(["place", "free"]),
        st.sampled_from([f"v{n}" for n in range(8)]),
        st.integers(0, 600),
        st.integers(1, 180),
    ),
    max_size=40,
)


@given(steps)
def test_no_two_slots_ever_overlap(steps: list[tuple[str, str, int, int]]) -> None:
    day = empty_day("anna", "2026-03-02")
    model: dict[str, tuple[int, int]] = {}
    for verb, visit_id, start, minutes in steps:
        if verb == "free":
            day = day.freed(visit_id)
            model.pop(visit_id, None)
            continue
        free = all(
            start + minutes <= begins or ends <= start
            for other, (begins, ends) in model.items()
            if other != visit_id
        )
        if free:
            day = day.placed(slot(visit_id, start, minutes))
            model[visit_id] = (start, start + minutes)
        else:
            with pytest.raises(SlotTaken):
                day.placed(slot(visit_id, start, minutes))
    assert [each.visit_id for each in day.slots] == sorted(model, key=lambda id: model[id])


def test_a_day_with_overlapping_slots_cannot_be_built() -> None:
    with pytest.raises(SlotTaken):
        TechnicianDay("anna:2026-03-02", "anna", "2026-03-02", (slot("v1", 0, 60), slot("v2", 30, 60)))


def test_a_slot_over_midnight_is_in_both_days() -> None:
    before_midnight = MONDAY_NINE.replace(hour=22, minute=30)
    assert days_touched(before_midnight, before_midnight + timedelta(hours=1), "Europe/Paris") == (
        "2026-03-02",
        "2026-03-03",
    )


def test_a_slot_that_ends_at_midnight_is_in_one_day() -> None:
    ends = MONDAY_NINE.replace(hour=23)
    assert days_touched(ends - timedelta(hours=1), ends, "Europe/Paris") == ("2026-03-02",)


def test_weeks_alternate_between_a_and_b() -> None:
    alternating = technician("anna", shifts=Shifts(OFFICE_HOURS, {}))
    hours = alternating.on_shift(MONDAY_NINE - timedelta(hours=8), MONDAY_NINE + timedelta(days=27))
    weeks = {start.isocalendar().week for start, _ in hours}
    assert len(hours) == 10
    assert max(weeks) - min(weeks) == 2


def test_round_the_clock_is_one_stretch() -> None:
    always = technician("anna", shifts=Shifts(ALWAYS, ALWAYS))
    end = MONDAY_NINE + timedelta(days=40)
    assert always.on_shift(MONDAY_NINE, end) == [(MONDAY_NINE, end)]
