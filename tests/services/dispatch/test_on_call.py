"""People on call: who is called by night, and what that does to the next day."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from contracts.dispatch.events import Attention
from contracts.refusal import NotFound, Refusal, UnknownReference
from contracts.values import Language, Outcome, Priority, VisitState
from services.dispatch.domain.rota import RotaEntry
from services.dispatch.domain.technician import Absence, Regime
from services.dispatch.planning.reasons import against
from services.dispatch.planning.travel import DEFAULT_TRAVEL
from services.dispatch.store.technicians import Technicians
from services.dispatch.usecases.answer_dispatch import AcknowledgeDispatch, DeclineDispatch
from services.dispatch.usecases.assign_visit import AssignVisit, RescheduleVisit
from services.dispatch.usecases.close_visit import CloseVisit
from services.dispatch.usecases.fire_visit import FireVisit
from services.dispatch.usecases.make_visit import Arrive, Depart, Start
from services.dispatch.usecases.manage_rota import PutRotaEntry, WithdrawRotaEntry
from services.dispatch.usecases.manage_technician import AddAbsence, PutTechnician
from services.dispatch.usecases.pin_visit import PinVisit
from tests.services.dispatch.sample import BLAGNAC, MURET, Firm, need, site, technician
from tests.services.dispatch.timesheets import on

EVENING, MORNING = on("mon 18:00"), on("tue 08:00")
NIGHT = RotaEntry("night", "anna", EVENING, MORNING)


def firm_at(wall: str, *entries: RotaEntry, people: tuple[Any, ...] = ()) -> Firm:
    """A firm with these people on call, at a time such as ``tue 02:00``."""
    firm = Firm(*(people or (technician("anna"), technician("bruno", home=MURET))))
    for entry in entries:
        firm.do(PutRotaEntry(entry))
    firm.clock.set(on(wall))
    return firm


def planned(firm: Firm, id: str = "t1-1") -> tuple[str | None, str]:
    """To whom, and when in Paris."""
    visit = firm.visit(id)
    assert visit.plan is not None
    return visit.technician_id, f"{visit.plan.start_at.astimezone(EVENING.tzinfo):%a %H:%M}".lower()


def rested_until(firm: Firm, id: str = "anna") -> list[str]:
    rests = firm.have(Technicians, id).rests
    return [f"{rest.rule} {rest.to_at.astimezone(EVENING.tzinfo):%a %H:%M}".lower() for rest in rests]


def called_at_two() -> Firm:
    """Anna is on call and has a visit at 09:00; at 02:00 she is called for half an hour."""
    firm = firm_at("mon 17:00", NIGHT, people=(technician("anna"),))
    firm.ask(ticket_id="t9", priority=Priority.P3)
    firm.do(AssignVisit("t9-1", "anna", on("tue 09:00"), DEFAULT_TRAVEL))
    firm.clock.set(on("tue 02:00"))
    firm.ask()
    firm.plan_one(firm.visit())
    return firm


def test_by_night_urgent_work_goes_to_who_is_on_call() -> None:
    firm = firm_at("tue 02:00", NIGHT)
    firm.ask()
    firm.plan()
    assert planned(firm) == ("anna", "tue 02:10")
    assert firm.visit().state is VisitState.DISPATCHED


def test_with_nobody_on_call_it_waits_for_the_morning() -> None:
    firm = firm_at("tue 02:00")
    firm.ask()
    firm.plan()
    assert planned(firm)[1].startswith("tue 08:")


@pytest.mark.parametrize("priority", [Priority.P2, Priority.P3])
def test_nobody_is_called_out_for_what_can_be_done_in_time_by_day(priority: Priority) -> None:
    firm = firm_at("tue 02:00", NIGHT)
    firm.ask(need(restore_by=on("tue 12:00")), priority=priority)
    firm.plan()
    assert planned(firm)[1].startswith("tue 08:")


def test_a_deadline_by_night_calls_somebody_out() -> None:
    firm = firm_at("tue 02:00", NIGHT)
    firm.ask(need(restore_by=on("tue 06:00")), priority=Priority.P2)
    firm.plan()
    assert planned(firm) == ("anna", "tue 02:10")


def test_what_is_not_urgent_is_never_done_by_night() -> None:
    firm = firm_at("tue 02:00", NIGHT)
    firm.ask(need(restore_by=on("tue 06:00")), priority=Priority.P3)
    firm.plan()
    assert planned(firm)[1].startswith("tue 08:")


def test_what_begins_before_the_shift_ends_goes_on_into_the_period_on_call() -> None:
    firm = firm_at("mon 17:40", NIGHT)
    firm.ask(need(duration_minutes=60))
    firm.plan()
    assert planned(firm) == ("anna", "mon 17:50")
    without = firm_at("mon 17:40")
    without.ask(need(duration_minutes=60))
    without.plan()
    assert planned(without)[1].startswith("tue 08:")


def test_by_day_those_at_work_are_asked_as_ever() -> None:
    firm = firm_at("mon 10:00", replace(NIGHT, technician_id="bruno", from_at=on("mon 00:00")))
    firm.ask()
    firm.plan()
    assert planned(firm)[0] == "anna"


def test_who_is_on_call_for_the_site_s_territory_is_called_before_who_is_nearer() -> None:
    people = technician("anna"), technician("bruno", home=MURET)
    here, there = replace(NIGHT, territory="east"), replace(NIGHT, id="west", technician_id="bruno")
    firm = Firm(*people, sites=(site(point=BLAGNAC, territory="west"),))
    for entry in (here, replace(there, territory="west")):
        firm.do(PutRotaEntry(entry))
    firm.clock.set(on("tue 02:00"))
    firm.ask()
    firm.plan()
    assert planned(firm)[0] == "bruno"


def test_nobody_of_the_territory_is_no_reason_to_call_nobody() -> None:
    firm = Firm(technician("anna"), sites=(site(territory="west"),))
    firm.do(PutRotaEntry(replace(NIGHT, territory="east")))
    firm.clock.set(on("tue 02:00"))
    firm.ask()
    firm.plan()
    assert planned(firm) == ("anna", "tue 02:10")


def test_who_is_away_is_not_called() -> None:
    firm = firm_at("tue 02:00", NIGHT, replace(NIGHT, id="second", technician_id="bruno"))
    firm.do(AddAbsence("anna", Absence(on("mon 20:00"), on("wed 20:00"), "sick")))
    firm.ask()
    firm.plan()
    assert planned(firm)[0] == "bruno"


def test_somebody_called_by_night_has_three_minutes_to_answer_and_then_the_next_is_called() -> None:
    firm = firm_at("tue 02:00", NIGHT, replace(NIGHT, id="second", technician_id="bruno"))
    firm.ask()
    firm.plan()
    assert firm.visit().acknowledge_by_at == on("tue 02:03")
    firm.pass_minutes(3)
    firm.do(FireVisit("t1-1"))
    firm.plan()
    assert firm.visit().technician_id == "bruno"


def test_the_next_shift_starts_later_by_the_rest_owed() -> None:
    firm = called_at_two()
    assert rested_until(firm) == ["daily-rest tue 13:49"]
    assert firm.visit("t9-1").state is VisitState.WAITING
    firm.plan()
    assert planned(firm, "t9-1") == ("anna", "tue 14:00")


def test_the_day_after_goes_to_somebody_who_is_rested() -> None:
    firm = firm_at("tue 02:00", NIGHT)
    firm.ask()
    firm.plan()
    waiting = firm.ask(need("t2-1", respond_by=on("tue 10:00")), ticket_id="t2", priority=Priority.P3)
    roster, now = firm.roster(), firm.clock.now()
    [anna] = against(roster, waiting, now, roster.candidates(waiting, now), 1)
    assert (anna.rule, anna.text(Language.EN)) == (
        "daily-rest",
        "is owed rest until 03/03 13:49 after an intervention on call",
    )
    firm.plan()
    assert planned(firm, "t2-1")[0] == "bruno"


def test_a_call_after_a_complete_rest_moves_nothing() -> None:
    firm = firm_at("tue 06:00", NIGHT)
    firm.ask()
    firm.plan()
    assert planned(firm)[0] == "anna"
    assert rested_until(firm) == []


def test_who_declines_by_night_starts_as_usual() -> None:
    firm = called_at_two()
    firm.do(DeclineDispatch("t1-1", "ill", by="anna"))
    assert rested_until(firm) == []


def test_a_night_that_lasts_longer_moves_the_day_further() -> None:
    firm = called_at_two()
    for verb in (AcknowledgeDispatch, Depart, Arrive, Start):
        firm.do(verb("t1-1", by="anna"))
    firm.clock.set(on("tue 04:00"))
    firm.do(CloseVisit("t1-1", Outcome.FIXED, DEFAULT_TRAVEL, by="anna"))
    assert rested_until(firm) == ["daily-rest tue 15:09"]
    firm.plan()
    assert planned(firm, "t9-1") == ("anna", "tue 15:20")


def test_who_is_sent_by_night_without_being_on_call_rests_as_well() -> None:
    firm = firm_at("mon 17:00", people=(technician("anna"),))
    firm.ask(ticket_id="t9", priority=Priority.P3)
    firm.do(AssignVisit("t9-1", "anna", on("tue 09:00"), DEFAULT_TRAVEL))
    firm.ask()
    firm.do(AssignVisit("t1-1", "anna", on("tue 03:00"), DEFAULT_TRAVEL))
    assert rested_until(firm) == ["daily-rest tue 14:39"]
    assert firm.visit("t9-1").state is VisitState.WAITING, "to be planned anew"
    firm.do(RescheduleVisit("t1-1", on("mon 20:00"), DEFAULT_TRAVEL))
    assert rested_until(firm) == []


def test_a_pinned_visit_in_the_rest_asks_for_a_person() -> None:
    firm = firm_at("mon 17:00", NIGHT, people=(technician("anna"),))
    firm.ask(ticket_id="t9", priority=Priority.P3)
    firm.do(AssignVisit("t9-1", "anna", on("tue 09:00"), DEFAULT_TRAVEL))
    firm.do(PinVisit("t9-1", True))
    firm.clock.set(on("tue 02:00"))
    firm.ask()
    firm.plan_one(firm.visit())
    assert firm.visit("t9-1").attention is Attention.UNFIT


def test_nobody_is_given_ordinary_work_in_a_rest_by_hand_either() -> None:
    firm = called_at_two()
    firm.ask(ticket_id="t2", priority=Priority.P3)
    for start in (on("tue 09:00"), on("tue 13:30")):
        with pytest.raises(Refusal, match="daily-rest") as refused:
            firm.do(AssignVisit("t2-1", "anna", start, DEFAULT_TRAVEL))
        assert "13:49" in refused.value.detail.fr
    firm.do(AssignVisit("t2-1", "anna", on("tue 14:30"), DEFAULT_TRAVEL))
    with pytest.raises(Refusal, match="daily-rest"):
        firm.do(RescheduleVisit("t2-1", on("tue 11:00"), DEFAULT_TRAVEL))


def test_a_second_call_in_the_rest_restarts_it() -> None:
    firm = called_at_two()
    firm.clock.set(on("tue 06:00"))
    firm.ask(ticket_id="t2")
    firm.plan_one(firm.visit("t2-1"))
    assert planned(firm, "t2-1") == ("anna", "tue 06:15")
    assert rested_until(firm)[-1] == "daily-rest tue 17:54"


def test_of_the_limits_of_another_firm_we_know_nothing() -> None:
    firm = firm_at("tue 02:00", NIGHT, people=(technician("anna", regime=Regime.PARTNER),))
    firm.ask()
    firm.plan()
    assert (planned(firm)[0], rested_until(firm)) == ("anna", [])


def test_a_weekend_on_call_moves_monday() -> None:
    weekend = replace(NIGHT, from_at=on("fri 18:00"), to_at=on("mon 08:00", week=1))
    firm = firm_at("sun 03:00", weekend, people=(technician("anna"),))
    firm.ask()
    firm.plan()
    assert rested_until(firm) == ["weekly-rest mon 14:49"]


# -- the rota itself --------------------------------------------------------------------------


def test_an_entry_put_twice_is_one_and_changes_nothing() -> None:
    firm = Firm()
    assert firm.do(PutRotaEntry(NIGHT)) is True
    before = firm.have(Technicians, "anna")
    assert firm.do(PutRotaEntry(NIGHT)) is False
    assert firm.have(Technicians, "anna") == before
    assert [each.id for each in before.on_call] == ["night"]


def test_an_entry_given_to_another_calls_him_and_not_the_first() -> None:
    firm = firm_at("mon 17:00", NIGHT)
    firm.do(PutRotaEntry(replace(NIGHT, technician_id="bruno")))
    assert firm.have(Technicians, "anna").on_call == ()
    assert [each.id for each in firm.have(Technicians, "bruno").on_call] == ["night"]


def test_urgent_visits_of_an_entry_that_ends_earlier_are_planned_anew() -> None:
    firm = firm_at("tue 02:00", NIGHT, replace(NIGHT, id="second", technician_id="bruno"))
    firm.ask()
    firm.plan()
    firm.do(PutRotaEntry(replace(NIGHT, to_at=on("tue 02:00"))))
    assert rested_until(firm) == []
    firm.plan()
    assert planned(firm)[0] == "bruno"


def test_urgent_visits_of_an_entry_that_is_withdrawn_wait_for_another() -> None:
    firm = firm_at("mon 17:00", NIGHT)
    firm.ask()
    firm.do(AssignVisit("t1-1", "anna", on("mon 20:00"), DEFAULT_TRAVEL))
    firm.do(WithdrawRotaEntry("night"))
    assert firm.visit().state is VisitState.WAITING
    with pytest.raises(NotFound):
        firm.do(WithdrawRotaEntry("night"))
    assert firm.do(PutRotaEntry(NIGHT)) is True


def test_a_period_ends_after_it_starts_and_is_somebody_s() -> None:
    firm = Firm()
    with pytest.raises(Refusal, match="on-call-ends-before-it-starts"):
        firm.do(PutRotaEntry(replace(NIGHT, to_at=EVENING)))
    with pytest.raises(UnknownReference):
        firm.do(PutRotaEntry(replace(NIGHT, technician_id="nobody")))


def test_a_technician_who_is_written_anew_stays_on_call() -> None:
    firm = firm_at("mon 17:00", NIGHT)
    firm.do(PutTechnician(technician("anna", phone="0600000000")))
    assert [each.id for each in firm.have(Technicians, "anna").on_call] == ["night"]


def told(from_at: datetime, told_at: datetime) -> tuple[bool, bool]:
    entry = replace(NIGHT, from_at=from_at, told_at=told_at)
    return entry.told_late(timedelta(days=15)), entry.told_without_a_clear_day("Europe/Paris")


def test_people_are_told_fifteen_days_before_and_in_a_hurry_one_clear_day() -> None:
    assert told(on("mon 18:00", week=3), on("sun 18:00")) == (False, False)
    assert told(on("mon 18:00", week=2), on("sun 18:00")) == (True, False)
    assert told(on("wed 00:00"), on("mon 23:59")) == (True, False)
    assert told(on("tue 23:59"), on("mon 00:00")) == (True, True)
