"""What it costs that a visit may be late although it is planned in time."""

import math
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dispatch.planning.insertion import UNCERTAIN_AHEAD, UNCERTAIN_SHARE, minutes_at_risk
from services.dispatch.planning.roster import Roster
from services.dispatch.planning.today.costs import late_minutes, risk_minutes
from tests.services.dispatch.sample import Firm, technician
from tests.world import MONDAY_NINE

HOUR = 3600.0
DRAWS = 200_001

seconds = st.floats(0, 20 * HOUR)


def at_risk(from_deadline: float, ahead: float) -> float:
    return float(minutes_at_risk(np.array(from_deadline), np.array(ahead)))


@pytest.mark.parametrize("miss", [-2.5, -1.0, 0.0, 0.4, 3.0])
def test_it_is_what_chance_adds_to_the_mean_miss(miss: float) -> None:
    ahead = 2 * HOUR
    scale = UNCERTAIN_SHARE * ahead
    # The quantiles of the logistic distribution, evenly drawn.
    shares = (np.arange(DRAWS) + 0.5) / DRAWS
    misses = miss * scale + scale * np.log(shares / (1 - shares))
    mean = float(np.maximum(misses, 0).mean()) - max(0.0, miss * scale)
    assert at_risk(abs(miss) * scale, ahead) == pytest.approx(mean / 60, rel=0.002)


@given(seconds, seconds, seconds)
def test_it_grows_with_the_time_until_the_start_and_shrinks_with_what_is_left(
    near: float, far: float, ahead: float
) -> None:
    near, far = sorted((near, far))
    assert at_risk(far, ahead) <= at_risk(near, ahead) <= UNCERTAIN_SHARE * UNCERTAIN_AHEAD * math.log(2) / 60
    assert at_risk(near, ahead) <= at_risk(near, ahead + HOUR)


def test_where_there_is_no_deadline_there_is_no_risk() -> None:
    assert at_risk(math.inf, HOUR) == 0


def test_what_is_late_for_sure_is_not_counted_twice() -> None:
    visit = Firm().ask()
    due = MONDAY_NINE + timedelta(hours=1)
    visit = replace(visit, need=replace(visit.need, respond_by_at=due, restore_by_at=None))
    start = due + timedelta(days=1)
    assert late_minutes(visit, start) == 24 * 60
    assert risk_minutes(visit, start, MONDAY_NINE) < 1


def test_a_candidates_cost_has_the_risk_in_it() -> None:
    visit = Firm().ask()
    roster = Roster(MONDAY_NINE)
    roster.put_technician(technician("anna"))
    calm, pressed = (
        replace(visit, need=replace(visit.need, respond_by_at=due, restore_by_at=None))
        for due in (None, MONDAY_NINE + timedelta(minutes=11))
    )
    first, second = (roster.candidates(each, MONDAY_NINE)[0] for each in (calm, pressed))
    assert first.start_at == second.start_at
    assert second.late_minutes == 0
    assert second.cost > first.cost
