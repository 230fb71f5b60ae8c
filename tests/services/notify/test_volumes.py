"""A contract's managers and who answers for the customer are told that a volume runs out."""

from dataclasses import replace

import pytest

from contracts.audience import Reach, Viewer
from contracts.ticket.agreed import VolumeReached
from contracts.values import Language
from services.notify.domain.line import line_of_ticket
from services.notify.domain.message import MessageKind
from services.notify.mail.compose import Names, compose
from services.notify.store.copies import Contacts, Contracts
from services.notify.store.deliveries import Deliveries
from services.notify.store.staff import Staff
from tests.contracts.messages import envelope_of
from tests.services.notify.people import ANNE, CLAIRE, CLINIC, CONTRACT, SANDRINE, Office, example
from tests.services.notify.sink import html_of, text_of
from tests.services.notify.test_mail import FIRM, NOW

REACHED = example(VolumeReached)
MAX = ANNE.model_copy(
    update={"contact_id": "max", "name": "Max", "email": "max@clinique.example", "role": "customer-manager"}
)
ANOTHERS = MAX.model_copy(update={"contact_id": "zoe", "customer_id": "mairie"})


def office() -> Office:
    made = Office()
    made.give(Contracts, CONTRACT.model_copy(update={"managers": ("claire", "gone")}), "pasteur-2026")
    for member in (CLAIRE, SANDRINE):
        made.give(Staff, member, member.id)
    for contact in (MAX, ANOTHERS):
        made.give(Contacts, contact, contact.contact_id)
    return made


def told(office: Office) -> list[tuple[str, str, int | None]]:
    found = [each.message for each in office.all(Deliveries)]
    return sorted((m.kind.value, m.recipient.id, m.details.percent) for m in found)


def test_its_manager_and_the_clients_are_told_once_and_nobody_else() -> None:
    desk = office()
    envelope = desk.hears(REACHED)
    desk.hears_again(REACHED, envelope)
    assert told(desk) == [("volume-reached", "claire", 80), ("volume-used", "max", 80)]


def test_each_threshold_is_told_on_its_own() -> None:
    desk = office()
    desk.hears(REACHED)
    desk.hears(REACHED.model_copy(update={"threshold": 100}))
    assert [percent for kind, _, percent in told(desk) if kind == "volume-used"] == [80, 100]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.FR, ("Utilisé : 8 h 15", "Inclus : 10 h", "jeudi 31 décembre 2026", "Infogérance 2026")),
        (Language.EN, ("Used: 8 h 15", "Included: 10 h", "Thursday 31 December 2026", "Infogérance 2026")),
    ],
)
@pytest.mark.parametrize("kind", [MessageKind.VOLUME_REACHED, MessageKind.VOLUME_USED])
def test_the_mail_says_what_is_used_of_what_and_until_when(
    kind: MessageKind, language: Language, words: tuple[str, ...]
) -> None:
    desk = office()
    desk.hears(REACHED)
    [delivery] = [each for each in desk.all(Deliveries) if each.message.kind is kind]
    reader = replace(CLAIRE, language=language)
    mail = compose(delivery, Names(reader, CLINIC, contract=CONTRACT), FIRM, NOW)
    assert "80" in mail["Subject"]
    assert all(word in text_of(mail) for word in words), text_of(mail)
    assert all(word.rpartition(" : ")[2].rpartition(": ")[2] in html_of(mail) for word in words)


def test_a_month_is_named_and_a_book_is_not() -> None:
    desk = office()
    desk.hears(REACHED.model_copy(update={"period": "2026-03", "expiry": None}))
    [delivery] = [each for each in desk.all(Deliveries) if each.message.recipient.id == "claire"]
    mail = compose(delivery, Names(CLAIRE, CLINIC, contract=CONTRACT), FIRM, NOW)
    assert "for the month 2026-03." in text_of(mail)
    assert "Valid until" not in text_of(mail)


def test_on_the_live_stream_it_is_for_who_answers_for_the_money() -> None:
    readers = set(line_of_ticket(REACHED, envelope_of(REACHED)).readers)
    clinic = REACHED.customer_id

    def reads(reach: Reach, *, confidential: bool = False, contracts: tuple[str, ...] = ()) -> bool:
        customer = clinic if reach in (Reach.CUSTOMER, Reach.OWN) else None
        who = Viewer(REACHED.requester_id or "", reach, customer, confidential, contracts=contracts)
        return not who.names.isdisjoint(readers)

    assert reads(Reach.CONTRACTS, contracts=("pasteur-2026",))
    assert reads(Reach.CUSTOMER, confidential=True)
    assert not reads(Reach.CONTRACTS, contracts=("another",))
    assert not reads(Reach.CUSTOMER)
    assert not reads(Reach.OWN)
