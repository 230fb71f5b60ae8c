"""People choose how they are told; what cannot wait is told at once whatever they chose."""

from datetime import datetime, time, timedelta

import pytest

from contracts.refusal import Refusal
from contracts.ticket.events import TicketClosed, TicketOpened, TicketResolved
from contracts.values import Priority
from services.notify.domain.delivery import Delivery, DeliveryState
from services.notify.domain.message import MessageKind, Recipient, RecipientKind, contact, technician
from services.notify.domain.preferences import ALWAYS_AT_ONCE, KINDS, Wish
from services.notify.domain.timing import Timing
from services.notify.store.deliveries import Deliveries
from services.notify.usecases.put_preferences import PutPreferences
from services.notify.usecases.release_message import ReleaseMessage
from tests.services.notify.people import (
    Office,
    TechnicianDispatched,
    VisitPlanned,
    VisitRescheduled,
    at,
    example,
    moved,
)

ANNE = contact("contact-anne")
LEA = technician("tech-lea")
EIGHT_TOMORROW = at(7) + timedelta(days=1)
"""At eight in Paris; the office's day is Monday 2 March 2026, nine in the morning."""


def wanting(office: Office, whom: Recipient, **wishes: Wish) -> Office:
    office.do(PutPreferences(whom, {MessageKind(k.replace("_", "-")): wish for k, wish in wishes.items()}))
    return office


def states(office: Office) -> list[tuple[str, str]]:
    return sorted((each.message.kind.value, each.state.value) for each in office.all(Deliveries))


def digests(office: Office) -> list[Delivery]:
    return [each for each in office.all(Deliveries) if each.message.kind is MessageKind.DIGEST]


def until(office: Office, when: datetime) -> None:
    office.clock.set(when)
    for each in office.all(Deliveries):
        office.do(ReleaseMessage(each.id))


def test_everything_is_told_at_once_to_whoever_has_said_nothing() -> None:
    office = Office()
    office.hears(example(TicketOpened))
    [told] = office.all(Deliveries)
    assert (told.state, told.attempt_at is None) == (DeliveryState.QUEUED, False)


def test_what_is_turned_off_is_not_told_and_the_log_says_so() -> None:
    office = wanting(Office(), ANNE, ticket_received=Wish.OFF)
    office.hears(example(TicketOpened))
    office.hears(example(TicketResolved))
    assert states(office) == [("ticket-received", "unwanted"), ("ticket-resolved", "queued")]


def test_a_digest_is_one_mail_in_the_morning_of_all_that_happened() -> None:
    office = wanting(Office(), ANNE, ticket_received=Wish.DIGEST, ticket_resolved=Wish.DIGEST)
    office.hears(example(TicketOpened))
    office.advance(timedelta(hours=2))
    office.hears(example(TicketResolved))
    office.hears(example(TicketClosed))
    assert all(each.settles_at == EIGHT_TOMORROW for each in office.all(Deliveries) if each.settling)
    until(office, EIGHT_TOMORROW - timedelta(minutes=1))
    assert digests(office) == []
    until(office, EIGHT_TOMORROW)
    [digest] = digests(office)
    assert [line.kind for line in digest.message.details.lines] == ["ticket-received", "ticket-resolved"]
    assert digest.attempt_at is not None
    assert states(office) == [
        ("digest", "queued"),
        ("ticket-closed", "queued"),
        ("ticket-received", "in-digest"),
        ("ticket-resolved", "in-digest"),
    ]


def test_a_firm_says_at_what_hour_the_digest_goes() -> None:
    office = wanting(Office(Timing(digest_at=time(17, 30))), ANNE, ticket_closed=Wish.DIGEST)
    office.hears(example(TicketClosed))
    until(office, at(16, 29))
    assert digests(office) == []
    until(office, at(16, 30))
    assert len(digests(office)) == 1


def test_a_digest_is_written_once_and_the_next_day_has_its_own() -> None:
    office = wanting(Office(), ANNE, ticket_received=Wish.DIGEST)
    office.hears(example(TicketOpened))
    until(office, EIGHT_TOMORROW)
    until(office, EIGHT_TOMORROW + timedelta(minutes=5))
    assert len(digests(office)) == 1
    office.hears(example(TicketOpened))
    until(office, EIGHT_TOMORROW + timedelta(days=1))
    assert len(digests(office)) == 2


def test_a_plan_that_moves_before_the_morning_is_in_the_digest_as_it_stands_then() -> None:
    office = wanting(Office(), ANNE, visit_planned=Wish.DIGEST, visit_rescheduled=Wish.DIGEST)
    office.hears(moved(VisitPlanned, at(9, 30), priority=Priority.P3))
    office.advance(timedelta(hours=1))
    office.hears(moved(VisitRescheduled, at(14), priority=Priority.P3))
    until(office, EIGHT_TOMORROW)
    [digest] = digests(office)
    assert len(digest.message.details.lines) == 1
    assert ("visit-planned", "overtaken") in states(office)


def test_nobody_turns_off_what_sends_him_somewhere() -> None:
    with pytest.raises(Refusal, match="technician-dispatched") as refused:
        wanting(Office(), LEA, technician_dispatched=Wish.OFF)
    assert refused.value.slug == "message-cannot-wait"
    office = wanting(Office(), LEA, technician_dispatched=Wish.AT_ONCE)
    office.hears(moved(TechnicianDispatched, at(9, 30)))
    assert ("technician-dispatched", "queued") in states(office)


def test_nobody_chooses_how_to_be_told_what_he_is_never_told() -> None:
    with pytest.raises(Refusal) as refused:
        wanting(Office(), ANNE, sla_breached=Wish.OFF)
    assert refused.value.slug == "message-kind-not-his"


def test_every_kind_of_message_but_the_digest_is_somebodys_and_only_one_kind_of_persons() -> None:
    listed = [kind for kinds in KINDS.values() for kind in kinds]
    assert sorted(listed) == sorted(set(MessageKind) - {MessageKind.DIGEST})
    assert set(listed) >= ALWAYS_AT_ONCE
    assert set(KINDS) == set(RecipientKind)
