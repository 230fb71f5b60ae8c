"""Whoever asked to be told on his telephone is told there too; one that is gone costs him nothing."""

from datetime import timedelta
from typing import Any

import pytest

from contracts.dispatch.events import DispatchRevoked, TechnicianDispatched, VisitCancelled
from contracts.notify.events import MessageChannel, NotificationSent
from contracts.ticket.events import TicketOpened
from contracts.values import Priority
from infra.chassis.store.deliveries import Lease, Outcome
from services.notify.domain.delivery import Delivery, DeliveryState
from services.notify.domain.message import Details, Message, MessageKind, contact, technician
from services.notify.domain.next_step import next_step
from services.notify.domain.preferences import Wish, preferences_id
from services.notify.domain.push import (
    LONGEST,
    MOST_DEVICES,
    SHORTEST,
    Device,
    Devices,
    Urgency,
    kept_for,
    opens,
    topic,
    urgency,
)
from services.notify.domain.timing import Timing
from services.notify.store.copies import Technicians
from services.notify.store.deliveries import Deliveries
from services.notify.store.devices import DevicesOf
from services.notify.usecases.manage_devices import AddDevice, RemoveDevice
from services.notify.usecases.put_preferences import PutPreferences
from services.notify.usecases.settle_delivery import SettleDelivery
from services.notify.usecases.take_delivery import TakeDelivery
from tests.services.notify.people import LEA, Office, at, example, moved
from tests.world import MONDAY_NINE

HALF, OVER = MONDAY_NINE + timedelta(seconds=90), MONDAY_NINE + timedelta(minutes=3)
LATER = MONDAY_NINE + timedelta(days=1000)
HERS = technician("tech-lea")


def device(id: str) -> Device:
    return Device(id, f"https://push.example/{id}", "key", "auth", MONDAY_NINE)


def office(*devices: str, push: bool = True) -> Office:
    made = Office(Timing(sms=True, push=push))
    made.give(Technicians, LEA.model_copy(update={"phone": "06 12 34 56 78"}), "tech-lea")
    for each in devices:
        made.do(AddDevice(HERS, device(each)))
    return made


def told(priority: Priority = Priority.P3, **changes: Any) -> TechnicianDispatched:
    timed = {"acknowledge_by": OVER, "hours_from": MONDAY_NINE, "remind_at": HALF, **changes}
    return moved(TechnicianDispatched, at(9, 30), priority=priority, **timed)


def by(here: Office, channel: MessageChannel) -> list[Delivery]:
    return [each for each in here.all(Deliveries) if each.channel is channel]


def pushes(here: Office) -> list[Delivery]:
    return by(here, MessageChannel.PUSH)


def send(here: Office, delivery: Delivery, reason: str | None = None) -> None:
    if here.do(TakeDelivery(delivery.id, Lease("a", LATER, LATER + timedelta(seconds=30)))):
        here.do(SettleDelivery(delivery.id, Outcome("a", reason)))


def test_a_dispatch_goes_at_once_to_each_of_his_browsers_beside_the_mail() -> None:
    here = office("phone", "tablet")
    here.hears(told())
    assert {(each.device_id, each.settling) for each in pushes(here)} == {("phone", False), ("tablet", False)}
    mails = {each.message.kind for each in by(here, MessageChannel.MAIL)}
    assert MessageKind.TECHNICIAN_DISPATCHED in mails
    [sms] = by(here, MessageChannel.SMS)
    assert sms.settles_at == HALF, "an SMS still waits for half of the time to answer"


def test_who_asked_for_none_gets_none_and_neither_does_anybody_without_a_key() -> None:
    without = office()
    without.hears(told())
    off = office("phone", push=False)
    off.hears(told())
    assert (pushes(without), pushes(off)) == ([], [])


def test_the_same_event_pushes_once() -> None:
    here = office("phone")
    here.hears_again(told(), here.hears(told()))
    assert len(pushes(here)) == 1


def test_what_is_turned_off_is_not_pushed_either() -> None:
    here = office("phone")
    here.do(PutPreferences(HERS, {MessageKind.TECHNICIAN_RESCHEDULED: Wish.OFF}))
    anne = contact("contact-anne")
    here.do(AddDevice(anne, device("hers")))
    here.do(PutPreferences(anne, {MessageKind.TICKET_RECEIVED: Wish.DIGEST}))
    here.hears(example(TicketOpened))
    assert pushes(here) == []


def test_one_that_was_taken_is_published_as_a_push() -> None:
    here = office("phone")
    here.hears(told())
    [push] = pushes(here)
    send(here, push)
    [sent] = here.told(NotificationSent)
    assert (sent.channel, sent.template) == (MessageChannel.PUSH, "technician-dispatched")


