"""Urgent work in a rest: who answers for it, what is owed for it, and how that is given back."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from contracts.calendars import Interval
from contracts.dispatch.events import Attention, TechnicianDispatched
from contracts.refusal import NotFound, Refusal
from contracts.values import Outcome, Priority, VisitState
from infra.chassis.http.principal import Principal
from infra.chassis.http.roles import Role
from infra.chassis.runtime import Kept
from infra.chassis.store.unit import UseCase
from services.dispatch.domain.day import Slot, TechnicianDay, day_id
from services.dispatch.domain.lawful_exit import Basis, RestDebt, rest_lost
from services.dispatch.domain.technician import OwedRest, Regime, Technician
from services.dispatch.planning.travel import DEFAULT_TRAVEL
from services.dispatch.store.days import Days
from services.dispatch.store.labour import RestDebts
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.answer_dispatch import AcknowledgeDispatch
from services.dispatch.usecases.assign_visit import AssignVisit, WayOut
from services.dispatch.usecases.close_visit import CloseVisit
from services.dispatch.usecases.fire_visit import FireVisit
from services.dispatch.usecases.make_visit import Arrive, Depart, Start
from services.dispatch.usecases.manage_labour import GiveBackRest
from services.dispatch.usecases.manage_technician import WithdrawAbsence
from services.dispatch.usecases.pin_visit import PinVisit
from services.dispatch.views.visits import FirmVisitView, visit_view
from tests.services.dispatch.sample import Firm, technician
from tests.services.dispatch.timesheets import on

TEN, REST_OVER = on("tue 10:00"), on("tue 15:00")
LEAK = WayOut(Basis.REPAIR, "the pump of the hospital is down")
TUESDAY = day_id("anna", "2026-03-03")


def resting(regime: Regime = Regime.HOURS, *others: Technician, at: str = "tue 09:00") -> Firm:
    """Anna was called from 03:00 to 04:00 and is owed rest until 15:00; there is an urgent visit."""
    rest = OwedRest(on("tue 04:00"), REST_OVER, "daily-rest")
    firm = Firm(technician("anna", regime=regime, rests=(rest,)), *others)
    firm.give(Days, TechnicianDay(TUESDAY, "anna", "2026-03-03"))
    called(firm, "tue 03:00", "tue 04:00")
    firm.clock.set(on("tue 05:00"))
    firm.ask()
    firm.clock.set(on(at))
    return firm


def called(firm: Firm, start: str, end: str) -> None:
    """Her day has another call, from home."""
    slot = Slot(f"call-{start}", on(start), on(end))
    firm.give(Days, firm.have(Days, TUESDAY).placed(slot))


def sent(firm: Firm, at: datetime = TEN, id: str = "t1-1", way_out: WayOut | None = LEAK) -> None:
    case = AssignVisit(id, "anna", at, DEFAULT_TRAVEL, way_out=way_out)
    firm.do(case, actor="dispatcher:lea")


def made(firm: Firm, at: datetime = TEN, id: str = "t1-1", way: int = 20) -> None:
    """She sets out so many minutes before, and is done after an hour."""
    firm.do(AcknowledgeDispatch(id))
    firm.clock.set(at - timedelta(minutes=way))
    firm.do(Depart(id))
    firm.clock.set(at)
    steps: list[UseCase[Any]] = [Arrive(id), Start(id)]
    for step in steps:
        firm.do(step)
    firm.pass_minutes(60)
    firm.do(CloseVisit(id, Outcome.FIXED, DEFAULT_TRAVEL))


def worked(firm: Firm) -> RestDebt:
    """She is sent at 10:00 all the same, and done at 11:00."""
    sent(firm)
    made(firm)
    return firm.have(RestDebts, "t1-1")


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
    assert (debt.from_at, debt.to_at) == (on("tue 09:40"), REST_OVER), "from when she really set out"


def test_nothing_is_owed_for_what_was_not_done_in_the_rest() -> None:
    firm = resting()
    sent(firm)
    sent(firm, on("tue 16:00"), way_out=None)
    assert firm.visit().lawful_exit is None
    made(firm, on("tue 16:00"))
    assert firm.visit().state is VisitState.CLOSED
    assert firm.all(RestDebts) == []


def test_what_is_owed_is_of_the_rest_as_it_is_once_the_work_is_done() -> None:
    firm = resting(at="tue 05:00")
    sent(firm)
    called(firm, "tue 06:00", "tue 07:00")
    assert worked_in(firm) == (on("tue 09:40"), on("tue 18:00")), "eleven hours from seven on"
    gone = resting()
    sent(gone)
    gone.give(Days, gone.have(Days, TUESDAY).freed("call-tue 03:00"))
    made(gone)
    assert gone.all(RestDebts) == [], "the call that owed the rest came to nothing"


def worked_in(firm: Firm) -> Interval:
    made(firm)
    debt = firm.have(RestDebts, "t1-1")
    return debt.from_at, debt.to_at


def test_of_two_rests_at_once_the_longer_counts() -> None:
    rests = (OwedRest(on("tue 04:00"), REST_OVER, "daily-rest"), OwedRest(TEN, on("tue 21:00"), "daily-rest"))
    anna = technician("anna", rests=rests)
    assert anna.rest_in(TEN, on("tue 11:00")) == rests[1]
    assert anna.rest_in(on("tue 08:00"), on("tue 09:00")) == rests[0]
    firm = resting()
    firm.give(Technicians, anna)
    with pytest.raises(Refusal, match="21:00"):
        sent(firm, way_out=None)


def test_rest_that_two_visits_cost_is_owed_once() -> None:
    firm = resting()
    worked(firm)
    firm.ask(ticket_id="t2")
    sent(firm, on("tue 12:00"), "t2-1")
    made(firm, on("tue 12:00"), "t2-1")
    one, other = firm.all(RestDebts)
    assert (one.from_at, one.to_at) == (on("tue 09:40"), REST_OVER)
    assert other.from_at == REST_OVER, "what follows is of the rest that the first visit began anew"
    late = RestDebt("t3-1", "anna", "daily-rest", Basis.RESCUE, "", "", on("tue 12:00"), on("tue 13:00"))
    way_out = firm.visit().exit_of("anna")
    assert way_out is not None
    rest = OwedRest(on("tue 04:00"), REST_OVER, "daily-rest")
    around = rest_lost("t1-1", way_out, rest, TEN, [late])
    assert around is not None
    assert (around.from_at, around.to_at, around.owed) == (TEN, REST_OVER, timedelta(hours=4))
    inside = rest_lost("t3-1", way_out, rest, on("tue 14:00"), [around])
    assert inside is None


def test_somebody_answers_for_a_visit_that_stays_where_a_rest_has_come_over_it() -> None:
    firm = resting()
    anna = firm.have(Technicians, "anna")
    firm.give(Technicians, replace(anna, rests=()))
    sent(firm, way_out=None)
    firm.do(PinVisit("t1-1", True))
    firm.give(Technicians, anna)
    firm.give(Visits, replace(firm.visit(), attention=Attention.UNFIT))
    sent(firm, way_out=None)
    assert firm.visit().lawful_exit is None
    for _ in range(2):
        sent(firm)
    way_out = firm.visit().lawful_exit
    assert way_out is not None
    assert (way_out.author, firm.visit().attention) == ("dispatcher:lea", None)
    assert worked_in(firm) == (on("tue 09:40"), REST_OVER)


def test_who_worked_in_his_rest_without_a_network_is_owed_it_although_another_was_sent() -> None:
    firm = resting(Regime.HOURS, technician("bruno"))
    sent(firm)
    firm.do(AssignVisit("t1-1", "bruno", on("tue 13:00"), DEFAULT_TRAVEL))
    assert firm.visit().lawful_exit is None, "Bruno rests from nothing"
    firm.clock.set(on("tue 11:30"))
    close = CloseVisit(
        "t1-1", Outcome.FIXED, DEFAULT_TRAVEL, by="anna", started_at=TEN, ended_at=on("tue 11:00")
    )
    firm.do(close)
    [debt] = firm.all(RestDebts)
    assert (debt.technician_id, debt.author, debt.to_at) == ("anna", "dispatcher:lea", REST_OVER)


def test_who_is_sent_in_his_rest_answers_by_the_clock() -> None:
    firm = resting()
    sent(firm)
    now, three = firm.clock.now(), timedelta(minutes=3)
    assert firm.visit().acknowledge_by_at == now + three
    [told] = firm.told(TechnicianDispatched)
    assert (told.acknowledge_by, told.hours_from, told.remind_at) == (now + three, now, now + three / 2)
    firm.do(PinVisit("t1-1", True))
    firm.clock.set(now + three)
    firm.do(FireVisit("t1-1"))
    assert firm.visit().acknowledge_by_at == now + 2 * three


def test_the_way_out_is_shown_before_the_work_is_done_to_whom_it_concerns() -> None:
    firm = resting()
    sent(firm)
    for role, subject, sees in (
        ("dispatcher", "lea", True),
        ("technician", "anna", True),
        ("technician", "bruno", False),
        ("agent", "marie", False),
    ):
        shown = visit_view(Kept(firm.visit(), 1, TEN), Principal(subject, cast("Role", role)), "en")
        assert isinstance(shown, FirmVisitView)
        assert (shown.lawful_exit is not None) is sees, role
        if shown.lawful_exit is not None:
            assert (shown.lawful_exit.author, shown.lawful_exit.reason) == ("dispatcher:lea", LEAK.reason)
            assert (shown.lawful_exit.basis, shown.lawful_exit.rest_to) == (Basis.REPAIR, REST_OVER)


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


def test_a_rest_is_given_back_neither_before_it_was_lost_nor_in_the_past() -> None:
    firm = resting()
    debt = worked(firm)
    for now, start in (("tue 11:00", "tue 08:00"), ("thu 12:00", "wed 08:00"), ("thu 12:00", "thu 08:00")):
        firm.clock.set(on(now))
        with pytest.raises(Refusal, match="rest-not-to-come"):
            firm.do(GiveBackRest("anna", debt.id, on(start), on("fri 18:00")))


def test_a_rest_is_not_given_back_in_time_that_is_rest_already() -> None:
    firm = resting()
    debt = worked(firm)
    rest = OwedRest(on("wed 03:00"), on("wed 14:00"), "daily-rest")
    firm.give(Technicians, replace(firm.have(Technicians, "anna"), rests=(rest,)))
    with pytest.raises(Refusal) as refused:
        firm.do(GiveBackRest("anna", debt.id, on("wed 08:00"), on("wed 18:00")))
    assert (refused.value.slug, refused.value.members["given_minutes"]) == ("rest-too-short", 4 * 60)


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
