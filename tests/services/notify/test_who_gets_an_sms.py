"""Mail first, and SMS where it is urgent, unanswered or wished for; never one that holds no more."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from contracts.dispatch.events import (
    DispatchAcknowledged,
    DispatchDeclined,
    DispatcherAsked,
    DispatchFailed,
    DispatchRevoked,
    InterventionClosed,
    RevocationReason,
    TechnicianDispatched,
    TechnicianEnRoute,
    VisitCancelled,
    VisitPlanned,
    VisitRescheduled,
)
from contracts.envelope import Payload
from contracts.notify.events import MessageChannel, NotificationFailed, NotificationSent
from contracts.ticket.events import TicketClosed
from contracts.values import Outcome as Came
from contracts.values import Priority
from infra.chassis.store.deliveries import Lease, Outcome
from services.notify.domain.delivery import Delivery, DeliveryState
from services.notify.domain.message import MessageKind, Recipient, contact, staff, technician
from services.notify.domain.next_step import next_step
from services.notify.domain.preferences import Wish
from services.notify.domain.timing import USUAL, Timing
from services.notify.store.copies import Contacts, Technicians
from services.notify.store.deliveries import Deliveries
from services.notify.store.staff import Staff
from services.notify.usecases.put_preferences import PutPreferences
from services.notify.usecases.release_message import ReleaseMessage
from services.notify.usecases.settle_delivery import SettleDelivery
from services.notify.usecases.take_delivery import TakeDelivery
from tests.services.notify.people import ANNE, LEA, MARC, SANDRINE, Office, at, example, moved
from tests.world import MONDAY_NINE

SMS = Timing(sms=True)
HALF = MONDAY_NINE + timedelta(seconds=90)
OVER = MONDAY_NINE + timedelta(minutes=3)
LATER = datetime(2030, 1, 1).astimezone()


def office(**phones: str | None) -> Office:
    """Everybody has a telephone, at a firm that sends SMS."""
    made = Office(SMS)
    numbers = {"lea": "06 12 34 56 78", "marc": "06 12 34 56 79", "anne": "0612345670", **phones}
    made.give(Technicians, LEA.model_copy(update={"phone": numbers["lea"]}), "tech-lea")
    made.give(Technicians, MARC.model_copy(update={"phone": numbers["marc"]}), "tech-marc")
    made.give(Contacts, ANNE.model_copy(update={"phone": numbers["anne"]}), "contact-anne")
    return made


def told(priority: Priority = Priority.P3, technician: str = "tech-lea", **changes: Any) -> Payload:
    """A dispatch of nine o'clock, to be answered within three minutes."""
    timed = {"acknowledge_by": OVER, "hours_from": MONDAY_NINE, "remind_at": HALF, **changes}
    return moved(TechnicianDispatched, at(9, 30), technician, priority=priority, **timed)


def hears(here: Office, *events: Any) -> Office:
    for event in events:
        here.hears(event)
    return here


def sms(here: Office) -> list[Delivery]:
    return [each for each in here.all(Deliveries) if each.channel is MessageChannel.SMS]


def leaving(here: Office) -> list[tuple[str, str]]:
    """Kind and recipient of the SMS that may be sent now."""
    return sorted(
        (each.message.kind.value, each.message.recipient.id)
        for each in sms(here)
        if each.state is DeliveryState.QUEUED and not each.settling
    )


def until(here: Office, when: datetime) -> None:
    """The timers fire as the service's loop would fire them."""
    here.clock.set(when)
    for each in here.all(Deliveries):
        here.do(ReleaseMessage(each.id, SMS))


def send(here: Office) -> None:
    for each in sms(here):
        if here.do(TakeDelivery(each.id, Lease("a", LATER, LATER + timedelta(seconds=30)))):
            here.do(SettleDelivery(each.id, Outcome("a")))


def wants(here: Office, whom: Recipient, kind: MessageKind, wish: Wish) -> Office:
    here.do(PutPreferences(whom, {kind: wish}))
    return here


@pytest.mark.parametrize("priority", [Priority.P1, Priority.P2])
def test_an_urgent_dispatch_goes_by_mail_and_by_sms_at_once(priority: Priority) -> None:
    here = hears(office(), told(priority))
    assert leaving(here) == [("technician-dispatched", "tech-lea")]
    mails = [each for each in here.all(Deliveries) if each.channel is MessageChannel.MAIL]
    assert ("technician-dispatched", "tech-lea") in [(m.message.kind, m.message.recipient.id) for m in mails]


def test_another_goes_by_sms_when_half_the_time_to_answer_is_over() -> None:
    here = hears(office(), told())
    [waiting] = sms(here)
    assert (leaving(here), waiting.settles_at) == ([], HALF)
    assert next_step(waiting).en == "It is sent at settles_at unless he answers before."
    until(here, HALF - timedelta(seconds=1))
    assert leaving(here) == []
    until(here, HALF)
    assert leaving(here) == [("technician-dispatched", "tech-lea")]
    until(here, HALF + timedelta(seconds=20))
    assert len(sms(here)) == 1


