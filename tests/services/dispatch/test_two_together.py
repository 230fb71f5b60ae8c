"""Work that the law, or a heavy rack, wants two technicians at: both are there, or neither is."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.dispatch.events import (
    DispatchDeclined,
    DispatchRevoked,
    InterventionClosed,
    RevocationReason,
    TechnicianDispatched,
)
from contracts.refusal import NotFound, Refusal
from contracts.ticket.events import VisitNeed
from contracts.ticket.states import CustomerChanged
from contracts.values import Language, Outcome, Priority, TechnicianWishes, VisitState
from services.dispatch.domain.day import SlotTaken
from services.dispatch.domain.plan import MOVABLE, UNDER_WAY, UNPLANNED
from services.dispatch.domain.technician import Absence, Partner, Shifts
from services.dispatch.planning.reasons import against
from services.dispatch.planning.travel import DEFAULT_TRAVEL
from services.dispatch.store.copies import Customers
from services.dispatch.store.days import Days
from services.dispatch.store.reports import Reports
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.answer_dispatch import AcknowledgeDispatch, DeclineDispatch
from services.dispatch.usecases.assign_visit import AssignVisit, RescheduleVisit
from services.dispatch.usecases.close_visit import CloseVisit
from services.dispatch.usecases.follow_wishes import FollowWishes
from services.dispatch.usecases.make_visit import Arrive, Depart, Start
from services.dispatch.usecases.manage_technician import AddAbsence, PutTechnician
from services.dispatch.usecases.pin_visit import PinVisit
from services.dispatch.usecases.unassign_visit import UnassignVisit
from tests.services.dispatch.sample import MURET, Firm, need, technician
from tests.world import MONDAY_NINE

HOUR = timedelta(hours=1)


def two(visit_id: str = "t1-1", **changes: Any) -> VisitNeed:
    return need(visit_id, **{"technicians": 2, "duration_minutes": 60, **changes})


def lifting(*others: Any) -> Firm:
    """Anna leads what bruno, who knows nothing, may carry with her."""
    return Firm(technician("anna"), technician("bruno", home=MURET, skills={}), *others)


def planned(*others: Any, **changes: Any) -> Firm:
    firm = lifting(*others)
    firm.ask(two(), **changes)
    firm.plan()
    return firm


def held(firm: Firm, visit_id: str) -> dict[str, tuple[datetime, datetime]]:
    return {
        day.technician_id: (slot.start_at, slot.end_at)
        for day in firm.all(Days)
        for slot in day.slots
        if slot.visit_id == visit_id
    }


def test_both_days_hold_the_same_time_and_both_are_told_at_once() -> None:
    firm = planned()
    visit = firm.visit()
    assert (visit.technician_id, visit.companions) == ("anna", ("bruno",))
    assert firm.slots("anna") == firm.slots("bruno") != []
    [told] = firm.told(TechnicianDispatched)
    assert (told.technician_id, told.companions) == ("anna", ("bruno",))


def test_nobody_goes_where_only_one_of_them_can() -> None:
    firm = Firm(technician("anna"), technician("bruno", absences=(
        Absence(MONDAY_NINE - HOUR, MONDAY_NINE + timedelta(days=30), "sick"),
    )))  # fmt: skip
    firm.ask(two())
    firm.plan()
    assert firm.visit().state is VisitState.FAILED
    assert firm.slots("anna") == []
    said = {each.technician_id: each.rule for each in firm.visit().reasons}
    assert said == {"anna": "no-companion", "bruno": "absent"}


def test_each_needs_the_skills_of_his_part() -> None:
    firm = Firm(technician("anna", skills={"network": 2}), technician("bruno", skills={"hardware": 1}))
    firm.ask(two(skills={"network": 1}, companion_skills={"hardware": 1}))
    firm.plan()
    assert (firm.visit().technician_id, firm.visit().companions) == ("anna", ("bruno",))
    firm.ask(two("t2-1", skills={"network": 1}, companion_skills={"hardware": 2}), ticket_id="t2")
    firm.plan()
    assert firm.visit("t2-1").state is VisitState.FAILED


def test_a_candidate_names_who_goes_with_him_and_the_reasons_say_so() -> None:
    firm = lifting(technician("carl", skills={}, home=MURET))
    visit = firm.ask(two())
    roster = firm.roster()
    found = roster.candidates(visit, MONDAY_NINE)
    assert [(each.technician_id, each.beside[0].technician_id) for each in found] == [("anna", "bruno")]
    others = {each.technician_id: each for each in against(roster, visit, MONDAY_NINE, found, 1)}
    assert others["bruno"].text(Language.FR) == "accompagne Anna"
    assert others["carl"].rule == "skill-missing"


def test_of_named_companions_only_their_time_counts() -> None:
    firm = lifting(technician("carl", skills={}, home=MURET))
    firm.ask(need("t2-1", skills={}, duration_minutes=120), ticket_id="t2")
    firm.do(AssignVisit("t2-1", "carl", MONDAY_NINE, DEFAULT_TRAVEL))
    visit = firm.ask(two())
    [anna] = firm.roster().candidates(visit, MONDAY_NINE, only="anna", beside=("carl",))
    assert [each.technician_id for each in anna.beside] == ["carl"]
    assert anna.start_at >= MONDAY_NINE + 2 * HOUR
    assert firm.roster().candidates(visit, MONDAY_NINE, only="anna", beside=("anna",)) == []


def test_the_time_is_the_first_that_both_have() -> None:
    firm = lifting()
    firm.ask(need("t2-1", skills={}, duration_minutes=120), ticket_id="t2")
    firm.do(AssignVisit("t2-1", "bruno", MONDAY_NINE, DEFAULT_TRAVEL))
    firm.ask(two())
    firm.plan()
    times = held(firm, "t1-1")
    assert times["anna"] == times["bruno"]
    assert times["anna"][0] >= MONDAY_NINE + 2 * HOUR


def test_by_hand_both_are_named_or_it_is_refused() -> None:
    firm = lifting(technician("carl", skills={}))
    firm.ask(two())
    start = MONDAY_NINE + HOUR
    for companions in (None, (), ("anna",)):
        with pytest.raises(Refusal, match="companion-missing"):
            firm.do(AssignVisit("t1-1", "anna", start, DEFAULT_TRAVEL, companion_ids=companions))
    firm.do(AssignVisit("t1-1", "anna", start, DEFAULT_TRAVEL, companion_ids=("carl",)))
    assert held(firm, "t1-1").keys() == {"anna", "carl"}
    firm.do(AssignVisit("t1-1", "anna", start, DEFAULT_TRAVEL, companion_ids=("bruno",)))
    assert held(firm, "t1-1").keys() == {"anna", "bruno"}


@pytest.mark.parametrize(
    ("change", "slug"),
    [
        ({"absences": (Absence(MONDAY_NINE, MONDAY_NINE + timedelta(days=1), "sick"),)}, "absent"),
        ({"skills": {}}, "skill-missing"),
    ],
)
def test_by_hand_a_companion_who_cannot_is_refused_too(change: dict[str, Any], slug: str) -> None:
    firm = Firm(technician("anna"), technician("bruno", **change))
    firm.ask(two(companion_skills={"hardware": 1}))
    order = AssignVisit("t1-1", "anna", MONDAY_NINE + HOUR, DEFAULT_TRAVEL, companion_ids=("bruno",))
    with pytest.raises(Refusal, match=slug):
        firm.do(order)
    assert held(firm, "t1-1") == {}


def test_moving_it_moves_both_or_neither() -> None:
    firm = planned(priority=Priority.P3)
    firm.ask(need("t2-1", skills={}), ticket_id="t2", priority=Priority.P4)
    busy = MONDAY_NINE + 5 * HOUR
    firm.do(AssignVisit("t2-1", "bruno", busy, DEFAULT_TRAVEL))
    before = held(firm, "t1-1")
    with pytest.raises(SlotTaken):
        firm.do(RescheduleVisit("t1-1", busy, DEFAULT_TRAVEL))
    assert held(firm, "t1-1") == before
    free = MONDAY_NINE + 3 * HOUR
    firm.do(RescheduleVisit("t1-1", free, DEFAULT_TRAVEL))
    assert held(firm, "t1-1") == dict.fromkeys(("anna", "bruno"), (free, free + HOUR))


def test_taking_it_back_frees_both_and_tells_both() -> None:
    firm = planned()
    firm.do(UnassignVisit("t1-1"))
    assert held(firm, "t1-1") == {}
    [revoked] = firm.told(DispatchRevoked)
    assert (revoked.technician_id, revoked.companions) == ("anna", ("bruno",))


def test_a_companion_may_say_that_he_does_not_go_and_nothing_else() -> None:
    firm = planned(technician("carl", skills={}, home=MURET))
    assert firm.visit().companions == ("bruno",)
    for step in (AcknowledgeDispatch("t1-1", "bruno"), Depart("t1-1", "bruno"), Arrive("t1-1", "bruno")):
        with pytest.raises(Refusal, match="another-leads"):
            firm.do(step)
    with pytest.raises(NotFound):
        firm.do(AcknowledgeDispatch("t1-1", "carl"))
    for _ in range(2):
        firm.do(DeclineDispatch("t1-1", "my back", "bruno"))
    assert held(firm, "t1-1") == {}
    assert [each.technician_id for each in firm.told(DispatchDeclined)] == ["bruno"]
    firm.plan()
    assert (firm.visit().technician_id, firm.visit().companions) == ("anna", ("carl",))


def test_an_absence_of_either_takes_it_from_both() -> None:
    for who in ("anna", "bruno"):
        firm = planned()
        firm.do(AddAbsence(who, Absence(MONDAY_NINE, MONDAY_NINE + timedelta(days=2), "sick")))
        assert held(firm, "t1-1") == {}
        assert firm.told(DispatchRevoked)[0].reason is RevocationReason.ABSENCE


def with_more_for_anna(**changes: Any) -> Firm:
    """Anna has something of her own in the afternoon, of which she is not told yet."""
    firm = planned(**changes)
    firm.ask(need("t2-1"), ticket_id="t2", priority=Priority.P3)
    firm.do(AssignVisit("t2-1", "anna", MONDAY_NINE + 5 * HOUR, DEFAULT_TRAVEL))
    assert firm.visit("t2-1").state is VisitState.PLANNED
    return firm


def refused(firm: Firm, who: str) -> None:
    wishes = TechnicianWishes(refused=(who,))
    firm.give(Customers, CustomerChanged(customer_id="pasteur", name="P", technicians=wishes), "pasteur")
    firm.do(FollowWishes("t1-1"))


@pytest.mark.parametrize("who", ["anna", "bruno"])
def test_whom_the_customer_refuses_is_not_there_as_a_companion_either(who: str) -> None:
    firm = with_more_for_anna()
    refused(firm, who)
    assert held(firm, "t1-1") == {}
    assert firm.visit().state is VisitState.WAITING
    assert firm.visit("t2-1").state is VisitState.DISPATCHED, "it is her next"


@pytest.mark.parametrize("change", ["away", "shifts", "partner"])
def test_when_one_of_two_cannot_the_other_is_told_what_comes_next(change: str) -> None:
    firm = with_more_for_anna()
    away = AddAbsence("bruno", Absence(MONDAY_NINE, MONDAY_NINE + timedelta(days=2), "sick"))
    bruno = firm.have(Technicians, "bruno")
    changed: dict[str, Any] = {"shifts": Shifts({}, {}), "partner": Partner("Sous & Fils")}
    firm.do(away if change == "away" else PutTechnician(replace(bruno, **{change: changed[change]})))
    assert held(firm, "t1-1") == {}
    assert firm.visit("t2-1").state is VisitState.DISPATCHED


def test_what_takes_too_long_for_one_of_two_frees_the_other_who_is_told() -> None:
    firm = lifting()
    firm.ask(need("t3-1", skills={}), ticket_id="t3", priority=Priority.P3)
    firm.do(AssignVisit("t3-1", "bruno", MONDAY_NINE, DEFAULT_TRAVEL))
    firm.ask(two(duration_minutes=180), priority=Priority.P3)
    order = AssignVisit("t1-1", "anna", MONDAY_NINE + 3 * HOUR, DEFAULT_TRAVEL, companion_ids=("bruno",))
    firm.do(order)
    firm.ask(need("t2-1"), ticket_id="t2", priority=Priority.P3)
    firm.do(AssignVisit("t2-1", "anna", MONDAY_NINE + 7 * HOUR, DEFAULT_TRAVEL))
    for step in (AcknowledgeDispatch, Arrive, Start):
        firm.do(step("t3-1"))
    firm.pass_minutes(6 * 60 + 30)
    firm.do(CloseVisit("t3-1", Outcome.FIXED, DEFAULT_TRAVEL))
    assert firm.visit().state is VisitState.WAITING
    assert firm.visit("t2-1").state is VisitState.DISPATCHED


def test_who_leads_closes_it_and_the_time_of_both_is_kept() -> None:
    firm = planned()
    for step in (AcknowledgeDispatch, Depart, Arrive, Start):
        firm.pass_minutes(5)
        firm.do(step("t1-1", "anna"))
    firm.pass_minutes(200)
    with pytest.raises(Refusal, match="another-leads"):
        firm.do(CloseVisit("t1-1", Outcome.FIXED, DEFAULT_TRAVEL, by="bruno"))
    close = CloseVisit("t1-1", Outcome.FIXED, DEFAULT_TRAVEL, by="anna")
    firm.do(close)
    firm.do(replace(close, ended_at=firm.clock.now()))
    times = held(firm, "t1-1")
    assert times["anna"] == times["bruno"] == (MONDAY_NINE + timedelta(minutes=15), firm.clock.now())
    assert firm.have(Reports, "t1-1").companions == ("bruno",)
    [closed] = firm.told(InterventionClosed)
    assert closed.companions == ("bruno",)


def test_what_takes_longer_moves_what_both_have_next() -> None:
    firm = planned()
    firm.ask(two("t2-1"), ticket_id="t2", priority=Priority.P3)
    firm.plan()
    assert held(firm, "t2-1").keys() == {"anna", "bruno"}
    for step in (AcknowledgeDispatch, Depart, Arrive, Start):
        firm.do(step("t1-1", "anna"))
    firm.pass_minutes(150)
    firm.do(CloseVisit("t1-1", Outcome.FIXED, DEFAULT_TRAVEL, by="anna"))
    times = held(firm, "t2-1")
    assert times["anna"] == times["bruno"]
    assert times["anna"][0] >= firm.clock.now()


Act = tuple[str, int, int]
acts = st.lists(
    st.tuples(
        st.sampled_from(
            ["ask", "ask-two", "plan", "assign", "move", "unassign", "pin", "decline", "away", "go", "close"]
        ),
        st.integers(0, 5),
        st.integers(0, 20),
    ),
    min_size=3,
    max_size=14,
)
PEOPLE = ("anna", "bruno", "carl")


def done(firm: Firm, act: Act) -> None:
    """Do it, or be refused."""
    what, which, when = act
    visit_id, who = f"t{which}-1", PEOPLE[which % 3]
    start = firm.clock.now() + timedelta(minutes=30 * when)
    known = {visit.id: visit for visit in firm.all(Visits)}
    visit = known.get(visit_id)
    other = PEOPLE[(which + 1 + when % 2) % 3]
    beside = (other,) if visit is not None and visit.need.technicians == 2 else None
    begun = visit is not None and visit.state in UNDER_WAY
    ways: dict[str, Callable[[], object]] = {
        "plan": firm.plan,
        "assign": lambda: firm.do(
            AssignVisit(visit_id, who, start, DEFAULT_TRAVEL, companion_ids=beside)
        ),
        "move": lambda: firm.do(RescheduleVisit(visit_id, start, DEFAULT_TRAVEL)),
        "unassign": lambda: firm.do(UnassignVisit(visit_id)),
        "pin": lambda: firm.do(PinVisit(visit_id, bool(when % 2))),
        "decline": lambda: firm.do(DeclineDispatch(visit_id, "no", who)),
        "away": lambda: firm.do(AddAbsence(who, Absence(start, start + 2 * HOUR, "sick"))),
        "go": lambda: firm.do(Start(visit_id) if begun else Arrive(visit_id)),
        "close": lambda: firm.do(
            CloseVisit(visit_id, Outcome.FIXED, DEFAULT_TRAVEL, started_at=firm.clock.now())
        ),
    }  # fmt: skip
    if what in ("ask", "ask-two"):
        if visit is None:
            priority = list(Priority)[when % 4]
            asked = two(visit_id) if what == "ask-two" else need(visit_id, duration_minutes=45)
            firm.ask(asked, ticket_id=f"t{which}", priority=priority)
        return
    try:
        ways[what]()
    except (Refusal, NotFound):
        return
    finally:
        firm.pass_minutes(7)


@given(acts)
@settings(max_examples=60, deadline=None)
def test_whatever_happens_in_whatever_order_both_have_it_at_the_same_time_or_neither(acts: list[Act]) -> None:
    firm = lifting(technician("carl"))
    for act in (("ask-two", 0, 0), ("ask-two", 1, 2), ("ask", 2, 1), ("plan", 0, 0), *acts):
        done(firm, act)
        for visit in firm.all(Visits):
            times = held(firm, visit.id)
            if visit.state in UNPLANNED or visit.state is VisitState.CANCELLED:
                assert times == {}, visit
            elif visit.state in MOVABLE | UNDER_WAY:
                assert times.keys() == {visit.technician_id, *visit.companions}
                assert visit.plan is not None
                assert visit.technician_id not in visit.companions
                assert len(visit.companions) == visit.need.technicians - 1
            if visit.state in MOVABLE:
                assert len(set(times.values())) == 1, visit
                for id in times:
                    away = firm.have(Technicians, id).is_absent(*times[id])
                    assert not away or visit.pinned
