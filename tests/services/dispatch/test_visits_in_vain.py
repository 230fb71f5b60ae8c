"""Nobody lets the technician in: what proves it is kept, and other times are offered for the next visit."""

from dataclasses import replace

import pytest

from contracts.dispatch.events import (
    AppointmentChosen,
    AppointmentDeclined,
    AppointmentOffered,
    ContactAttempt,
    ContactChannel,
    InterventionClosed,
    NoSlot,
)
from contracts.refusal import Refusal
from contracts.ticket.events import VisitsRequested
from contracts.values import Outcome, Priority, Window
from services.dispatch.domain.technician import Absence
from services.dispatch.planning.travel import DEFAULT_TRAVEL
from services.dispatch.store.technicians import Technicians
from services.dispatch.stream.ticket_lifecycle import on_visits_requested
from services.dispatch.usecases.close_visit import CloseVisit
from services.dispatch.usecases.make_visit import Arrive, Depart
from tests.services.dispatch.sample import envelope, need, technician, ticket_opened
from tests.services.dispatch.test_appointments import Desk, paris


def in_vain(desk: Desk) -> None:
    """Somebody goes, waits twenty minutes, tries to call, and leaves."""
    who = desk.visit().technician_id
    desk.do(Depart("t1-1", who))
    desk.pass_minutes(30)
    desk.do(Arrive("t1-1", who))
    tried = ContactAttempt(at=desk.clock.now(), channel=ContactChannel.PHONE)
    desk.pass_minutes(20)
    desk.do(
        CloseVisit("t1-1", Outcome.USER_ABSENT, DEFAULT_TRAVEL, by=who, contact_attempts=(tried,)),
    )


def next_visit(desk: Desk) -> None:
    """The ticket asks for another visit instead."""
    opened = ticket_opened(need("t1-2", follows="t1-1"), priority=Priority.P4).model_dump()
    fields = {name: opened[name] for name in VisitsRequested.model_fields if name in opened}
    desk.run(on_visits_requested(VisitsRequested(**fields), envelope()))


def test_after_a_visit_in_vain_other_times_are_offered_at_once() -> None:
    desk = Desk()
    in_vain(desk)
    [closed] = desk.told(InterventionClosed)
    assert [each.channel for each in closed.contact_attempts] == [ContactChannel.PHONE]
    desk.fires()
    [offered] = desk.told(AppointmentOffered)
    assert len(offered.slots) == 3
    assert desk.has().in_vain


def test_what_is_chosen_then_is_when_the_next_visit_is_made() -> None:
    desk = Desk()
    in_vain(desk)
    desk.fires()
    slot = desk.has().slots[1]
    desk.chooses(slot.id)
    assert len(desk.told(AppointmentChosen)) == 1
    next_visit(desk)
    assert desk.visit("t1-2").promised == slot.window
    assert (desk.has().next_visit_id, desk.has("t1-2").chosen) == ("t1-2", slot.window)
    desk.plan()
    plan = desk.visit("t1-2").plan
    assert plan is not None
    assert Window(from_at=plan.arrival_from_at, to_at=plan.arrival_to_at) == slot.window


def test_where_no_visit_is_asked_for_after_that_choice_a_dispatcher_is() -> None:
    """The ticket may have been solved from the desk or cancelled meanwhile."""
    desk = Desk()
    in_vain(desk)
    desk.fires()
    desk.chooses("1")
    desk.fires()
    assert [told.reason for told in desk.told(AppointmentDeclined)] == [NoSlot.VISIT]


def test_what_is_offered_when_the_ticket_goes_on_by_hand_is_for_the_next_visit() -> None:
    desk = Desk()
    in_vain(desk)
    desk.fires()
    next_visit(desk)
    assert desk.visit("t1-2").promised is None
    desk.plan()
    desk.chooses("2", "t1-2")
    assert desk.visit("t1-2").promised == desk.has("t1-2").chosen == desk.has().slots[1].window


def test_where_nobody_is_free_after_a_visit_in_vain_a_dispatcher_is_asked() -> None:
    desk = Desk(technician("anna"))
    in_vain(desk)
    away = desk.have(Technicians, "anna")
    desk.give(Technicians, replace(away, absences=(Absence(desk.clock.now(), paris(31, 0), "sick"),)))
    desk.fires()
    [told] = desk.told(AppointmentDeclined)
    assert told.reason is NoSlot.FREE


def test_nobody_has_been_called_in_the_future() -> None:
    desk = Desk()
    who = desk.visit().technician_id
    desk.do(Depart("t1-1", who))
    desk.do(Arrive("t1-1", who))
    tried = ContactAttempt(at=paris(3, 9), channel=ContactChannel.DOORBELL)
    closing = CloseVisit("t1-1", Outcome.NO_ACCESS, DEFAULT_TRAVEL, by=who, contact_attempts=(tried,))
    with pytest.raises(Refusal, match="occurred-in-the-future"):
        desk.do(closing)
