"""An apprentice goes along with his tutor, within his hours and the law, and nowhere alone."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.refusal import NotFound, Refusal
from contracts.values import Outcome, Priority, SiteAccess, WeeklyWindows
from services.dispatch.domain.accompanying import school_hours
from services.dispatch.domain.labour import violations
from services.dispatch.domain.labour_limits import limits_of
from services.dispatch.domain.plan import MOVABLE, UNPLANNED
from services.dispatch.domain.rests import Timesheet
from services.dispatch.domain.skill_proposal import ProposalState
from services.dispatch.domain.technician import (
    Absence,
    Apprenticeship,
    Certificate,
    Regime,
    SchoolTime,
    Shifts,
    Technician,
)
from services.dispatch.planning.gone_along import GoneAlong
from services.dispatch.planning.travel import DEFAULT_TRAVEL
from services.dispatch.store.reports import Reports
from services.dispatch.store.skill_proposals import SkillProposals
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.accompany import AnswerSkillProposal, FollowTutor
from services.dispatch.usecases.answer_dispatch import AcknowledgeDispatch
from services.dispatch.usecases.assign_visit import AssignVisit, RescheduleVisit
from services.dispatch.usecases.close_visit import CloseVisit
from services.dispatch.usecases.make_visit import Arrive, Start
from services.dispatch.usecases.manage_technician import AddAbsence, PutTechnician
from services.dispatch.usecases.unassign_visit import UnassignVisit
from tests.services.dispatch.sample import ALWAYS, MURET, Firm, need, technician
from tests.world import MONDAY_NINE

HOUR = timedelta(hours=1)


def apprentice(id: str = "tom", **changes: Any) -> Technician:
    learns = changes.pop("learns", Apprenticeship("anna"))
    return technician(id, **{"skills": {}, "regime": Regime.MINOR, "apprenticeship": learns, **changes})


def followed(firm: Firm) -> Firm:
    """What the service keeps true of planned visits."""
    learning = tuple(each.id for each in firm.all(Technicians) if each.apprenticeship is not None)
    for visit in firm.all(Visits):
        firm.do(FollowTutor(visit.id, learning))
    return firm


def planned(*people: Technician, start: int = 1, **wanted: Any) -> Firm:
    firm = Firm(technician("anna", shifts=Shifts(ALWAYS, ALWAYS)), *people)
    firm.ask(need(**{"duration_minutes": 60, **wanted}), priority=Priority.P3)
    firm.do(AssignVisit("t1-1", "anna", MONDAY_NINE + start * HOUR, DEFAULT_TRAVEL))
    return followed(firm)


def test_he_goes_along_and_holds_no_time_of_his_own() -> None:
    firm = planned(apprentice())
    assert firm.visit().apprentices == ("tom",)
    assert firm.visit().companions == ()
    assert firm.slots("tom") == []
    firm.do(UnassignVisit("t1-1"))
    assert firm.visit().apprentices == ()


def test_nobody_sends_him_alone() -> None:
    firm = Firm(
        apprentice(skills={"network": 3}, learns=Apprenticeship("anna")), technician("anna", skills={})
    )
    visit = firm.ask(need(technicians=2))
    assert firm.roster().candidates(visit, MONDAY_NINE) == []
    with pytest.raises(Refusal, match="apprentice"):
        firm.do(AssignVisit("t1-1", "tom", MONDAY_NINE + HOUR, DEFAULT_TRAVEL, companion_ids=("anna",)))
    firm = Firm(apprentice(), technician("anna"))
    firm.ask(need(technicians=2))
    with pytest.raises(Refusal, match="apprentice"):
        firm.do(AssignVisit("t1-1", "anna", MONDAY_NINE + HOUR, DEFAULT_TRAVEL, companion_ids=("tom",)))


ODD: WeeklyWindows = {"mon": (("14:00", "18:00"),)}


@pytest.mark.parametrize(
    ("start", "change"),
    [
        (1, {"learns": Apprenticeship("anna", (SchoolTime("2026-03-02", "2026-03-06"),))}),
        (1, {"absences": (Absence(MONDAY_NINE, MONDAY_NINE + 9 * HOUR, "sick"),)}),
        (1, {"shifts": Shifts(ODD, ODD)}),
        (1, {"learns": Apprenticeship("bruno")}),
        (14, {"shifts": Shifts(ALWAYS, ALWAYS)}),
    ],
    ids=["at school", "away", "off his shift", "another's", "by night"],
)
def test_he_stays_where_he_may_not_go_along(start: int, change: dict[str, Any]) -> None:
    assert planned(apprentice(**change), technician("bruno"), start=start).visit().apprentices == ()


def test_he_enters_only_where_he_holds_the_permit() -> None:
    access = SiteAccess(permits=("B1V",))
    for held, along in (((), ()), ((Certificate("B1V"),), ("tom",))):
        firm = Firm(technician("anna", certificates=(Certificate("B1V"),)), apprentice(certificates=held))
        firm.ask(need(access=access, duration_minutes=60), priority=Priority.P3)
        firm.do(AssignVisit("t1-1", "anna", MONDAY_NINE + HOUR, DEFAULT_TRAVEL))
        assert followed(firm).visit().apprentices == along


def test_of_a_long_day_he_makes_no_more_than_eight_hours() -> None:
    everyday = Shifts(ALWAYS, ALWAYS)
    firm = Firm(technician("anna", shifts=everyday), apprentice(shifts=everyday))
    for n in range(5):
        firm.ask(need(f"t{n}-1", duration_minutes=120), ticket_id=f"t{n}", priority=Priority.P3)
        firm.do(AssignVisit(f"t{n}-1", "anna", MONDAY_NINE + timedelta(minutes=150 * n), DEFAULT_TRAVEL))
    followed(firm)
    along = [visit.id for visit in firm.all(Visits) if visit.apprentices]
    assert 0 < len(along) < 4, "the ways there count"


def test_who_is_over_his_eight_hours_already_goes_along_no_more() -> None:
    everyday = Shifts(ALWAYS, ALWAYS)
    firm = Firm(technician("anna", shifts=everyday), apprentice(shifts=everyday))
    firm.ask(need(duration_minutes=120), priority=Priority.P3)
    firm.do(AssignVisit("t1-1", "anna", MONDAY_NINE, DEFAULT_TRAVEL))
    followed(firm)
    for step in (AcknowledgeDispatch, Arrive, Start):
        firm.do(step("t1-1"))
    firm.pass_minutes(8 * 60 + 15)
    firm.do(CloseVisit("t1-1", Outcome.FIXED, DEFAULT_TRAVEL))
    assert firm.have(Reports, "t1-1").apprentices == ("tom",)
    firm.ask(need("t2-1", duration_minutes=30), ticket_id="t2", priority=Priority.P3)
    firm.do(AssignVisit("t2-1", "anna", firm.clock.now() + HOUR, DEFAULT_TRAVEL))
    assert followed(firm).visit("t2-1").apprentices == ()


def test_what_ran_over_in_the_morning_counts_when_the_afternoon_is_looked_at() -> None:
    everyday = Shifts(ALWAYS, ALWAYS)
    firm = Firm(technician("anna", shifts=everyday), apprentice(shifts=everyday))
    for n, start in ((1, 0), (2, 5)):
        firm.ask(need(f"t{n}-1", duration_minutes=120), ticket_id=f"t{n}", priority=Priority.P3)
        firm.do(AssignVisit(f"t{n}-1", "anna", MONDAY_NINE + start * HOUR, DEFAULT_TRAVEL))
    followed(firm)
    assert firm.visit("t2-1").apprentices == ("tom",)
    for step in (AcknowledgeDispatch, Arrive, Start):
        firm.do(step("t1-1"))
    firm.pass_minutes(7 * 60)
    firm.do(CloseVisit("t1-1", Outcome.FIXED, DEFAULT_TRAVEL))
    gone = GoneAlong()
    for visit in firm.all(Visits):
        gone.put(visit)
    seen_now = gone.accompanying(firm.roster(), firm.visit("t2-1"), [firm.have(Technicians, "tom")])
    assert seen_now == followed(firm).visit("t2-1").apprentices == ()


def test_a_week_of_school_counts_towards_thirty_five_hours() -> None:
    learns = Apprenticeship("anna", (SchoolTime("2026-03-02", "2026-03-06"),))
    tom = apprentice(learns=learns)
    assert sum(((b - a) for a, b in school_hours(tom, MONDAY_NINE)), timedelta()) == 35 * HOUR


def made(firm: Firm, visit_id: str) -> None:
    firm.do(AcknowledgeDispatch(visit_id))
    firm.do(Arrive(visit_id))
    firm.do(Start(visit_id))
    firm.pass_minutes(20)
    firm.do(CloseVisit(visit_id, Outcome.FIXED, DEFAULT_TRAVEL))


def seen(firm: Firm, times: int, *, first: int = 0) -> None:
    """So many visits that take the network, each with him."""
    for n in range(first, first + times):
        firm.ask(need(f"v{n}-1"), ticket_id=f"v{n}", priority=Priority.P3)
        firm.do(AssignVisit(f"v{n}-1", "anna", firm.clock.now() + timedelta(minutes=1), DEFAULT_TRAVEL))
        followed(firm)
        made(firm, f"v{n}-1")


def test_after_so_many_visits_his_tutor_is_asked_and_his_word_holds() -> None:
    firm = Firm(technician("anna"), apprentice(learns=Apprenticeship("anna", proposed_after=3)))
    seen(firm, 2)
    [proposal] = firm.all(SkillProposals)
    assert (proposal.skill, proposal.state, len(proposal.visits)) == ("network", ProposalState.COUNTING, 2)
    with pytest.raises(Refusal, match="illegal-transition"):
        firm.do(AnswerSkillProposal("tom", "network", by="anna"))
    seen(firm, 1, first=2)
    [proposal] = firm.all(SkillProposals)
    assert proposal.state is ProposalState.PROPOSED
    assert firm.have(Reports, "v2-1").apprentices == ("tom",)
    for nobody in ("tom", "bruno"):
        with pytest.raises(NotFound):
            firm.do(AnswerSkillProposal("tom", "network", by=nobody))
    firm.do(AnswerSkillProposal("tom", "network", "not without me yet", by="anna"))
    assert firm.have(Technicians, "tom").skills == {}
    seen(firm, 3, first=3)
    for _ in range(2):
        firm.do(AnswerSkillProposal("tom", "network", by="anna"))
    assert firm.have(Technicians, "tom").skills == {"network": 1}
    seen(firm, 1, first=6)
    [proposal] = firm.all(SkillProposals)
    assert proposal.state is ProposalState.ACCEPTED


def test_a_skill_that_was_taken_from_him_again_is_counted_anew() -> None:
    firm = Firm(technician("anna"), apprentice(learns=Apprenticeship("anna", proposed_after=2)))
    seen(firm, 2)
    firm.do(AnswerSkillProposal("tom", "network", by="anna"))
    firm.do(PutTechnician(replace(firm.have(Technicians, "tom"), skills={})))
    seen(firm, 1, first=2)
    [proposal] = firm.all(SkillProposals)
    assert (proposal.state, proposal.visits) == (ProposalState.COUNTING, ("v2-1",))
    assert (proposal.answered_at, proposal.answered_by) == (None, None)
    seen(firm, 1, first=3)
    assert firm.all(SkillProposals)[0].state is ProposalState.PROPOSED


def test_a_visit_in_vain_shows_him_nothing() -> None:
    firm = Firm(technician("anna"), apprentice())
    firm.ask(priority=Priority.P3)
    firm.do(AssignVisit("t1-1", "anna", MONDAY_NINE, DEFAULT_TRAVEL))
    followed(firm)
    firm.do(AcknowledgeDispatch("t1-1"))
    firm.do(Arrive("t1-1"))
    firm.do(CloseVisit("t1-1", Outcome.NO_ACCESS, DEFAULT_TRAVEL))
    assert firm.have(Reports, "t1-1").apprentices == ("tom",)
    assert firm.all(SkillProposals) == []


def test_who_is_his_tutor_now_answers_and_not_who_was() -> None:
    learns = Apprenticeship("anna", proposed_after=1)
    firm = Firm(technician("anna"), technician("bruno"), apprentice(learns=learns))
    seen(firm, 1)
    firm.do(PutTechnician(apprentice(learns=replace(learns, tutor_id="bruno"))))
    with pytest.raises(NotFound):
        firm.do(AnswerSkillProposal("tom", "network", by="anna"))
    firm.do(AnswerSkillProposal("tom", "network", by="bruno"))
    assert firm.have(Technicians, "tom").skills == {"network": 1}


def test_who_has_his_apprentice_with_him_is_not_watched_as_alone() -> None:
    for people, alone in (((), True), ((apprentice(),), False)):
        firm = planned(*people, access=SiteAccess(lone_work=True))
        firm.do(AcknowledgeDispatch("t1-1"))
        firm.do(Arrive("t1-1"))
        assert (firm.visit().alone is not None) is alone


def test_a_tutor_is_somebody_who_learns_from_nobody() -> None:
    firm = Firm(technician("anna"), apprentice())
    for tutor, slug in (("tom", "tutor-is-apprentice"), ("lea", "tutor-is-apprentice"), ("who", "unknown")):
        with pytest.raises(Refusal, match=slug):
            firm.do(PutTechnician(apprentice("lea", learns=Apprenticeship(tutor))))
    firm = Firm(technician("anna"), technician("bruno"), apprentice())
    with pytest.raises(Refusal, match="tutor of tom"):
        firm.do(PutTechnician(apprentice("anna", learns=Apprenticeship("bruno"))))


acts = st.lists(
    st.tuples(
        st.sampled_from(["assign", "assign", "move", "unassign", "away", "school", "plan"]),
        st.integers(0, 5),
        st.integers(0, 90),
    ),
    max_size=14,
)


@given(acts, st.booleans())
@settings(max_examples=50, deadline=None)
def test_whatever_is_planned_in_whatever_order_he_is_with_his_tutor_and_within_the_law(
    acts: list[tuple[str, int, int]], round_the_clock: bool
) -> None:
    hours: dict[str, Any] = {"shifts": Shifts(ALWAYS, ALWAYS)} if round_the_clock else {}
    firm = Firm(technician("anna", **hours), technician("bruno", home=MURET), apprentice(**hours))
    for n in range(6):
        firm.ask(need(f"t{n}-1", duration_minutes=90), ticket_id=f"t{n}", priority=Priority.P3)
    for what, which, when in acts:
        id, start = f"t{which}-1", MONDAY_NINE + timedelta(minutes=45 * when)
        tom = firm.have(Technicians, "tom")
        orders: dict[str, Any] = {
            "assign": AssignVisit(id, "anna" if which % 3 else "bruno", start, DEFAULT_TRAVEL),
            "move": RescheduleVisit(id, start, DEFAULT_TRAVEL),
            "unassign": UnassignVisit(id),
            "away": AddAbsence("tom", Absence(start, start + 5 * HOUR, "sick")),
            "school": PutTechnician(
                replace(tom, apprenticeship=Apprenticeship("anna", (SchoolTime("2026-03-03", "2026-03-04"),)))
            ),
        }
        try:
            firm.plan() if what == "plan" else firm.do(orders[what])
        except (Refusal, NotFound):
            continue
        followed(firm)
        tom, worked = firm.have(Technicians, "tom"), []
        for visit in firm.all(Visits):
            assert "tom" not in (visit.technician_id, *visit.companions)
            if visit.state in UNPLANNED:
                assert visit.apprentices == ()
            if visit.state in MOVABLE and visit.apprentices:
                assert visit.technician_id == "anna"
                assert visit.plan is not None
                assert tom.is_available(visit.plan.start_at, visit.plan.end_at)
                worked.append((visit.plan.start_at, visit.plan.end_at))
        assert violations(Timesheet("Europe/Paris", tuple(sorted(worked))), limits_of(Regime.MINOR)) == []
