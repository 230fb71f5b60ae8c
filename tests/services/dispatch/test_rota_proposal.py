"""A rota proposed: no rest, no absence and no notice is broken, and nobody bears more than another."""

from dataclasses import replace
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.calendars import Interval
from services.dispatch.domain.labour_limits import limits_of
from services.dispatch.domain.on_call_load import load_of
from services.dispatch.domain.rota import Call, RotaEntry
from services.dispatch.domain.rota_proposal import (
    Asked,
    Bar,
    Candidate,
    Every,
    barred,
    propose,
    spread,
    told_too_late,
    turns_of,
)
from services.dispatch.domain.technician import Absence, Regime
from tests.services.dispatch.sample import technician
from tests.services.dispatch.timesheets import PARIS
from tests.world import MONDAY_NINE

APRIL = date(2026, 4, 6)
NOW = Asked(MONDAY_NINE, {})


def people(count: int) -> list[Candidate]:
    return [Candidate(technician(f"t{n}", holidays="FR"), limits_of(Regime.HOURS)) for n in range(count)]


def weeks(count: int) -> list[Interval]:
    return turns_of(APRIL, APRIL + timedelta(weeks=count), Every.WEEK, time(18), PARIS)


def test_turns_follow_the_clocks_through_the_change_of_the_hour() -> None:
    [first, second] = turns_of(date(2026, 3, 28), date(2026, 3, 30), Every.DAY, time(18), PARIS)
    assert (first[1] - first[0], second[0]) == (timedelta(hours=23), first[1])
    assert {each.astimezone(ZoneInfo(PARIS)).hour for each in (*first, *second)} == {18}


def test_loads_of_periods_add_up() -> None:
    turns = weeks(5)
    parts = [load_of([turn], PARIS, "FR") for turn in turns]
    whole = load_of([(turns[0][0], turns[-1][1])], PARIS, "FR")
    assert sum(parts[1:], parts[0]) == whole
    assert whole.holiday_minutes == (6 + 24 + 24) * 60, "Easter Monday from 18:00, 1 May and 8 May"


def test_who_was_called_much_is_spared() -> None:
    anna, *others = people(3)
    last = RotaEntry("e", anna.id, MONDAY_NINE - timedelta(days=9), MONDAY_NINE - timedelta(days=2))
    night = Call("t1-1", last.from_at, last.from_at + timedelta(hours=20))
    proposed = propose(weeks(3), [replace(anna, known=(last.called(night),)), *others], NOW)
    assert anna.id not in {turn.technician_id for turn in proposed.turns}


def test_a_turn_that_nobody_may_have_stays_open_and_says_why() -> None:
    away = Absence(MONDAY_NINE, MONDAY_NINE + timedelta(days=90), "leave")
    minor = Candidate(technician("nino"), limits_of(Regime.MINOR))
    absent = Candidate(technician("anna", absences=(away,)), limits_of(Regime.HOURS))
    unskilled = Candidate(technician("bruno", skills={}), limits_of(Regime.HOURS))
    [turn] = propose(weeks(1), [minor, absent, unskilled], replace(NOW, skills={"network": 1})).turns
    assert turn.technician_id is None
    assert turn.barred == (Bar("anna", "absent"), Bar("bruno", "skill-missing"), Bar("nino", "night"))


def test_notice_is_fifteen_days_and_exceptionally_a_clear_day() -> None:
    turn = (MONDAY_NINE + timedelta(days=3), MONDAY_NINE + timedelta(days=4))
    [refused] = propose([turn], people(1), NOW).turns
    assert refused.barred == (Bar("t0", "notice"),)
    [told] = propose([turn], people(1), replace(NOW, exceptional=True)).turns
    assert told.technician_id == "t0"
    tomorrow = (MONDAY_NINE + timedelta(days=1), MONDAY_NINE + timedelta(days=2))
    assert propose([tomorrow], people(1), replace(NOW, exceptional=True)).turns[0].technician_id is None


@settings(max_examples=40, deadline=None)
@given(st.integers(3, 7), st.integers(1, 20), st.integers(0, 99), st.sampled_from(Every))
def test_of_those_who_may_take_every_turn_nobody_bears_more_than_one_turn_more(
    count: int, turns: int, seed: int, every: Every
) -> None:
    step = 1 if every is Every.DAY else 7
    asked = turns_of(APRIL, APRIL + timedelta(days=turns * step), every, time(18), PARIS)
    proposed = propose(asked, people(count), replace(NOW, seed=seed))
    heaviest = max(load_of([turn], PARIS, "FR").weight for turn in asked)
    assert all(turn.technician_id for turn in proposed.turns)
    assert spread(proposed.borne, after=True) <= heaviest
    assert proposed == propose(asked, people(count)[::-1], replace(NOW, seed=seed)), "in whatever order"


@st.composite
def teams(draw: st.DrawFn) -> list[Candidate]:
    def stretch(most: int) -> Interval:
        start = MONDAY_NINE + timedelta(days=draw(st.integers(-30, 120)))
        return start, start + timedelta(days=draw(st.integers(1, most)))

    team = []
    for person in people(draw(st.integers(1, 5))):
        absences = [Absence(*stretch(20), "leave") for _ in range(2)]
        known = RotaEntry(person.id, person.id, *stretch(7))
        regime = draw(st.sampled_from(Regime))
        team.append(
            Candidate(
                replace(person.technician, absences=tuple(absences), regime=regime),
                limits_of(regime),
                (known,),
            )
        )
    return team


@settings(max_examples=60, deadline=None)
@given(teams(), st.integers(0, 30), st.sampled_from(Every), st.booleans())
def test_no_proposal_breaks_a_rest_an_absence_or_the_notice(
    team: list[Candidate], ahead: int, every: Every, exceptional: bool
) -> None:
    first = MONDAY_NINE.date() + timedelta(days=ahead)
    turns = turns_of(first, first + timedelta(days=20), every, time(18), PARIS)
    asked = replace(NOW, exceptional=exceptional)
    proposed = propose(turns, team, asked)
    by_id = {each.id: each for each in team}
    for turn in proposed.turns:
        if turn.technician_id is None:
            assert {bar.technician_id for bar in turn.barred} == set(by_id)
            continue
        person, this = by_id[turn.technician_id], (turn.from_at, turn.to_at)
        others = [
            (other.from_at, other.to_at)
            for other in proposed.turns
            if other is not turn and other.technician_id == person.id
        ]
        assert barred(person, this, others, asked) is None
        assert not told_too_late(person, this, MONDAY_NINE, exceptional=exceptional)
    for each in proposed.borne:
        mine = [(t.from_at, t.to_at) for t in proposed.turns if t.technician_id == each.technician_id]
        assert each.after == each.before + load_of(mine, PARIS, "FR"), "the load is the sum of its turns"
