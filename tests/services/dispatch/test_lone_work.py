"""Who works alone is watched over: his telephone asks, then an SMS, then the dispatcher knows."""

from datetime import timedelta

import pytest

from contracts.dispatch.events import SignOfLifeMissed, Silence, SilenceTold
from contracts.refusal import NotFound, Refusal
from contracts.values import Outcome, SiteAccess
from infra.chassis.settings import SettingsError
from services.dispatch.domain.alone import GRACE, SIGN_MINUTES, Alone
from services.dispatch.planning.travel import DEFAULT_TRAVEL
from services.dispatch.settings import Settings
from services.dispatch.usecases.answer_dispatch import AcknowledgeDispatch
from services.dispatch.usecases.close_visit import CloseVisit
from services.dispatch.usecases.fire_visit import FireVisit
from services.dispatch.usecases.make_visit import Arrive, Depart, Pause, Start
from services.dispatch.usecases.watch_over import SayWell, StopWatching, WorkAlone
from tests.services.dispatch.sample import Firm, need

GRACE_MINUTES = GRACE.total_seconds() / 60
ASKED, ALARMED, OVER = SilenceTold.TECHNICIAN, SilenceTold.DISPATCHER, SilenceTold.OVER


def on_the_spot(*, lone_work: bool = False) -> Firm:
    firm = Firm()
    firm.ask(need(access=SiteAccess(lone_work=lone_work)))
    firm.plan()
    firm.do(AcknowledgeDispatch("t1-1", "anna"))
    firm.do(Depart("t1-1", "anna"))
    firm.pass_minutes(11)
    firm.do(Arrive("t1-1", "anna"))
    return firm


def alone(firm: Firm) -> Alone:
    known = firm.visit().alone
    assert known is not None
    return known


def wait(firm: Firm, minutes: float) -> None:
    """Time passes, and the timers of the visit with it."""
    until = firm.clock.now() + timedelta(minutes=minutes)
    while (due := firm.visit().due_at) is not None and due <= until:
        firm.advance(max(timedelta(0), due - firm.clock.now()))
        firm.do(FireVisit("t1-1"))
    firm.advance(until - firm.clock.now())


def told(firm: Firm) -> list[SilenceTold]:
    return [each.told for each in firm.told(SignOfLifeMissed)]


def test_without_a_sign_he_is_asked_by_sms_and_then_the_dispatcher_is_alarmed() -> None:
    firm = on_the_spot()
    firm.do(WorkAlone("t1-1", "anna"))
    begun = firm.clock.now()
    wait(firm, SIGN_MINUTES + GRACE_MINUTES - 1)
    assert told(firm) == []
    wait(firm, 1)
    assert told(firm) == [ASKED]
    assert firm.visit().attention is None
    wait(firm, GRACE_MINUTES)
    assert told(firm) == [ASKED, ALARMED]
    assert firm.visit().attention is Silence.NO_SIGN_OF_LIFE
    assert [each.last_sign for each in firm.told(SignOfLifeMissed)] == [begun, begun]
    wait(firm, 600)
    assert told(firm) == [ASKED, ALARMED]


def test_a_sign_begins_the_time_anew_and_ends_the_alarm() -> None:
    firm = on_the_spot()
    firm.do(WorkAlone("t1-1", "anna", every_minutes=10))
    for _ in range(6):
        wait(firm, 9)
        firm.do(SayWell("t1-1", "anna"))
    assert told(firm) == []
    wait(firm, 10 + 2 * GRACE_MINUTES)
    assert told(firm) == [ASKED, ALARMED]
    firm.do(SayWell("t1-1", "anna"))
    assert told(firm) == [ASKED, ALARMED, OVER]
    assert firm.visit().attention is None
    assert alone(firm).sign_due_at == firm.clock.now() + timedelta(minutes=10)
    wait(firm, 10 + GRACE_MINUTES)
    firm.do(SayWell("t1-1", "anna"))
    assert told(firm)[3:] == [ASKED], "of who was only asked nobody else knew"


