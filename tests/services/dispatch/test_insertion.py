"""What the insertion proposes, held against a slow checker that shares none of its code."""

import math
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from contracts.calendars import WEEKDAYS, Interval
from contracts.values import PartNeed, Point, Priority, VisitState, WeeklyWindows, Window
from services.dispatch.domain.day import Slot, empty_day
from services.dispatch.domain.need import Place
from services.dispatch.domain.plan import Refused
from services.dispatch.domain.technician import Absence, Shifts, Technician
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.candidate import Candidate
from services.dispatch.planning.reasons import against
from services.dispatch.planning.roster import Roster
from services.dispatch.usecases.slots import reaches
from tests.services.dispatch.jams import jammed
from tests.services.dispatch.sample import ALWAYS, OFFICE_HOURS, Firm, need, technician
from tests.world import MONDAY_NINE

SPLIT: WeeklyWindows = {
    "mon": (("08:00", "12:00"), ("13:30", "18:00")),
    "tue": (("08:00", "12:00"), ("13:30", "18:00")),
}
HOURS: tuple[WeeklyWindows, ...] = (OFFICE_HOURS, ALWAYS, SPLIT, {})
FOUR_HOURS = timedelta(hours=4)
A_SECOND = timedelta(seconds=1)

points = st.builds(
    lambda north, east: Point(latitude=43.4 + north / 50, longitude=1.2 + east / 50),
    st.integers(0, 25),
    st.integers(0, 25),
)
technicians = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from(["network", "hardware"]), st.integers(1, 3)),
        st.sampled_from(HOURS),
        points,
        st.one_of(st.none(), st.integers(0, 72)),
    ),
    min_size=1,
    max_size=4,
)
a_visit = st.tuples(
    st.sampled_from(["network", "hardware"]),
    st.integers(1, 3),
    points,
    st.integers(10, 240),
    st.sampled_from(list(Priority)),
    st.sampled_from([None, {"mon": (("09:00", "12:00"),), "wed": (("14:00", "17:00"),)}]),
    st.one_of(st.none(), st.integers(0, 60)),
)
visits = st.lists(a_visit, min_size=1, max_size=8)


def seconds(a: Point, b: Point) -> float:
    """The law of cosines instead of the planner's chords and haversines."""
    la, lb = math.radians(a.latitude), math.radians(b.latitude)
    turn = math.radians(a.longitude - b.longitude)
    cosine = math.sin(la) * math.sin(lb) + math.cos(la) * math.cos(lb) * math.cos(turn)
    kilometres = 6371 * math.acos(max(-1.0, min(1.0, cosine))) * 1.3
    return 0 if a == b else max(60.0, kilometres / 45 * 3600)


@dataclass
class Person:
    """A technician with what is taken of his days, for the checker."""

    one: Technician
    hours: list[Interval]
    taken: list[Slot] = field(default_factory=list)


def problem_with(
    person: Person,
    visit: Visit,
    start: datetime,
    now: datetime,
    slack: timedelta = A_SECOND,
    *,
    leaves_before_a_pause: bool = False,
) -> str | None:
    """What speaks against this start, by plain rules; two ways of measuring a sphere differ by ``slack``."""
    one, taken = person.one, person.taken
    end = start + timedelta(minutes=visit.need.duration_minutes)
    if any(one.skills.get(skill, 0) < level for skill, level in visit.need.skills.items()):
        return "skills"
    stretch = next(((a, b) for a, b in person.hours if a <= start and end <= b), None)
    if stretch is None:
        return "hours"
    if any(slot.start_at < end and start < slot.end_at for slot in taken):
        return "double booking"
    opens, closes = stretch
    for a, b in person.hours:
        if closes <= a < closes + FOUR_HOURS:
            closes = b
    for a, b in reversed(person.hours) if leaves_before_a_pause else ():
        if opens - FOUR_HOURS < b <= opens:
            opens = a
    before = [slot for slot in taken if slot.end_at <= start and slot.end_at > opens - FOUR_HOURS]
    origin, leave = one.home, max(opens, now)
    if before:
        origin, leave = before[-1].place, max(opens, now, before[-1].end_at)
    assert origin is not None
    assert one.home is not None
    if leave + timedelta(seconds=seconds(origin, visit.place.point)) > start + slack:
        return "cannot be there in time"
    after = next((slot for slot in taken if slot.start_at >= end), None)
    if after is not None and after.start_at <= closes + FOUR_HOURS:
        assert after.place is not None
        if end + timedelta(seconds=seconds(visit.place.point, after.place)) > after.start_at + slack:
            return "cannot reach the next visit in time"
    elif end + timedelta(seconds=seconds(visit.place.point, one.home)) > closes + slack:
        return "not home by the end of work"
    if visit.place.opening is not None and not open_for(visit.place, start, end):
        return "site closed"
    return None


