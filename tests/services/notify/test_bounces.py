"""A mail that comes back ends its address, somebody who can correct it is told, a new one is written to."""

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from contracts.notify.events import NotificationFailed
from contracts.refusal import NotFound
from contracts.ticket.events import TicketClosed, TicketOpened, TicketResolved
from infra.chassis.settings import SettingsError
from infra.chassis.store.deliveries import Lease, Outcome
from services.notify.domain.bounce import is_dead, refuses_address
from services.notify.domain.delivery import Delivery, DeliveryState
from services.notify.domain.message import MessageKind, contact
from services.notify.domain.next_step import next_step
from services.notify.domain.staff import StaffMember, StaffRole
from services.notify.mail.returned import ReturnPath, read
from services.notify.settings import Settings
from services.notify.store.copies import Contacts
from services.notify.store.deliveries import Deliveries
from services.notify.store.refused_addresses import RefusedAddresses
from services.notify.store.staff import Staff
from services.notify.usecases.refuse_address import TakeBounce, TryAddressAgain
from services.notify.usecases.settle_delivery import SettleDelivery
from services.notify.usecases.take_delivery import TakeDelivery
from tests.services.notify.people import ANNE, SANDRINE, Office, example
from tests.world import MONDAY_NINE

LATER = MONDAY_NINE + timedelta(days=1000)
PATHS = ReturnPath("back@firm.example", "k" * 32)
PAUL = StaffMember("paul", "Paul Roy", StaffRole.AGENT, email="paul@firm.example", on_duty=True)
HERS = contact("contact-anne")


@pytest.mark.parametrize(
    ("code", "words", "dead"),
    [
        (550, "5.1.1 <anne@clinique.example>: Recipient address rejected: User unknown", True),
        (550, "no such user here", True),
        (553, "mailbox name not allowed", True),
        (550, "5.7.1 message looks like spam", False),
        (552, "5.2.2 mailbox full", False),
        (554, "transaction failed", False),
        (550, "5.2.1 mailbox disabled", True),
        (550, "rejected by 15.1.1.20", True),
    ],
)
def test_only_what_says_that_nobody_is_there_ends_an_address(code: int, words: str, dead: bool) -> None:
    assert refuses_address(code, words) is dead


def test_a_status_that_says_nothing_precise_ends_no_address() -> None:
    assert [is_dead(each) for each in ("5.1.1", "5.0.0", "4.2.2", "")] == [True, False, False, False]


def office() -> Office:
    here = Office()
    here.give(Staff, PAUL)
    here.give(Staff, SANDRINE)
    return here


def hers(here: Office) -> list[Delivery]:
    return [each for each in here.all(Deliveries) if each.message.recipient == HERS]


def notices(here: Office) -> list[Delivery]:
    return [each for each in here.all(Deliveries) if each.message.kind is MessageKind.ADDRESS_REFUSED]


def ends(here: Office, delivery: Delivery, reason: str | None) -> None:
    here.do(TakeDelivery(delivery.id, Lease("a", LATER, LATER + timedelta(seconds=30))))
    here.do(SettleDelivery(delivery.id, Outcome("a", reason)))


def refused(here: Office) -> Office:
    here.hears(example(TicketOpened))
    ends(here, hers(here)[0], "address-refused: 550 5.1.1 anne@clinique.example unknown")
    return here


def test_an_address_that_is_refused_gets_nothing_more_and_the_hotline_is_told_once() -> None:
    here = refused(office())
    here.hears(example(TicketResolved))
    here.hears(example(TicketClosed))
    assert {each.state for each in hers(here)} == {DeliveryState.FAILED}
    [notice] = notices(here)
    assert (notice.message.recipient.id, notice.message.details.number) == ("paul", "contact-anne")
    assert next_step(hers(here)[0]).en.startswith("Correct the contact's e-mail")
    assert "@" not in repr([each.failure for each in hers(here)]) + repr(here.all(RefusedAddresses))


def test_another_address_is_written_to() -> None:
    here = refused(office())
    here.give(Contacts, ANNE.model_copy(update={"email": "anne.martin@clinique.example"}), "contact-anne")
    here.hears(example(TicketResolved))
    assert [each.state for each in hers(here)].count(DeliveryState.QUEUED) == 1


def test_the_same_address_is_written_to_again_once_somebody_says_so() -> None:
    here = refused(office())
    here.do(TryAddressAgain(HERS))
    here.hears(example(TicketResolved))
    assert [each.state for each in hers(here)].count(DeliveryState.QUEUED) == 1
    with pytest.raises(NotFound):
        here.do(TryAddressAgain(HERS))


