"""In somebody's quiet hours he is told only what cannot wait, and why; the rest is one message afterwards."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.dispatch.events import (
    AppointmentOffered,
    DispatcherAsked,
    InterventionClosed,
    SignOfLifeMissed,
    SilenceTold,
    TechnicianDispatched,
    TechnicianEnRoute,
    VisitPlanned,
)
from contracts.notify.events import MessageChannel
from contracts.ticket.events import TicketClosed, TicketOpened, TicketResolved
from contracts.values import Language, Outcome, Priority
from services.notify.domain.delivery import Delivery, DeliveryState
from services.notify.domain.message import MessageKind, Recipient, contact, staff, technician
from services.notify.domain.next_step import next_step
from services.notify.domain.preferences import Wish, preferences_id
from services.notify.domain.push import Device, Devices
from services.notify.domain.quiet import Disturbs, QuietHours
from services.notify.domain.timing import Timing
from services.notify.mail.wording import disturbs as said
from services.notify.store.copies import Contacts, Technicians
from services.notify.store.deliveries import Deliveries
from services.notify.store.devices import DevicesOf
from services.notify.store.staff import Staff
from services.notify.usecases.put_preferences import PutPreferences
from services.notify.usecases.release_message import ReleaseMessage
from tests.services.notify.people import ANNE, LEA, SANDRINE, Office, at, example, moved
from tests.world import MONDAY_NINE

ALL = Timing(sms=True, push=True)
NIGHT = QuietHours("20:00", "07:00", "Europe/Paris")
TEN_AT_NIGHT = datetime(2026, 3, 2, 21, 0, tzinfo=UTC)
SEVEN = datetime(2026, 3, 3, 6, 0, tzinfo=UTC)


def silence(told: SilenceTold) -> SignOfLifeMissed:
    return example(SignOfLifeMissed, told=told, priority=Priority.P4)


def utc(*when: int) -> datetime:
    return datetime(*when, tzinfo=UTC)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("hours", "when", "over"),
    [
        (NIGHT, utc(2026, 3, 2, 18, 59), None),
        (NIGHT, utc(2026, 3, 2, 19, 0), SEVEN),
        (NIGHT, utc(2026, 3, 3, 5, 59), SEVEN),
        (NIGHT, SEVEN, None),
        (QuietHours("12:00", "14:00", "Europe/Paris"), utc(2026, 3, 2, 12), utc(2026, 3, 2, 13)),
        (QuietHours("12:00", "14:00", "Europe/Paris"), utc(2026, 3, 2, 13), None),
        (QuietHours("20:00", "07:00", "Indian/Reunion"), utc(2026, 3, 2, 17), utc(2026, 3, 3, 3)),
        (NIGHT, utc(2026, 3, 28, 22), utc(2026, 3, 29, 5)),
        (NIGHT, utc(2026, 10, 24, 22), utc(2026, 10, 25, 6)),
    ],
    ids=[
        "before", "it begins", "over midnight", "it ends", "at noon", "noon is over", "in his own zone",
        "the night that is an hour shorter", "the night that is an hour longer",
    ],
)  # fmt: skip
def test_quiet_hours_are_those_of_his_own_clock(
    hours: QuietHours, when: datetime, over: datetime | None
) -> None:
    assert hours.until(when) == over


def office(whom: Recipient, quiet: QuietHours = NIGHT, **wishes: Wish) -> Office:
    """Ten at night, with telephones for everybody."""
    made = Office(ALL)
    made.give(Technicians, LEA.model_copy(update={"phone": "06 12 34 56 78"}), "tech-lea")
    made.give(Contacts, ANNE.model_copy(update={"phone": "0612345670"}), "contact-anne")
    made.give(Staff, SANDRINE)
    for person in (technician("tech-lea"), contact("contact-anne"), staff("sandrine")):
        id = preferences_id(person)
        device = Device(f"browser-{person.id}", "https://push.example/1", "key", "auth", MONDAY_NINE)
        made.give(DevicesOf, Devices(id, (device,)))
    kinds = {MessageKind(kind.replace("_", "-")): wish for kind, wish in wishes.items()}
    made.do(PutPreferences(whom, kinds, quiet=quiet))
    made.clock.set(TEN_AT_NIGHT)
    return made


def to(here: Office, whom: Recipient) -> list[Delivery]:
    return [each for each in here.all(Deliveries) if each.message.recipient == whom]


def leaving(here: Office, whom: Recipient) -> set[tuple[str, str]]:
    """Channel and kind of what may go to him now."""
    return {
        (each.channel.value, each.message.kind.value)
        for each in to(here, whom)
        if each.state is DeliveryState.QUEUED and not each.settling
    }


def until(here: Office, when: datetime) -> None:
    here.clock.set(when)
    for each in here.all(Deliveries):
        here.do(ReleaseMessage(each.id, ALL))


HERS, CLIENT, BOARD = technician("tech-lea"), contact("contact-anne"), staff("sandrine")


def test_an_ordinary_message_waits_on_every_channel_and_says_so() -> None:
    here = office(CLIENT, ticket_resolved=Wish.SMS)
    here.hears(example(TicketResolved))
    [waiting] = to(here, CLIENT)
    assert (leaving(here, CLIENT), waiting.settles_at) == (set(), SEVEN)
    assert next_step(waiting).en == "It is told at settles_at, when his quiet hours are over."
    until(here, SEVEN - timedelta(seconds=1))
    assert leaving(here, CLIENT) == set()


def test_what_alone_waited_is_told_as_it_is_on_all_his_channels() -> None:
    here = office(CLIENT, ticket_resolved=Wish.SMS)
    here.hears(example(TicketResolved))
    until(here, SEVEN)
    assert leaving(here, CLIENT) == {(way, "ticket-resolved") for way in ("mail", "push")}
    until(here, SEVEN + timedelta(hours=1))
    assert len(to(here, CLIENT)) == 2


def test_several_that_waited_are_one_message() -> None:
    here = office(CLIENT)
    for event in (TicketOpened, TicketResolved, TicketClosed):
        here.hears(example(event))
        here.advance(timedelta(minutes=1))
    until(here, SEVEN)
    assert leaving(here, CLIENT) == {("mail", "digest"), ("push", "digest")}
    digest = next(each for each in to(here, CLIENT) if each.message.kind is MessageKind.DIGEST)
    assert digest.message.details.reason == "quiet-hours", "it is not his daily mail"
    kinds = [line.kind.value for line in digest.message.details.lines]
    assert kinds == ["ticket-received", "ticket-resolved", "ticket-closed"]


def test_outside_of_them_nothing_waits() -> None:
    here = office(CLIENT)
    here.clock.set(SEVEN)
    here.hears(example(TicketResolved))
    assert ("mail", "ticket-resolved") in leaving(here, CLIENT)


def test_urgent_work_breaks_them_and_says_why() -> None:
    here = office(HERS)
    by = TEN_AT_NIGHT + timedelta(minutes=3)
    start = TEN_AT_NIGHT + timedelta(hours=1)
    here.hears(moved(TechnicianDispatched, start, priority=Priority.P1, acknowledge_by=by, hours_from=by))
    assert {way for way, _ in leaving(here, HERS)} == {"mail", "push", "sms"}
    assert {each.disturbs for each in to(here, HERS)} == {Disturbs.URGENT}
    assert said(Disturbs.URGENT, Language.EN) == "Sent in your quiet hours: it is urgent."


def test_tomorrows_work_waits_and_is_told_by_itself() -> None:
    here = office(HERS)
    by, start = SEVEN + timedelta(hours=1), SEVEN + timedelta(hours=2)
    for number in (1, 2):
        names: dict[str, Any] = {"ticket_id": f"t{number}", "visit_id": f"t{number}-1"}
        timed: dict[str, Any] = {"acknowledge_by": by, "hours_from": by, "remind_at": TEN_AT_NIGHT}
        here.hears(moved(TechnicianDispatched, start, priority=Priority.P3, **timed, **names))
    assert leaving(here, HERS) == set(), "not even the SMS that reminds him"
    until(here, SEVEN)
    mails = [each for each in to(here, HERS) if each.channel is MessageChannel.MAIL]
    assert {each.message.kind for each in mails} == {MessageKind.TECHNICIAN_DISPATCHED}
    assert {way for way, _ in leaving(here, HERS)} == {"mail", "push", "sms"}
    assert {each.disturbs for each in to(here, HERS)} == {None}


@pytest.mark.parametrize(
    ("event", "whom", "why"),
    [
        (
            moved(
                TechnicianDispatched,
                SEVEN + timedelta(hours=2),
                priority=Priority.P3,
                acknowledge_by=SEVEN - timedelta(minutes=1),
            ),
            HERS,
            Disturbs.ANSWER_DUE,
        ),
        (example(InterventionClosed, outcome=Outcome.UNSAFE), BOARD, Disturbs.DANGER),
        (silence(SilenceTold.TECHNICIAN), HERS, Disturbs.DANGER),
        (silence(SilenceTold.DISPATCHER), BOARD, Disturbs.DANGER),
        (silence(SilenceTold.OVER), BOARD, Disturbs.DANGER),
        (example(DispatcherAsked, priority=Priority.P3), BOARD, Disturbs.ON_DUTY),
        (example(TechnicianEnRoute), CLIENT, Disturbs.AT_THE_DOOR),
        (example(AppointmentOffered, expires_at=SEVEN - timedelta(hours=1)), CLIENT, Disturbs.ANSWER_DUE),
        (example(AppointmentOffered, expires_at=SEVEN + timedelta(hours=1)), CLIENT, None),
        (moved(VisitPlanned, SEVEN - timedelta(hours=2), priority=Priority.P3), CLIENT, Disturbs.STARTS_SOON),
        (moved(VisitPlanned, SEVEN + timedelta(hours=9), priority=Priority.P3), CLIENT, None),
    ],
    ids=[
        "an answer is due in them", "somebody is in danger", "he is silent where he works alone",
        "nobody hears of him", "he is heard of again", "he is on duty", "somebody is at the door",
        "an offer that ends in them", "an offer that does not", "somebody comes in them",
        "somebody comes later",
    ],
)  # fmt: skip
def test_what_would_be_read_too_late_does_not_wait(event: Any, whom: Recipient, why: Disturbs | None) -> None:
    here = office(whom)
    if isinstance(event, AppointmentOffered):
        event = event.model_copy(update={"on_site_contact_id": "contact-anne"})
    here.hears(event)
    first = next(each for each in to(here, whom) if each.channel is MessageChannel.MAIL)
    assert (first.disturbs, first.hushed) == (why, why is None)


def test_what_is_turned_off_stays_off_and_a_daily_digest_waits_for_their_end() -> None:
    here = office(CLIENT, QuietHours("20:00", "09:00", "Europe/Paris"), ticket_closed=Wish.DIGEST)
    here.hears(example(TicketClosed))
    [waiting] = to(here, CLIENT)
    assert waiting.settles_at == SEVEN + timedelta(hours=2), "the firm's digest is written at eight"
    off = office(CLIENT, ticket_closed=Wish.OFF)
    off.hears(example(TicketClosed))
    assert [each.state for each in to(off, CLIENT)] == [DeliveryState.UNWANTED]


def test_a_plan_that_changes_meanwhile_is_told_as_it_stands_in_the_morning() -> None:
    here = office(CLIENT)
    planned = moved(VisitPlanned, at(9) + timedelta(days=1), priority=Priority.P3)
    here.hears(planned)
    here.hears(moved(VisitPlanned, at(14) + timedelta(days=1), priority=Priority.P3))
    until(here, SEVEN)
    states = sorted(each.state.value for each in to(here, CLIENT) if each.channel is MessageChannel.MAIL)
    assert states == ["overtaken", "queued"]
