"""Urgent work in a rest: who answers for it, what is owed for it, and how that is given back."""

from datetime import timedelta
from typing import Any

import pytest

from contracts.refusal import NotFound, Refusal
from contracts.text import InvalidValue
from contracts.values import Outcome, Priority
from infra.chassis.store.unit import UseCase
from services.dispatch.domain.agreement import FIRM, Agreement, limits_under
from services.dispatch.domain.labour_limits import limits_of
from services.dispatch.domain.lawful_exit import Basis, RestDebt
from services.dispatch.domain.rota import RotaEntry
from services.dispatch.domain.technician import OwedRest, Regime
from services.dispatch.planning.travel import DEFAULT_TRAVEL
from services.dispatch.store.labour import Agreements, RestDebts
from services.dispatch.store.technicians import Technicians
from services.dispatch.usecases.answer_dispatch import AcknowledgeDispatch
from services.dispatch.usecases.assign_visit import AssignVisit, WayOut
from services.dispatch.usecases.close_visit import CloseVisit
from services.dispatch.usecases.make_visit import Arrive, Depart, Start
from services.dispatch.usecases.manage_labour import GiveBackRest, PutAgreement
from services.dispatch.usecases.manage_rota import PutRotaEntry
from services.dispatch.usecases.manage_technician import WithdrawAbsence
from tests.services.dispatch.sample import Firm, technician
from tests.services.dispatch.timesheets import on

TEN, REST_OVER = on("tue 10:00"), on("tue 15:00")
LEAK = WayOut(Basis.REPAIR, "the pump of the hospital is down")


def resting(regime: Regime = Regime.HOURS) -> Firm:
    """Anna is owed rest until 15:00, and only she could be sent at 10:00."""
    rest = OwedRest(on("tue 04:00"), REST_OVER, "daily-rest")
    firm = Firm(technician("anna", regime=regime, rests=(rest,)))
    firm.clock.set(on("tue 09:00"))
    firm.ask()
    return firm


def worked(firm: Firm) -> RestDebt:
    """She is sent at 10:00 all the same, and done at 11:00."""
    firm.do(AssignVisit("t1-1", "anna", TEN, DEFAULT_TRAVEL, way_out=LEAK), actor="dispatcher:lea")
    visit = firm.visit()
    steps: list[tuple[UseCase[Any], int]] = [
        (AcknowledgeDispatch("t1-1"), 0),
        (Depart("t1-1"), 50),
        (Arrive("t1-1"), 10),
    ]
    for step, minutes in steps:
        firm.pass_minutes(minutes)
        firm.do(step)
    firm.do(Start("t1-1"))
    firm.pass_minutes(60)
    firm.do(CloseVisit("t1-1", Outcome.FIXED, DEFAULT_TRAVEL))
    debt = firm.have(RestDebts, visit.id)
    assert visit.plan is not None
    assert debt.from_at == TEN - timedelta(seconds=visit.plan.travel_seconds)
    return debt


def refusal_of(firm: Firm, way_out: WayOut | None) -> str:
    with pytest.raises(Refusal) as refused:
        firm.do(AssignVisit("t1-1", "anna", TEN, DEFAULT_TRAVEL, way_out=way_out))
    return refused.value.slug


def test_a_rest_is_suspended_only_for_a_reason_that_somebody_answers_for() -> None:
    firm = resting()
    assert refusal_of(firm, None) == "daily-rest"
    debt = worked(firm)
    assert (debt.rule, debt.basis, debt.author) == ("daily-rest", Basis.REPAIR, "dispatcher:lea")
    assert debt.reason == LEAK.reason
    assert debt.to_at == REST_OVER


def test_nothing_is_owed_for_what_was_not_done_in_the_rest() -> None:
    firm = resting()
    firm.do(AssignVisit("t1-1", "anna", TEN, DEFAULT_TRAVEL, way_out=LEAK))
    firm.do(AssignVisit("t1-1", "anna", on("tue 16:00"), DEFAULT_TRAVEL))
    assert firm.visit().lawful_exit is None
    assert firm.all(RestDebts) == []


def test_only_urgent_work_suspends_a_rest() -> None:
    firm = Firm(technician("anna", rests=(OwedRest(on("tue 04:00"), REST_OVER, "daily-rest"),)))
    firm.clock.set(on("tue 09:00"))
    firm.ask(priority=Priority.P3)
    assert refusal_of(firm, LEAK) == "not-urgent-work"