def test_without_anybody_at_the_hotline_the_dispatchers_are_told() -> None:
    here = Office()
    here.give(Staff, SANDRINE)
    assert [each.message.recipient.id for each in notices(refused(here))] == ["sandrine"]


def sent(here: Office) -> Delivery:
    here.hears(example(TicketOpened))
    ends(here, hers(here)[0], None)
    [delivery] = hers(here)
    assert delivery.state is DeliveryState.SENT
    return delivery


def test_a_report_that_comes_back_later_counts_as_a_refusal_and_is_news_once() -> None:
    here = office()
    delivery = sent(here)
    bounce = TakeBounce(delivery.id, "5.1.1 unknown", "anne@clinique.example", dead=True)
    assert [here.do(bounce), here.do(bounce)] == [True, False]
    assert (len(here.told(NotificationFailed)), len(notices(here))) == (1, 1)


@pytest.mark.parametrize(
    ("address", "dead"), [("old@clinique.example", True), (None, True), ("anne@clinique.example", False)],
    ids=["of an address that he had", "of nobody", "of a full mailbox"],
)  # fmt: skip
def test_a_report_ends_no_address_but_the_one_that_it_is_of(address: str | None, dead: bool) -> None:
    here = office()
    here.do(TakeBounce(sent(here).id, "5.2.2 full", address, dead))
    assert ([each.state for each in hers(here)], notices(here)) == ([DeliveryState.FAILED], [])
    assert here.all(RefusedAddresses) == []


def report(to: str, *, action: str = "failed", status: str = "5.1.1") -> bytes:
    """As Postfix writes it."""
    return (
        f"From: MAILER-DAEMON@mx.example\r\nTo: {to}\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        "MIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nI'm sorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; anne@clinique.example\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 <anne@clinique.example>:\r\n user unknown\r\n\r\n"
        "--b--\r\n"
    ).encode()


ID = "a1" * 20


def test_a_report_is_read_by_the_address_that_it_came_back_to() -> None:
    found = read(report(PATHS.of(ID)), PATHS)
    assert found is not None
    assert (found.delivery_id, found.address, found.dead) == (ID, "anne@clinique.example", True)
    assert found.reason == "550 5.1.1 <anne@clinique.example>: user unknown"


@pytest.mark.parametrize(
    "raw",
    [
        report("back@firm.example"),
        report(f"back+{ID}.000000000000@firm.example"),
        report(PATHS.of(ID), action="delayed"),
        report(PATHS.of(ID)).replace(b"multipart/report", b"multipart/mixed"),
        b"",
        b"\xff\xfe: not a mail",
    ],
    ids=["to nobody", "forged", "delayed", "an answer of somebody's", "empty", "no mail"],
)
def test_what_is_no_report_about_a_mail_of_ours_is_left_alone(raw: bytes) -> None:
    assert read(raw, PATHS) is None


@pytest.mark.parametrize("raw", [b"To: <", b'To: "', b"To: a@[", b"Content-Type: multipart/report; x*"])
def test_a_mail_that_no_parser_understands_is_no_report(raw: bytes) -> None:
    assert read(raw, PATHS) is None


def test_a_return_address_fits_what_mail_servers_take() -> None:
    local = PATHS.of(ID).partition("@")[0]
    assert len(local) <= 64
    mail = EmailMessage()
    mail["To"] = PATHS.of(ID)
    assert PATHS.delivery(mail) == ID


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ("no", "it is no JSON object"),
        ('{"host": "imap.example"}', "host and user"),
        ('{"host": "imap.example", "user": "back@firm.example"}', "password_file"),
        ('{"host": "imap.example", "user": "back@firm.example", "tls": "none"}', "in clear"),
        ('{"host": "imap.example", "user": "a-very-long-name@firm.example"}', "at most 10 letters"),
        ('{"host": "imap.example", "user": "back@firm.example", "colour": 1}', "host and user"),
    ],
)
def test_a_mailbox_that_makes_no_sense_is_named(said: str, wrong: str) -> None:
    base: dict[str, Any] = {
        "ASTREINTE_KAFKA": "k:9092", "ASTREINTE_MONGODB": "mongodb://m", "ASTREINTE_LINK_KEY": "k" * 32,
    }  # fmt: skip
    with pytest.raises(SettingsError, match=f"ASTREINTE_BOUNCES: .*{wrong}"):
        Settings.from_environment({**base, "ASTREINTE_BOUNCES": said})