def test_every_step_of_the_work_is_a_sign() -> None:
    firm = on_the_spot()
    firm.do(WorkAlone("t1-1", "anna"))
    wait(firm, 20)
    firm.do(Start("t1-1", "anna"))
    assert alone(firm).last_sign_at == firm.clock.now()
    wait(firm, 20)
    firm.do(Pause("t1-1", "anna"))
    assert alone(firm).last_sign_at == firm.clock.now()


def test_it_ends_with_the_closing_and_when_somebody_comes() -> None:
    firm = on_the_spot()
    firm.do(WorkAlone("t1-1", "anna"))
    firm.do(StopWatching("t1-1", "anna"))
    assert firm.visit().alone is None
    wait(firm, 300)
    assert told(firm) == []
    firm.do(WorkAlone("t1-1", "anna"))
    firm.do(Start("t1-1", "anna"))
    wait(firm, SIGN_MINUTES + 2 * GRACE_MINUTES)
    firm.do(CloseVisit("t1-1", Outcome.FIXED, DEFAULT_TRAVEL, "anna", work_done="Switch replaced"))
    assert told(firm) == [ASKED, ALARMED, OVER]
    assert (firm.visit().alone, firm.visit().attention, firm.visit().due_at) == (None, None, None)


def test_a_site_may_say_that_who_works_there_is_alone() -> None:
    firm = on_the_spot(lone_work=True)
    assert alone(firm).every_minutes == SIGN_MINUTES
    assert on_the_spot().visit().alone is None


def test_a_telephone_that_was_without_a_network_alarms_nobody_while_it_tells_what_was() -> None:
    """He came three hours ago and has been well every 20 minutes since: all of it comes now, in order."""
    firm = on_the_spot()
    came = firm.clock.now()
    wait(firm, 180)
    firm.do(WorkAlone("t1-1", "anna", came))
    for minutes in range(20, 180, 20):
        wait(firm, 0)
        firm.do(SayWell("t1-1", "anna", came + timedelta(minutes=minutes)))
    assert told(firm) == []
    assert alone(firm).last_sign_at == came + timedelta(minutes=160)
    wait(firm, GRACE_MINUTES + 9)
    assert told(firm) == []
    wait(firm, SIGN_MINUTES)
    assert told(firm) == [ASKED, ALARMED]


def test_a_sign_that_is_too_old_ends_no_alarm() -> None:
    firm = on_the_spot()
    firm.do(WorkAlone("t1-1", "anna"))
    begun = firm.clock.now()
    wait(firm, 120)
    firm.do(SayWell("t1-1", "anna", begun + timedelta(minutes=15)))
    assert told(firm) == [ASKED, ALARMED]
    assert firm.visit().attention is Silence.NO_SIGN_OF_LIFE
    assert alone(firm).last_sign_at == begun + timedelta(minutes=15)
    firm.do(SayWell("t1-1"))
    assert told(firm) == [ASKED, ALARMED, OVER]


def test_nobody_is_alone_where_he_has_not_arrived_or_where_it_is_not_his_visit() -> None:
    firm = Firm()
    firm.ask()
    firm.plan()
    with pytest.raises(Refusal, match="illegal-transition"):
        firm.do(WorkAlone("t1-1", "anna"))
    there = on_the_spot()
    with pytest.raises(NotFound):
        there.do(WorkAlone("t1-1", "bruno"))
    before = there.visit()
    there.do(SayWell("t1-1", "anna"))
    assert there.visit() == before, "who is not watched over need not say anything"


def test_the_firm_says_how_often() -> None:
    servers = {"ASTREINTE_KAFKA": "kafka:9092", "ASTREINTE_MONGODB": "mongodb://mongo"}
    assert Settings.from_environment(servers).sign_minutes == SIGN_MINUTES
    assert Settings.from_environment({**servers, "ASTREINTE_LONE_WORK_MINUTES": "15"}).sign_minutes == 15
    for wrong in ("0", "soon", "600"):
        with pytest.raises(SettingsError, match="LONE_WORK"):
            Settings.from_environment({**servers, "ASTREINTE_LONE_WORK_MINUTES": wrong})