def test_nothing_suspends_the_rest_of_somebody_under_age() -> None:
    assert refusal_of(resting(Regime.MINOR), LEAK) == "no-exit-for-minors"


def test_the_rest_is_given_back_in_shifts_and_nothing_is_planned_there() -> None:
    firm = resting()
    debt = worked(firm)
    for start, end in (("wed 20:00", "thu 02:00"), ("wed 16:00", "wed 20:00")):
        with pytest.raises(Refusal, match="rest-too-short"):
            firm.do(GiveBackRest("anna", debt.id, on(start), on(end)))
    firm.do(GiveBackRest("anna", debt.id, on("wed 08:00"), on("wed 14:00")))
    anna = firm.have(Technicians, "anna")
    assert [each.kind for each in anna.absences] == ["compensatory-rest"]
    assert not anna.is_available(on("wed 09:00"), on("wed 10:00"), urgent=True)
    with pytest.raises(Refusal, match="rest-given-back-already"):
        firm.do(GiveBackRest("anna", debt.id, on("thu 08:00"), on("thu 14:00")))


def test_one_stretch_does_not_give_back_two_rests() -> None:
    firm = resting()
    debt = worked(firm)
    firm.give(
        RestDebts, RestDebt("t2-1", "anna", "daily-rest", Basis.RESCUE, "", "", debt.from_at, debt.to_at)
    )
    firm.do(GiveBackRest("anna", debt.id, on("wed 08:00"), on("wed 14:00")))
    with pytest.raises(Refusal, match="rest-too-short"):
        firm.do(GiveBackRest("anna", "t2-1", on("wed 08:00"), on("wed 14:00")))


def test_a_rest_whose_absence_is_withdrawn_is_owed_again() -> None:
    firm = resting()
    debt = worked(firm)
    firm.do(GiveBackRest("anna", debt.id, on("wed 08:00"), on("wed 14:00")))
    given = firm.have(RestDebts, debt.id)
    assert given.absence_id is not None
    firm.do(WithdrawAbsence("anna", given.absence_id))
    assert firm.have(RestDebts, debt.id) == debt


def test_nobody_is_given_back_what_another_is_owed() -> None:
    firm = resting()
    debt = worked(firm)
    firm.give(Technicians, technician("bruno"))
    with pytest.raises(NotFound):
        firm.do(GiveBackRest("bruno", debt.id, on("wed 08:00"), on("wed 14:00")))


def test_an_agreement_beyond_the_law_is_refused_with_the_article() -> None:
    with pytest.raises(InvalidValue, match=r"daily-rest to 540 to 1440 minutes \(D3131-6\)"):
        Firm().do(PutAgreement(Agreement(FIRM, "2026", {"daily-rest": 8 * 60})))


def test_an_agreement_leaves_the_limits_of_who_is_under_age() -> None:
    agreed = Agreement(FIRM, "2026", {"daily-rest": 9 * 60, "notice": 21})
    assert limits_under(Regime.HOURS, agreed).daily_rest == timedelta(hours=9)
    minor = limits_under(Regime.MINOR, agreed)
    assert (minor.daily_rest, minor.notice) == (limits_of(Regime.MINOR).daily_rest, timedelta(days=21))


@pytest.mark.parametrize(("agencies", "hours"), [((), 11), ((FIRM,), 9), (("rennes",), 9), (("nantes",), 11)])
def test_the_agreement_of_his_agency_or_else_of_the_firm_binds_who_is_called(
    agencies: tuple[str, ...], hours: int
) -> None:
    firm = Firm(technician("anna", agency="rennes"))
    for agency in agencies:
        firm.do(PutAgreement(Agreement(agency, "2026", {"daily-rest": 9 * 60})))
    firm.do(PutRotaEntry(RotaEntry("night", "anna", on("mon 18:00"), on("tue 08:00"))))
    firm.clock.set(on("tue 02:00"))
    firm.ask()
    firm.plan()
    [rest] = firm.have(Technicians, "anna").rests
    assert rest.to_at - rest.from_at == timedelta(hours=hours)
    assert len(firm.all(Agreements)) == len(agencies)