def test_who_has_no_telephone_is_mailed_and_nothing_more() -> None:
    assert sms(hears(office(lea=None), told(Priority.P1))) == []


def test_who_has_a_telephone_and_no_mail_still_gets_the_sms() -> None:
    here = office()
    here.give(Technicians, LEA.model_copy(update={"email": None, "phone": "0612345678"}), "tech-lea")
    assert leaving(hears(here, told(Priority.P1))) == [("technician-dispatched", "tech-lea")]


def test_a_firm_without_a_gateway_sends_none() -> None:
    here = office()
    here.timing = USUAL
    assert sms(hears(here, told(Priority.P1))) == []


@pytest.mark.parametrize(
    "change",
    [
        example(DispatchAcknowledged),
        example(DispatchDeclined),
        example(DispatchRevoked),
        moved(VisitRescheduled, at(14), priority=Priority.P3),
        moved(VisitRescheduled, at(9, 30), "tech-marc", priority=Priority.P3),
        example(TechnicianEnRoute),
        example(VisitCancelled),
        example(InterventionClosed),
    ],
    ids=lambda change: change.TYPE,
)
@pytest.mark.parametrize("priority", [Priority.P1, Priority.P3])
def test_an_answer_or_a_change_withdraws_what_was_not_sent(change: Payload, priority: Priority) -> None:
    here = hears(office(), told(priority), change)
    dispatch = next(each for each in sms(here) if each.message.kind is MessageKind.TECHNICIAN_DISPATCHED)
    assert dispatch.state is DeliveryState.OVERTAKEN
    assert next_step(dispatch).en.startswith("Nothing: he answered")
    until(here, OVER)
    assert ("technician-dispatched", "tech-lea") not in leaving(here)
    assert ("technician-revoked", "tech-lea") not in leaving(here), "he was never told by SMS to go"


def test_what_the_gateway_could_not_take_yet_is_withdrawn_too() -> None:
    here = hears(office(), told(Priority.P1))
    [one] = sms(here)
    here.do(TakeDelivery(one.id, Lease("a", LATER, LATER)))
    here.do(SettleDelivery(one.id, Outcome("a", "ConnectError", LATER)))
    hears(here, example(DispatchAcknowledged))
    assert here.have(Deliveries, one.id).state is DeliveryState.OVERTAKEN


def test_somebody_elses_answer_withdraws_nothing() -> None:
    here = hears(office(), told(Priority.P1), example(DispatchAcknowledged, technician_id="tech-marc"))
    assert leaving(here) == [("technician-dispatched", "tech-lea")]


def test_a_minute_moved_within_the_window_is_in_the_sms_that_waits() -> None:
    new = at(9, 40)
    within = moved(VisitRescheduled, new, priority=Priority.P3, within_window=True)
    here = hears(office(), told(), within)
    until(here, HALF)
    [left] = [each for each in sms(here) if each.state is DeliveryState.QUEUED]
    assert left.message.details.start_at == new
    assert left.message.kind is MessageKind.TECHNICIAN_DISPATCHED


def test_who_was_told_by_sms_to_go_is_told_by_sms_not_to() -> None:
    here = hears(office(), told(Priority.P1))
    send(here)
    hears(here, example(DispatchRevoked))
    assert leaving(here) == [("technician-revoked", "tech-lea")]


def test_by_night_a_visit_that_can_wait_is_called_off_by_mail_alone() -> None:
    here = hears(office(), told())
    until(here, HALF)
    send(here)
    here.clock.set(at(21))
    hears(here, example(DispatchRevoked, reason=RevocationReason.WITHDRAWN))
    assert leaving(here) == []


def test_who_works_by_night_is_told_by_sms_that_his_time_to_answer_is_over() -> None:
    here, night = office(), at(22)
    here.clock.set(night)
    half, over = night + timedelta(seconds=90), night + timedelta(minutes=3)
    hears(here, told(acknowledge_by=over, remind_at=half))
    until(here, half)
    send(here)
    hears(here, example(DispatchRevoked, reason=RevocationReason.NO_ANSWER))
    assert leaving(here) == [("technician-revoked", "tech-lea")]


def test_the_next_technician_is_told_as_the_first_was() -> None:
    here = hears(office(), told())
    until(here, HALF)
    send(here)
    here.clock.set(OVER)
    again: dict[str, Any] = {
        "acknowledge_by": OVER + timedelta(minutes=3),
        "remind_at": OVER + timedelta(seconds=90),
    }
    hears(here, example(DispatchRevoked), told(technician="tech-marc", **again))
    assert leaving(here) == [("technician-revoked", "tech-lea")]
    until(here, OVER + timedelta(seconds=90))
    assert ("technician-dispatched", "tech-marc") in leaving(here)


def test_a_dispatch_that_is_heard_of_too_late_to_be_answered_makes_no_sms() -> None:
    here = office()
    here.clock.set(OVER)
    assert sms(hears(here, told(Priority.P1))) == []


