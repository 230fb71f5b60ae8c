"""The life of a message: taken, sent, tried again, given up; and never settled by who lost it."""

from datetime import UTC, datetime, timedelta

from contracts.notify.events import NotificationFailed, NotificationSent
from infra.chassis.store.deliveries import AT_ONCE, MAX_ATTEMPTS, Lease, Outcome
from infra.chassis.store.unit import Entry
from services.notify.domain.delivery import Delivery, DeliveryState, delivery_id, without_addresses
from services.notify.domain.message import MessageKind
from services.notify.store.copies import Technicians
from services.notify.store.deliveries import Deliveries
from services.notify.usecases.look_up import Found, LookUp
from services.notify.usecases.settle_delivery import SettleDelivery
from services.notify.usecases.take_delivery import TakeDelivery
from tests.services.notify.people import (
    ANNE,
    CLINIC,
    LEA,
    NORTH,
    Office,
    TechnicianDispatched,
    TicketOpened,
    at,
    example,
    moved,
)

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
"""The system clock's time: it has nothing to do with the domain's."""


def lease(owner: str = "a", start: datetime = NOON) -> Lease:
    return Lease(owner, start, start + timedelta(seconds=30))


def office_with_one() -> tuple[Office, str]:
    office = Office()
    office.hears(moved(TechnicianDispatched, at(9, 30), requester_id=None, on_site_contact_id=None))
    [delivery] = office.all(Deliveries)
    return office, delivery.id


def test_a_message_is_marked_before_it_is_sent_and_told_after() -> None:
    office, id = office_with_one()
    taken = office.do(TakeDelivery(id, lease()))
    assert taken is not None
    assert office.have(Deliveries, id).state is DeliveryState.SENDING
    assert office.told(NotificationSent) == []
    office.do(SettleDelivery(id, Outcome("a")))
    after = office.have(Deliveries, id)
    assert (after.state, after.sent_at, after.attempt_at) == (DeliveryState.SENT, office.clock.now(), None)
    [sent] = office.told(NotificationSent)
    assert (sent.notification_id, sent.recipient_id) == (id, "tech-lea")


def test_who_is_sent_somewhere_waits_behind_nobody_who_is_told_how_things_stand() -> None:
    office = Office()
    office.hears(example(TicketOpened, requester_id=ANNE.contact_id))
    office.hears(moved(TechnicianDispatched, at(9, 30), requester_id=None, on_site_contact_id=None))
    due = {each.message.kind: each.attempt_at or NOON for each in office.all(Deliveries)}
    dispatched = due.pop(MessageKind.TECHNICIAN_DISPATCHED)
    assert set(due.values()) == {AT_ONCE}
    assert dispatched < AT_ONCE


def test_two_workers_cannot_both_take_a_message() -> None:
    office, id = office_with_one()
    assert office.do(TakeDelivery(id, lease("a"))) is not None
    assert office.do(TakeDelivery(id, lease("b"))) is None


def test_a_message_whose_worker_died_is_taken_over_when_its_lease_ends() -> None:
    office, id = office_with_one()
    office.do(TakeDelivery(id, lease("a")))
    again = office.do(TakeDelivery(id, lease("b", NOON + timedelta(seconds=30))))
    assert again is not None
    assert (again.id, again.attempts) == (id, 2)


def test_a_worker_that_lost_its_lease_settles_nothing() -> None:
    office, id = office_with_one()
    office.do(TakeDelivery(id, lease("a")))
    office.do(TakeDelivery(id, lease("b", NOON + timedelta(minutes=1))))
    office.do(SettleDelivery(id, Outcome("a", "550 no")))
    assert office.have(Deliveries, id).state is DeliveryState.SENDING
    office.do(SettleDelivery(id, Outcome("b")))
    office.do(SettleDelivery(id, Outcome("b")))
    assert len(office.told(NotificationSent)) == 1


def test_a_message_that_could_not_be_sent_is_due_again_later() -> None:
    office, id = office_with_one()
    office.do(TakeDelivery(id, lease()))
    office.do(SettleDelivery(id, Outcome("a", "refused", NOON + timedelta(seconds=5))))
    assert office.have(Deliveries, id).state is DeliveryState.QUEUED
    assert office.do(TakeDelivery(id, lease(start=NOON + timedelta(seconds=4)))) is None
    assert office.do(TakeDelivery(id, lease(start=NOON + timedelta(seconds=5)))) is not None
    assert office.told(NotificationFailed) == []


def test_a_message_refused_for_good_has_failed_and_says_so_without_naming_anybody() -> None:
    office, id = office_with_one()
    office.do(TakeDelivery(id, lease()))
    office.do(SettleDelivery(id, Outcome("a", "550 <lea@firm.example> unknown")))
    assert office.have(Deliveries, id).state is DeliveryState.FAILED
    [failed] = office.told(NotificationFailed)
    assert failed.reason == "550 <(address)> unknown"


def test_a_message_whose_every_attempt_dies_is_given_up() -> None:
    office, id = office_with_one()
    for attempt in range(MAX_ATTEMPTS):
        assert office.do(TakeDelivery(id, lease(start=NOON + attempt * timedelta(minutes=1)))) is not None
    assert office.do(TakeDelivery(id, lease(start=NOON + timedelta(days=1)))) is None
    assert office.have(Deliveries, id).state is DeliveryState.FAILED


def test_an_id_depends_on_event_recipient_and_kind_alone() -> None:
    _, id = office_with_one()
    again, _ = office_with_one()
    [delivery] = again.all(Deliveries)
    assert isinstance(delivery, Delivery)
    assert delivery.id == id
    assert delivery_id("another-event", delivery.message) != id


def test_a_reason_keeps_its_words_but_no_address() -> None:
    assert without_addresses("refused a.b+c@d.example, (x@y.example)") == "refused (address), ((address))"
    assert len(without_addresses("x" * 900)) == 500


def test_a_message_names_people_and_places_as_they_are_when_it_is_sent() -> None:
    office = Office()
    office.hears(moved(TechnicianDispatched, at(9, 30)))
    by_kind = {each.message.kind: each.message for each in office.all(Deliveries)}
    renamed = office.give(Technicians, LEA.model_copy(update={"name": "Léa Petit"}), "tech-lea")
    to_technician = office.do(LookUp(by_kind[MessageKind.TECHNICIAN_DISPATCHED]))
    assert to_technician == Found(renamed, CLINIC, renamed, (NORTH,))
    assert office.do(LookUp(by_kind[MessageKind.VISIT_PLANNED])).recipient == ANNE
    office.memory.entries[Technicians.name, "tech-lea"] = Entry(Technicians, "tech-lea", None, version=2)
    assert office.do(LookUp(by_kind[MessageKind.TECHNICIAN_DISPATCHED])).recipient is None