def open_for(place: Place, start: datetime, end: datetime) -> bool:
    """Work is done while the site is open, if it can be; otherwise it begins while it is."""
    local = start.astimezone(ZoneInfo("Europe/Paris"))
    day = WEEKDAYS[local.weekday()]
    assert place.opening is not None
    for opens, closes in place.opening.get(day, ()):
        since, until = (local.replace(hour=int(wall[:2]), minute=int(wall[3:])) for wall in (opens, closes))
        if since <= local < until and (end <= until or end - start > until - since):
            return True
    return False


def make_visit(id: str, asked: tuple[str, int, Point, int, Priority, object, int | None]) -> Visit:
    skill, level, point, minutes, priority, opening, deadline = asked
    template = Firm().ask()
    respond_by = None if deadline is None else MONDAY_NINE + timedelta(hours=deadline)
    need = replace(template.need, skills={skill: level}, duration_minutes=minutes, respond_by_at=respond_by)
    place = Place(point, "Europe/Paris", opening)  # type: ignore[arg-type]
    return replace(template, id=id, need=need, place=place, priority=priority)


@settings(max_examples=40, deadline=None)
@given(technicians, visits)
def test_no_candidate_breaks_a_rule_and_none_is_overlooked(
    people: list[tuple[dict[str, int], WeeklyWindows, Point, int | None]],
    asked: list[tuple[str, int, Point, int, Priority, object, int | None]],
) -> None:
    now = MONDAY_NINE
    roster = Roster(now)
    firm: dict[str, Person] = {}
    for n, (skills, hours, home, away) in enumerate(people):
        absences: tuple[Absence, ...] = ()
        if away is not None:
            start = now + timedelta(hours=away)
            absences = (Absence(start, start + timedelta(hours=5), "sick"),)
        shifts = Shifts(hours, hours)
        one = technician(f"t{n}", skills=skills, shifts=shifts, home=home, absences=absences)
        firm[one.id] = Person(one, one.available(now - timedelta(days=1), now + timedelta(days=15)))
        roster.put_technician(one)
    for n, each in enumerate(asked):
        visit = make_visit(f"v{n}", each)
        candidates = roster.candidates(visit, now)
        for candidate in candidates:
            person = firm[candidate.technician_id]
            assert problem_with(person, visit, candidate.start_at, now) is None
        proposed = {candidate.technician_id for candidate in candidates}
        firsts = {id: earliest(person, visit, now, -A_SECOND) for id, person in firm.items()}
        assert {id for id, first in firsts.items() if first is not None} <= proposed
        if visit.priority is Priority.P1 and candidates and visit.need.respond_by_at is None:
            soonest = min((first for first in firsts.values() if first is not None), default=None)
            assert soonest is None or candidates[0].start_at <= soonest
        if candidates:
            chosen = candidates[0]
            roster.hold(chosen, visit)
            slot = Slot(visit.id, chosen.start_at, chosen.end_at, 0, visit.place.point)
            taken = firm[chosen.technician_id].taken
            taken.append(slot)
            taken.sort(key=lambda slot: slot.start_at)


def earliest(person: Person, visit: Visit, now: datetime, slack: timedelta) -> datetime | None:
    """The first start that is allowed within thirty hours, looking at every minute."""
    minutes = (now + timedelta(minutes=n) for n in range(30 * 60))
    at_work = (at for at in minutes if any(a <= at < b for a, b in person.hours))
    return next((at for at in at_work if problem_with(person, visit, at, now, slack) is None), None)


A_CALL_BETWEEN_TWO_PLACES = [
    (1, 0, Point(latitude=43.4, longitude=1.22), False),
    (1, 11, None, False),
    (1, 0, Point(latitude=43.4, longitude=1.2), False),
]
days = st.lists(
    st.tuples(st.integers(1, 40), st.integers(0, 30), st.one_of(st.none(), points), st.booleans()), max_size=9
)


@settings(deadline=None)
@given(days, st.integers(0, 240), points, st.integers(5, 60), st.booleans())
@example(A_CALL_BETWEEN_TWO_PLACES, 0, Point(latitude=43.4, longitude=1.24), 5, False)
def test_what_the_snapshot_proposes_the_stored_day_takes(
    day: list[tuple[int, int, Point | None, bool]], passed: int, point: Point, minutes: int, jams: bool
) -> None:
    """Also where visits were closed one after the other faster than anybody can drive."""
    now = MONDAY_NINE + timedelta(minutes=passed)
    roster, slots, at = Roster(now, jammed() if jams else None), [], MONDAY_NINE
    roster.put_technician(technician("alice"))
    for n, (lasts, pause, place, closed) in enumerate(day):
        slot = Slot(f"v{n}", at + timedelta(minutes=pause), at + timedelta(minutes=pause + lasts), 0, place)
        slots.append(slot)
        at = slot.end_at
        state = VisitState.CLOSED if closed else VisitState.DISPATCHED
        roster.put_visit(replace(Firm().ask(), id=slot.visit_id, state=state))
    roster.put_day(replace(empty_day("alice", "2026-03-02"), slots=tuple(slots)), 1)
    visit = make_visit("new", ("network", 1, point, minutes, Priority.P2, None, None))
    best = roster.best(visit, now)
    if best is not None and best.start_at.date() == MONDAY_NINE.date():
        asked = Slot("new", best.start_at, best.end_at, best.travel_seconds, point)
        assert reaches(slots, asked, roster.travel)


