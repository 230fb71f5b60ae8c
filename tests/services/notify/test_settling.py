"""A plan is told once it rests: one message for one real change, and none for a change taken back."""

from datetime import datetime, timedelta
from typing import TypeVar

from contracts.dispatch.events import (
    CancelledBecause,
    DispatchFailed,
    DispatchRevoked,
    InterventionClosed,
    TechnicianDispatched,
    VisitCancelled,
    VisitPlanned,
    VisitRescheduled,
)
from contracts.values import Priority
from infra.chassis.store.deliveries import Lease
from services.notify.domain.delivery import Delivery, DeliveryState
from services.notify.domain.message import MessageKind
from services.notify.domain.timing import USUAL, Timing
from services.notify.store.deliveries import Deliveries
from services.notify.usecases.release_message import ReleaseMessage
from services.notify.usecases.take_delivery import TakeDelivery
from tests.services.notify.people import Office, at, example, moved

V = TypeVar("V", VisitPlanned, VisitRescheduled, TechnicianDispatched)

A_LITTLE = timedelta(seconds=10)


def calm(model: type[V], start: datetime) -> V:
    """An assignment of a visit that is not urgent."""
    return moved(model, start, priority=Priority.P3)


def let_pass(office: Office, time: timedelta = USUAL.plan_rests) -> None:
    """The timers fire as the service's loop would fire them."""
    office.advance(time)
    for each in office.all(Deliveries):
        office.do(ReleaseMessage(each.id))


def sendable(office: Office) -> list[tuple[str, str]]:
    """Kind and recipient of what may be sent, or was."""
    return sorted((d.message.kind.value, d.message.recipient.id) for d in released(office))


def released(office: Office) -> list[Delivery]:
    return [d for d in office.all(Deliveries) if d.attempt_at is not None]


def dispatched_and_told() -> Office:
    office = Office()
    office.hears(calm(TechnicianDispatched, at(9, 30)))
    let_pass(office)
    return office


def test_a_plan_is_not_sent_before_it_has_rested() -> None:
    office = Office()
    office.hears(calm(VisitPlanned, at(9, 30)))
    [delivery] = office.all(Deliveries)
    lease = Lease("a", at(8), at(9))
    assert delivery.settles_at == office.clock.now() + USUAL.plan_rests
    let_pass(office, USUAL.plan_rests - timedelta(seconds=1))
    assert office.do(TakeDelivery(delivery.id, lease)) is None
    let_pass(office, timedelta(seconds=1))
    assert office.do(TakeDelivery(delivery.id, lease)) is not None


def test_a_visit_moved_twice_in_half_a_minute_tells_each_once_where_it_ended() -> None:
    office = dispatched_and_told()
    before = sendable(office)
    office.hears(calm(VisitRescheduled, at(11)))
    let_pass(office, A_LITTLE)
    office.hears(calm(VisitRescheduled, at(14)))
    let_pass(office)
    new = [("technician-rescheduled", "tech-lea"), ("visit-rescheduled", "contact-anne")]
    assert sendable(office) == sorted(before + new)
    starts = {d.message.details.start_at for d in released(office) if d.message.recipient.id == "tech-lea"}
    assert starts == {at(9, 30), at(14)}
    let_pass(office, timedelta(hours=1))
    assert sendable(office) == sorted(before + new)


def test_a_visit_moved_back_to_what_is_known_tells_nothing() -> None:
    office = dispatched_and_told()
    before = sendable(office)
    office.hears(calm(VisitRescheduled, at(11)))
    let_pass(office, A_LITTLE)
    office.hears(calm(VisitRescheduled, at(9, 30)))
    let_pass(office)
    assert sendable(office) == before
    states = {d.state for d in office.all(Deliveries) if d.attempt_at is None}
    assert states == {DeliveryState.OVERTAKEN}


def test_a_visit_moved_again_after_it_was_told_tells_again() -> None:
    office = dispatched_and_told()
    for start in (at(11), at(9, 30)):
        office.hears(calm(VisitRescheduled, start))
        let_pass(office)
    assert [kind for kind, _ in sendable(office)].count("technician-rescheduled") == 2
    assert [kind for kind, _ in sendable(office)].count("visit-rescheduled") == 2