def test_a_browser_that_is_gone_is_forgotten_and_his_last_one_lets_the_sms_go() -> None:
    here = office("phone", "tablet")
    here.hears(told())
    phone, tablet = sorted(pushes(here), key=lambda each: each.device_id or "")
    send(here, phone, "push-gone: 410 Gone")
    [sms] = by(here, MessageChannel.SMS)
    assert (here.have(DevicesOf, preferences_id(HERS)).device_ids, sms.settling) == (("tablet",), True)
    send(here, tablet, "push-gone: 404")
    [sms] = by(here, MessageChannel.SMS)
    assert (here.have(DevicesOf, preferences_id(HERS)).devices, sms.settling) == ((), False)
    failed, _ = pushes(here)
    assert failed.state is DeliveryState.FAILED
    assert "forgotten" in next_step(failed).en


def test_one_that_is_only_refused_is_not_forgotten() -> None:
    here = office("phone")
    here.hears(told())
    [push] = pushes(here)
    send(here, push, "push-refused: 403 wrong key")
    [push] = pushes(here)
    assert here.have(DevicesOf, preferences_id(HERS)).device_ids == ("phone",)
    assert "ASTREINTE_PUSH_KEY" in next_step(push).en


def test_one_that_nobody_can_act_on_any_more_is_not_sent() -> None:
    here = office("phone")
    here.hears(told())
    here.clock.set(OVER + timedelta(seconds=1))
    [push] = pushes(here)
    send(here, push)
    [push] = pushes(here)
    assert push.state is DeliveryState.OVERTAKEN


def test_a_browser_is_one_persons() -> None:
    here = office("phone")
    here.do(AddDevice(technician("tech-marc"), device("phone")))
    assert here.have(DevicesOf, preferences_id(HERS)).devices == ()
    assert here.do(RemoveDevice(HERS, "phone")) is False
    assert here.do(RemoveDevice(technician("tech-marc"), "phone")) is True


def test_the_oldest_browser_gives_way_where_there_are_too_many() -> None:
    known = Devices("technician:x")
    for number in range(MOST_DEVICES + 1):
        known = known.with_device(device(f"d{number}"))
    assert (len(known.devices), known.device("d0"), known.devices[-1].id) == (MOST_DEVICES, None, "d10")
    assert known.with_device(device("d5")).device_ids[-1] == "d5"


def message(kind: MessageKind, **details: Any) -> Message:
    return Message(kind, HERS, "acme", "t1", "t1-1", Details("INC-1", **details))


def test_what_has_to_be_acted_upon_wakes_the_telephone() -> None:
    assert urgency(message(MessageKind.TECHNICIAN_DISPATCHED)) is Urgency.HIGH
    assert urgency(message(MessageKind.SLA_AT_RISK, priority="P1")) is Urgency.HIGH
    assert urgency(message(MessageKind.SLA_AT_RISK, priority="P3")) is Urgency.NORMAL
    assert urgency(message(MessageKind.DIGEST)) is Urgency.LOW


@pytest.mark.parametrize(
    ("details", "time"),
    [
        ({"acknowledge_by": OVER, "start_at": at(20)}, timedelta(minutes=3)),
        ({"start_at": at(9)}, timedelta(hours=1)),
        ({"start_at": at(7)}, SHORTEST),
        ({"start_at": at(9) + timedelta(days=4)}, LONGEST),
        ({}, LONGEST),
    ],
    ids=["until the answer is due", "until it begins", "it has begun", "a day at most", "no time"],
)
def test_a_push_service_keeps_it_as_long_as_it_can_be_acted_upon(
    details: dict[str, Any], time: timedelta
) -> None:
    assert kept_for(message(MessageKind.TECHNICIAN_DISPATCHED, **details), MONDAY_NINE) == time


def test_a_later_word_on_the_same_visit_replaces_what_was_not_shown() -> None:
    here = office("phone")
    here.hears(told())
    here.hears(example(DispatchRevoked))
    first, second = (topic(each.message) for each in pushes(here))
    assert first == second
    assert len(first) == 32
    others = {topic(message(kind)) for kind in (MessageKind.SLA_AT_RISK, MessageKind.DISPATCH_FAILED)}
    assert len({first, *others}) == 3


def test_a_touch_opens_what_it_is_about() -> None:
    assert opens(message(MessageKind.TECHNICIAN_DISPATCHED)) == "/m#v/t1-1"
    anne = Message(MessageKind.TICKET_RECEIVED, contact("anne"), "acme", "t1", None, Details("INC-1"))
    assert opens(anne) == "/portal"


def test_a_visit_that_is_called_off_is_pushed_too() -> None:
    here = office("phone")
    here.hears(told())
    here.hears(example(VisitCancelled))
    assert MessageKind.TECHNICIAN_REVOKED in {each.message.kind for each in pushes(here)}