def candidates_of(firm: Firm, visit: Visit) -> list[Candidate]:
    return firm.roster().candidates(visit, firm.clock.now())


def test_preferred_windows_are_kept_when_somebody_can() -> None:
    firm = Firm()
    visit = firm.ask(priority=Priority.P3)
    tomorrow = Window(from_at=MONDAY_NINE + timedelta(hours=28), to_at=MONDAY_NINE + timedelta(hours=30))
    wished = replace(visit, need=replace(visit.need, preferred_windows=(tomorrow,)))
    assert candidates_of(firm, wished)[0].start_at == tomorrow.from_at
    night = Window(from_at=MONDAY_NINE + timedelta(hours=13), to_at=MONDAY_NINE + timedelta(hours=16))
    impossible = replace(visit, need=replace(visit.need, preferred_windows=(night,)))
    assert candidates_of(firm, impossible) == candidates_of(firm, visit)


def test_whoever_can_do_no_more_than_is_asked_for_is_preferred() -> None:
    firm = Firm(technician("anna"), technician("bruno", skills={"network": 1}))
    visit = firm.ask(priority=Priority.P3)
    assert [each.technician_id for each in candidates_of(firm, visit)] == ["bruno", "anna"]


def test_what_fits_into_an_opening_is_not_begun_in_the_rest_of_it() -> None:
    firm = Firm()
    visit = firm.ask(need(duration_minutes=150), priority=Priority.P3)
    mornings: WeeklyWindows = {"mon": (("09:00", "12:00"),), "tue": (("09:00", "12:00"),)}
    visit = replace(visit, place=replace(visit.place, opening=mornings))
    firm.pass_minutes(60)
    best = candidates_of(firm, visit)[0]
    assert best.start_at == MONDAY_NINE + timedelta(days=1), "two hours are left, and it takes more"


def test_the_van_with_the_part_is_preferred() -> None:
    firm = Firm(technician("anna"), technician("bruno", home=Point(latitude=43.58, longitude=1.45)))
    visit = firm.ask(priority=Priority.P3)
    with_part = replace(visit, need=replace(visit.need, parts=(PartNeed(sku="psu-550", quantity=1),)))
    assert candidates_of(firm, with_part)[0].technician_id == "anna"
    roster = firm.roster()
    roster.stock.put("van:bruno", "psu-550", 1)
    assert roster.candidates(with_part, firm.clock.now())[0].technician_id == "bruno"


def rules(firm: Firm, visit: Visit) -> dict[str, str]:
    roster, now = firm.roster(), firm.clock.now()
    found = against(roster, visit, now, roster.candidates(visit, now), 1)
    return {each.technician_id: each.rule for each in found}


def test_each_of_the_others_has_the_first_reason_against_him() -> None:
    away = Absence(MONDAY_NINE - timedelta(hours=1), MONDAY_NINE + timedelta(days=40), "sick")
    firm = Firm(
        technician("anna", territory="sud"),
        technician("level", skills={"network": 1}),
        technician("unskilled", skills={"print": 3}),
        technician("resting", shifts=Shifts({}, {})),
        technician("sick", absences=(away,)),
        technician("foreign", territory="nord"),
        technician("slow", home=Point(latitude=43.3, longitude=1.3)),
        technician("refusing"),
    )
    visit = firm.ask()
    wanted = replace(
        visit,
        need=replace(visit.need, skills={"network": 2}),
        place=replace(visit.place, territory="sud"),
        refused_by=(Refused("refusing", "declined-before"),),
    )
    assert rules(firm, wanted) == {
        "level": "skill-level",
        "unskilled": "skill-missing",
        "resting": "off-shift",
        "sick": "absent",
        "foreign": "territory",
        "slow": "later",
        "refusing": "declined-before",
    }


def test_whoever_can_only_come_after_the_deadline_is_told_so() -> None:
    firm = Firm(technician("anna"), technician("slow", home=Point(latitude=43.0, longitude=1.3)))
    visit = firm.ask()
    urgent = replace(visit, need=replace(visit.need, respond_by_at=MONDAY_NINE + timedelta(minutes=20)))
    assert rules(firm, urgent) == {"slow": "no-time-before-deadline"}


def test_work_that_needs_nobody_on_the_spot_takes_no_travel() -> None:
    firm = Firm(technician("anna", territory="nord"))
    visit = firm.ask(need(remote=True), priority=Priority.P1)
    shut = replace(visit, place=replace(visit.place, opening={"sun": (("08:00", "09:00"),)}, territory="sud"))
    [candidate] = candidates_of(firm, shut)
    assert (candidate.start_at, candidate.travel_seconds) == (MONDAY_NINE, 0)
    assert candidate.added_travel_minutes == 0