def test_an_sms_whose_timer_fires_too_late_is_not_sent() -> None:
    here = hears(office(), told())
    until(here, OVER)
    assert leaving(here) == []


def test_what_a_dispatch_says_of_his_hours_decides_when_he_is_disturbed() -> None:
    morning = MONDAY_NINE + timedelta(hours=23)
    by: dict[str, Any] = {
        "acknowledge_by": morning + timedelta(minutes=3),
        "remind_at": morning + timedelta(seconds=90),
    }
    here = hears(office(), told(hours_from=morning, **by))
    assert [each.settles_at for each in sms(here)] == [morning + timedelta(seconds=90)]
    sooner = wants(office(), technician("tech-lea"), MessageKind.TECHNICIAN_DISPATCHED, Wish.SMS)
    hears(sooner, told(hours_from=morning, **by))
    assert [each.settles_at for each in sms(sooner)] == [morning]


def test_a_dispatch_of_before_there_were_sms_waits_for_no_time_that_it_does_not_name() -> None:
    assert sms(hears(office(), told(hours_from=None, remind_at=None))) == []


def test_who_wishes_is_told_by_sms_as_well() -> None:
    here = wants(office(), contact("contact-anne"), MessageKind.TICKET_CLOSED, Wish.SMS)
    hears(here, example(TicketClosed))
    assert leaving(here) == [("ticket-closed", "contact-anne")]
    assert len(here.all(Deliveries)) == 2


@pytest.mark.parametrize("hour", [19, 22])
def test_outside_the_day_a_wish_waits_for_nothing_and_gets_the_mail(hour: int) -> None:
    here = wants(office(), contact("contact-anne"), MessageKind.TICKET_CLOSED, Wish.SMS)
    here.clock.set(at(hour))
    hears(here, example(TicketClosed))
    assert sms(here) == []
    assert len(here.all(Deliveries)) == 1


def test_who_is_about_to_be_at_the_door_is_announced_at_any_hour() -> None:
    here = wants(office(), contact("contact-anne"), MessageKind.TECHNICIAN_EN_ROUTE, Wish.SMS)
    here.clock.set(at(23))
    hears(here, example(TechnicianEnRoute))
    assert leaving(here) == [("technician-en-route", "contact-anne")]


def test_a_plan_is_told_by_sms_once_it_rests_as_it_is_by_mail() -> None:
    here = wants(office(), contact("contact-anne"), MessageKind.VISIT_PLANNED, Wish.SMS)
    hears(here, moved(VisitPlanned, at(9, 30), priority=Priority.P3))
    hears(here, moved(VisitRescheduled, at(11), priority=Priority.P3))
    assert sms(here) == []
    until(here, MONDAY_NINE + SMS.plan_rests)
    [only] = sms(here)
    assert only.message.details.arrival_from == at(10, 45)


@pytest.mark.parametrize(
    ("event", "texts"),
    [
        (example(DispatchFailed), 1),
        (example(DispatcherAsked), 1),
        (example(DispatchFailed, priority=Priority.P3), 0),
        (example(InterventionClosed, outcome=Came.UNSAFE), 1),
    ],
    ids=["nobody for a P1", "asked of a P1", "nobody for a P3", "danger"],
)
def test_dispatchers_get_an_sms_of_what_cannot_wait(event: Payload, texts: int) -> None:
    here = office()
    here.give(Staff, SANDRINE.__class__(**{**SANDRINE.__dict__, "phone": "0612345671"}))
    assert len(sms(hears(here, event))) == texts
    assert {each.message.recipient for each in sms(here)} <= {staff("sandrine")}


def test_what_was_sent_and_what_failed_says_so_as_an_sms() -> None:
    here = hears(office(), told(Priority.P1))
    send(here)
    [sent] = here.told(NotificationSent)
    assert (sent.channel, sent.template) == (MessageChannel.SMS, "technician-dispatched")
    other = hears(office(), told(Priority.P1))
    [one] = sms(other)
    other.do(TakeDelivery(one.id, Lease("a", LATER, LATER)))
    other.do(SettleDelivery(one.id, Outcome("a", "gateway-refused: 400 +33612345678 is no number")))
    [failed] = other.told(NotificationFailed)
    assert failed.reason == "gateway-refused: 400 (number) is no number"
    assert next_step(other.have(Deliveries, one.id)).en.startswith("The SMS gateway did not take it")


def test_a_mail_and_an_sms_of_the_same_change_have_ids_of_their_own() -> None:
    here = hears(office(), told(Priority.P1))
    to_lea = [each.id for each in here.all(Deliveries) if each.message.recipient == technician("tech-lea")]
    assert len(set(to_lea)) == 2


def test_the_same_event_twice_withdraws_nothing() -> None:
    here = office()
    event = told(Priority.P1)
    envelope = here.hears(event)  # type: ignore[arg-type]
    here.hears_again(event, envelope)  # type: ignore[arg-type]
    assert leaving(here) == [("technician-dispatched", "tech-lea")]