def test_a_first_promise_that_moves_before_it_is_told_is_still_the_first() -> None:
    office = Office()
    office.hears(calm(VisitPlanned, at(9, 30)))
    office.hears(calm(VisitRescheduled, at(11)))
    let_pass(office)
    [told] = released(office)
    assert told.message.kind is MessageKind.VISIT_PLANNED
    assert told.message.details.arrival_from == at(10, 45)


def test_an_event_that_leaves_a_plan_as_it_was_does_not_make_it_wait_longer() -> None:
    office = Office()
    office.hears(calm(VisitPlanned, at(9, 30)))
    let_pass(office, A_LITTLE)
    office.hears(calm(TechnicianDispatched, at(9, 30)))
    let_pass(office, USUAL.plan_rests - A_LITTLE)
    assert sendable(office) == [("technician-dispatched", "tech-lea"), ("visit-planned", "contact-anne")]
    assert len(office.all(Deliveries)) == 2


def test_a_plan_that_never_rests_is_told_all_the_same() -> None:
    office = Office()
    office.hears(calm(VisitPlanned, at(9, 30)))
    for n in range(USUAL.plan_rests_at_most // A_LITTLE):
        assert sendable(office) == []
        office.hears(calm(VisitRescheduled, at(10, n)))
        let_pass(office, A_LITTLE)
    assert sendable(office) == [("visit-planned", "contact-anne")]


def test_a_dispatch_waits_for_nothing() -> None:
    office = Office()
    office.hears(calm(TechnicianDispatched, at(9, 30)))
    assert sendable(office) == [("technician-dispatched", "tech-lea")]


def test_nothing_about_urgent_work_waits() -> None:
    office = Office()
    for start, model in ((at(9, 30), TechnicianDispatched), (at(11), VisitRescheduled)):
        office.hears(moved(model, start, priority=Priority.P2))
    assert len(sendable(office)) == len(office.all(Deliveries)) == 4


def test_work_that_becomes_urgent_is_told_at_once_and_in_place_of_what_waited() -> None:
    office = Office()
    office.hears(calm(VisitPlanned, at(14)))
    office.hears(moved(VisitRescheduled, at(9), priority=Priority.P1))
    assert sendable(office) == [("visit-planned", "contact-anne")]
    let_pass(office)
    [told] = released(office)
    assert told.message.details.arrival_to == at(9, 15)


def test_a_technician_called_off_while_his_new_time_waits_hears_only_that() -> None:
    office = dispatched_and_told()
    office.hears(calm(VisitRescheduled, at(11)))
    office.hears(example(DispatchRevoked))
    assert ("technician-revoked", "tech-lea") in sendable(office)
    let_pass(office)
    assert "technician-rescheduled" not in dict(sendable(office))
    assert ("visit-rescheduled", "contact-anne") in sendable(office)
    [revoked] = [d for d in released(office) if d.message.kind is MessageKind.TECHNICIAN_REVOKED]
    assert revoked.message.details.start_at == at(9, 30), "the time that he knew"


def test_a_plan_withdrawn_before_it_was_told_is_never_mentioned() -> None:
    for end in (
        example(VisitCancelled, reason=CancelledBecause.WITHDRAWN),
        example(DispatchFailed),
        example(InterventionClosed),
    ):
        office = Office()
        office.hears(calm(VisitPlanned, at(9, 30)))
        office.hears(end)
        let_pass(office)
        assert sendable(office) == []


def test_a_promise_that_was_told_is_taken_back_by_what_was_told() -> None:
    office = dispatched_and_told()
    office.hears(calm(VisitRescheduled, at(11)))
    office.hears(example(DispatchFailed))
    let_pass(office)
    [delayed] = [d for d in released(office) if d.message.kind is MessageKind.VISIT_DELAYED]
    assert delayed.message.details.arrival_from == at(9, 15)
    assert "visit-rescheduled" not in dict(sendable(office))


def test_a_firm_says_how_long_its_plans_rest_or_that_they_are_told_at_once() -> None:
    office = Office(Timing(plan_rests=timedelta(minutes=5)))
    office.hears(calm(VisitPlanned, at(9, 30)))
    let_pass(office, timedelta(minutes=5) - A_LITTLE)
    assert sendable(office) == []
    let_pass(office, A_LITTLE)
    assert sendable(office) != []
    hasty = Office(Timing(plan_rests=timedelta()))
    hasty.hears(calm(VisitPlanned, at(9, 30)))
    assert sendable(hasty) == sendable(office)
