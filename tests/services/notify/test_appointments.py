"""A client is asked when somebody may come, reminded of it, and told when somebody came in vain."""

import re
from datetime import timedelta
from typing import Any

import pytest

from contracts.dispatch.events import (
    AppointmentChosen,
    AppointmentDeclined,
    AppointmentOffered,
    AppointmentReminded,
    ContactAttempt,
    ContactChannel,
    InterventionClosed,
    TechnicianEnRoute,
    VisitFact,
    VisitPlanned,
    VisitRescheduled,
)
from contracts.values import Language, Outcome
from infra.chassis.http.signed import what_is_signed
from services.notify.mail.compose import Names, Sender, compose
from services.notify.store.deliveries import Deliveries
from services.notify.store.staff import Staff
from tests.services.notify.people import BRUNO, CLINIC, LEA, NORTH, SANDRINE, Office, at, example, moved
from tests.services.notify.sink import html_of, text_of
from tests.services.notify.test_mail import FIRM, NOW
from tests.services.notify.test_who_is_told import told

SENDER = Sender("Dépannage Rhône", "astreinte@firm.example", "http://firm.example", "a-key")
ALONE: dict[str, Any] = {"on_site_contact_id": None}
"""Who asked waits on the spot himself."""


def mail(kind: str, *events: VisitFact, language: Language = Language.FR, sender: Sender = SENDER) -> str:
    """The text of the mail of that kind to who waits on the spot, once these have happened."""
    office = Office()
    for event in events:
        office.hears(event)
    [found] = [
        each
        for each in office.all(Deliveries)
        if (each.message.kind, each.message.recipient.id) == (kind, "contact-bruno")
    ]
    bruno = BRUNO.model_copy(update={"language": language})
    composed = compose(found, Names(bruno, CLINIC, LEA, (NORTH,)), sender, NOW)
    in_page = re.findall(r'href="(http://firm.example/v1/appointments/[^"]+)"', html_of(composed))
    assert in_page == re.findall(r"http://firm.example/v1/appointments/\S+", text_of(composed))
    return text_of(composed)


@pytest.mark.parametrize(
    ("language", "asks", "first", "without"),
    [
        (Language.FR, "Quand notre technicien peut-il passer", "lundi 2 mars 2026 entre 15 h 00 et 17 h 00",
         "Appelez-nous pour choisir"),
        (Language.EN, "When may our technician come", "Monday 2 March 2026 between 15:00 and 17:00",
         "Call us to choose"),
    ],
)  # fmt: skip
def test_who_opens_the_door_chooses_by_a_link_for_each_window(
    language: Language, asks: str, first: str, without: str
) -> None:
    text = mail("appointment-offered", example(AppointmentOffered), language=language)
    assert asks in text
    assert first in text
    links = re.findall(r"http://firm.example/v1/appointments/(\S+)\?slot=(\d)", text)
    assert [slot for _, slot in links] == ["1", "2"]
    visit = example(AppointmentOffered).visit_id
    assert {what_is_signed("a-key", token, at(8)) for token, _ in links} == {f"appointment/{visit}"}
    late = at(9) + timedelta(days=1)
    assert {what_is_signed("a-key", token, late) for token, _ in links} == {None}
    assert without in mail("appointment-offered", example(AppointmentOffered), language=language, sender=FIRM)


def test_what_was_chosen_is_confirmed_once() -> None:
    window = {name: getattr(example(AppointmentChosen), name) for name in ("arrival_from", "arrival_to")}
    office = Office()
    office.hears(example(AppointmentChosen, **ALONE))
    office.hears(moved(VisitRescheduled, at(9) + timedelta(days=1), **ALONE).model_copy(update=window))
    assert told(office) == [("appointment-confirmed", "contact-anne")]
    apart = Office()
    apart.hears(example(AppointmentChosen))
    apart.hears(moved(VisitRescheduled, at(9) + timedelta(days=1)).model_copy(update=window))
    assert told(apart) == [("appointment-confirmed", "contact-bruno"), ("visit-planned", "contact-anne")]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.FR, ("Léa Bernard arrivera mardi 3 mars 2026 entre 10 h 00 et 12 h 00",)),
        (Language.EN, ("Léa Bernard will arrive Tuesday 3 March 2026 between 10:00 and 12:00",)),
    ],
)
def test_the_day_before_he_is_reminded_of_who_comes_when(language: Language, words: tuple[str, ...]) -> None:
    text = " ".join(mail("appointment-reminder", example(AppointmentReminded), language=language).split())
    assert all(each in text for each in words)


@pytest.mark.parametrize("language", Language)
def test_who_is_on_his_way_is_announced_with_the_window_that_was_promised(language: Language) -> None:
    planned = moved(VisitPlanned, at(9, 30))
    text = mail("technician-en-route", planned, example(TechnicianEnRoute), language=language)
    expected, window = {
        Language.FR: ("10 h 25", "lundi 2 mars 2026 entre 10 h 15 et 10 h 45"),
        Language.EN: ("10:25", "Monday 2 March 2026 between 10:15 and 10:45"),
    }[language]
    assert expected in text
    assert window in text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.FR, ("n’a trouvé personne", "entre 10 h 15 et 10 h 45", "20 min", "10 h 25 · téléphone")),
        (Language.EN, ("found nobody", "between 10:15 and 10:45", "20 min", "10:25 · telephone")),
    ],
)
def test_a_visit_in_vain_is_told_to_both_with_what_proves_it(
    language: Language, words: tuple[str, ...]
) -> None:
    closed = example(
        InterventionClosed,
        outcome=Outcome.USER_ABSENT,
        started_at=None,
        ended_at=at(9, 40),
        waiting_minutes=None,
        contact_attempts=(ContactAttempt(at=at(9, 25), channel=ContactChannel.PHONE),),
    )
    text = mail("visit-in-vain", moved(VisitPlanned, at(9, 30)), closed, language=language)
    assert all(each in text for each in words), text
    office = Office()
    office.hears(closed)
    assert told(office) == [("visit-in-vain", "contact-anne"), ("visit-in-vain", "contact-bruno")]


def test_that_no_window_suits_is_told_to_the_dispatchers_on_duty() -> None:
    office = Office()
    office.give(Staff, SANDRINE, "sandrine")
    office.hears(example(AppointmentDeclined))
    assert told(office) == [("appointment-declined", "sandrine")]
