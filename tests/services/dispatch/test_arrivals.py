"""How many visits come up where, for what and when, learnt from the days that were."""

import math
from random import Random

import pytest

from tests.benchmarks.arrivals import HOUR, Arrival, PastDay, fit_of, learnt, shrunk
from tests.benchmarks.putting_off import put_off, released_at
from tests.services.dispatch.days import day

MOST = {"Paris": 6.0, "Lyon": 1.5}
SKILLS = {"network": 0.7, "security": 0.3}


def past_day(seed: int, *, weekday: int = 0, busy: float = 1.0) -> PastDay:
    """Between 8 and 12 six an hour in Paris, one and a half in Lyon, seven of ten for networks."""
    pick = Random(seed)
    arrivals = []
    for area, rate in MOST.items():
        for skill, share in SKILLS.items():
            at = 8 * HOUR + pick.expovariate(rate * busy * share / HOUR)
            while at < 12 * HOUR:
                arrivals.append(Arrival(int(at), area, skill))
                at += pick.expovariate(rate * busy * share / HOUR)
    return PastDay(weekday, tuple(arrivals), busy)


def test_rates_of_many_days_are_the_true_ones() -> None:
    rates = learnt([past_day(seed) for seed in range(60)])
    for area, rate in MOST.items():
        for skill, share in SKILLS.items():
            for hour in range(8, 12):
                assert rates.of((area, skill, hour, 0)) == pytest.approx(rate * share, rel=0.25)


def test_a_cell_that_was_seen_once_stays_near_its_margins() -> None:
    many = tuple(Arrival(9 * HOUR + n, "Paris", "network") for n in range(80))
    few = tuple(Arrival(10 * HOUR + n, "Paris", "network") for n in range(40))
    rare = (Arrival(9 * HOUR, "Lyon", "security"),)
    rates = learnt([PastDay(0, (*many, *few, *rare))])
    assert rates.of(("Paris", "network", 9, 0)) > 60
    assert rates.of(("Lyon", "security", 9, 0)) < 1.5
    assert rates.of(("Lyon", "network", 10, 0)) < 2


def test_the_fewer_the_counts_the_more_they_are_held_to_what_was_expected() -> None:
    pulls = shrunk([3, 300], [1.0, 100.0])
    assert 1 < pulls[0] < pulls[1] <= 3


def test_busy_weekdays_and_days_of_more_technicians_are_told_apart() -> None:
    mondays = [past_day(seed, weekday=0) for seed in range(20)]
    sundays = [PastDay(6, past_day(100 + seed).arrivals[:3]) for seed in range(20)]
    rates = learnt([*mondays, *sundays])
    assert rates.of(("Paris", "network", 9, 0)) > 4 * rates.of(("Paris", "network", 9, 6))
    twice = learnt([past_day(seed, busy=2.0) for seed in range(30)])
    assert twice.of(("Paris", "network", 9, 0)) == pytest.approx(4.2, rel=0.3)


def test_days_foretell_each_other_better_than_one_rate_for_all() -> None:
    fit = fit_of([past_day(seed) for seed in range(25)])
    assert fit.explained > 0.2
    assert fit.dispersion == pytest.approx(1, abs=0.3)


def test_nothing_is_learnt_from_no_arrivals() -> None:
    rates = learnt([PastDay(0, ())])
    assert rates.of(("Paris", "network", 9, 0)) < 0.01
    assert released_at(rates, 0) == 0
    assert not math.isnan(fit_of([PastDay(0, ()), PastDay(0, ())]).explained)


def test_what_can_wait_is_begun_once_most_has_come_up() -> None:
    moment = released_at(learnt([past_day(seed) for seed in range(20)]), 0)
    assert moment == 12 * HOUR


def test_only_the_lowest_priority_is_put_off_and_only_where_there_is_time_later() -> None:
    problem = day(3)
    later = put_off(problem, 45_000)
    for visit in problem.visits:
        before, after = problem.windows[visit], later.windows[visit]
        if problem.priority[visit] < 4 or before[-1][1] < 45_000:
            assert after == before
        else:
            assert after[0][0] >= 45_000
            assert after[-1][1] == before[-1][1]
    assert put_off(problem, 0) == problem
