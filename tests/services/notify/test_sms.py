"""What an SMS says, how long it is, and to which number it goes."""

from dataclasses import replace
from typing import Any

import pytest

from contracts.dispatch.events import TechnicianDispatched, TechnicianEnRoute
from contracts.ticket.events import Wording
from contracts.values import Language, Priority
from services.notify.domain.delivery import Delivery
from services.notify.domain.message import MessageKind, RecipientKind
from services.notify.domain.preferences import KINDS
from services.notify.mail.compose import Names, Sender
from services.notify.sms.alphabet import plain, size
from services.notify.sms.compose import MOST_PARTS, compose
from services.notify.sms.numbers import BadNumber, e164
from services.notify.store.deliveries import Deliveries
from tests.services.notify.people import ANNE, LEA, MARC, NORTH, Office, at, example, moved, site

SENDER = Sender("Firm", "firm@firm.example", "http://firm.example")
VISIT = example(TechnicianDispatched).visit_id
LINK = f"http://firm.example/v1/visits/{VISIT}"


@pytest.mark.parametrize(
    ("text", "encoding", "letters", "parts"),
    [
        ("", "GSM-7", 0, 1),
        ("é" * 160, "GSM-7", 160, 1),
        ("é" * 161, "GSM-7", 161, 2),
        ("é" * 306, "GSM-7", 306, 2),
        ("é" * 307, "GSM-7", 307, 3),
        ("€" * 80, "GSM-7", 160, 1),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3),
        ("ê" * 70, "UCS-2", 70, 1),
        ("ê" * 71, "UCS-2", 71, 2),
        ("ê" * 134, "UCS-2", 134, 2),
        ("ê" * 135, "UCS-2", 135, 3),
        ("🔥" * 35, "UCS-2", 70, 1),
        ("ê" * 66 + "🔥" + "ê" * 66, "UCS-2", 134, 3),
    ],
)
def test_parts_are_counted_as_gateways_count_them(text: str, encoding: str, letters: int, parts: int) -> None:
    counted = size(text)
    assert (counted.encoding, counted.letters, counted.parts) == (encoding, letters, parts)


def test_letters_without_their_accents_keep_a_text_short() -> None:
    assert plain("Hôpital d’Œuvre – façade « ça ira »…") == 'Hopital d\'OEuvre - facade " ca ira "...'
    assert plain("à éèùì Ç ñ ü") == "à éèùì Ç ñ ü", "these are letters of GSM-7"


def test_another_script_stays_as_it_is() -> None:
    assert plain("Жанна, ê") == "Жанна, ê"


@pytest.mark.parametrize(
    ("written", "country", "number"),
    [
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("06.12.34.56.78", "FR", "+33612345678"),
        ("+33 (0)6 12 34 56 78", "FR", "+33612345678"),
        ("0033612345678", "FR", "+33612345678"),
        ("0692 12 34 56", "FR", "+262692123456"),
        ("0690 12 34 56", "FR", "+590690123456"),
        ("0470 12 34 56", "BE", "+32470123456"),
        ("+32 470 12 34 56", "FR", "+32470123456"),
        ("06 39 98 01 23", "FR", "+33639980123"),
    ],
)
def test_a_number_is_understood_however_it_is_written(written: str, country: str, number: str) -> None:
    assert e164(written, country) == number


@pytest.mark.parametrize(
    "written", ["", "ask at the desk", "12", "04 78 12 34 56", "0800 12 34 56", "+33 6 12"]
)
def test_what_takes_no_sms_is_said_to_take_none(written: str) -> None:
    with pytest.raises(BadNumber):
        e164(written, "FR")


def dispatch_to_lea(**changes: Any) -> Delivery:
    office = Office()
    office.hears(moved(TechnicianDispatched, at(9, 30), acknowledge_by=at(8, 3), **changes))
    [found] = [
        each for each in office.all(Deliveries) if each.message.kind is MessageKind.TECHNICIAN_DISPATCHED
    ]
    return found


def test_a_dispatch_says_where_when_and_until_when_to_answer() -> None:
    text = compose(dispatch_to_lea(priority=Priority.P1), Names(LEA, technician=LEA, sites=(NORTH,)), SENDER)
    assert text == f"P1 INC-000042 : Pasteur Nord, 2/03 10h30. Confirmez avant 09h03. {LINK}"
    english = compose(
        dispatch_to_lea(priority=Priority.P1), Names(MARC, technician=MARC, sites=(NORTH,)), SENDER
    )
    assert english == f"P1 INC-000042: Pasteur Nord, 2 Mar 10:30. Confirm before 09:03. {LINK}"


def test_a_long_name_is_shortened_so_that_one_part_does() -> None:
    long = site("pasteur-nord", "Clinique Pasteur Nord, bâtiment des consultations externes et de l'imagerie")
    text = compose(dispatch_to_lea(), Names(LEA, technician=LEA, sites=(long,)), SENDER)
    assert size(text).parts == 1
    assert text.endswith(LINK)
    assert "Clinique Pasteur Nord, batiment" in text


def test_a_name_in_another_script_is_not_cut_to_nothing() -> None:
    athens = site("pasteur-nord", "Ελευθέριος Βενιζέλος Нова клініка")
    text = compose(dispatch_to_lea(), Names(LEA, technician=LEA, sites=(athens,)), SENDER)
    assert athens.name in text
    assert 1 < size(text).parts <= MOST_PARTS


def test_nothing_takes_more_than_three_parts() -> None:
    endless = site("pasteur-nord", "Нова " * 60)
    text = compose(dispatch_to_lea(), Names(LEA, technician=LEA, sites=(endless,)), SENDER)
    assert size(text).parts == MOST_PARTS
    assert text.endswith(f"... {LINK}")


def test_a_client_gets_no_link_and_learns_who_comes_when() -> None:
    office = Office()
    office.hears(example(TechnicianEnRoute))
    [delivery] = [each for each in office.all(Deliveries) if each.message.recipient.id == "contact-anne"]
    text = compose(delivery, Names(ANNE, technician=LEA, sites=(NORTH,)), SENDER)
    assert text == "INC-000042 : Léa Bernard est en route vers Pasteur Nord, arrivée vers 10h25."


EVERY_KIND = [(who, kind) for who, kinds in KINDS.items() for kind in kinds]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(("who", "kind"), EVERY_KIND, ids=[f"{who}-{kind}" for who, kind in EVERY_KIND])
def test_every_kind_of_message_can_be_said_in_few_words(
    who: RecipientKind, kind: MessageKind, language: Language
) -> None:
    delivery = dispatch_to_lea()
    message = replace(delivery.message, kind=kind, recipient=replace(delivery.message.recipient, kind=who))
    title = Wording(fr="Fibre coupée à Rennes", en="Fibre cut in Rennes")
    message = replace(message, details=replace(message.details, title=title))
    reader = LEA.model_copy(update={"language": language})
    text = compose(replace(delivery, message=message), Names(reader, technician=LEA, sites=(NORTH,)), SENDER)
    about_no_ticket = (MessageKind.MAJOR_INCIDENT_DECLARED, MessageKind.MAJOR_UPDATE_DUE, MessageKind.TIP)
    of_a_ticket = kind not in about_no_ticket and not kind.startswith("training-")
    assert ("INC-000042" if of_a_ticket else title.in_(language)) in text
    assert "\n" not in text
    assert size(text).parts <= 2
