"""Who is told of a major incident: each person concerned once, and who runs it of what is owed."""

from typing import Any

import pytest

from contracts.ticket.events import MajorIncidentUpdated
from contracts.ticket.majors import MajorIncidentDeclared, MajorUpdateDue
from contracts.values import Language
from services.notify.domain.staff import StaffMember, StaffRole
from services.notify.mail.compose import Names, compose
from services.notify.store.deliveries import Deliveries
from services.notify.store.staff import Staff
from tests.services.notify.people import Office, example
from tests.services.notify.sink import text_of
from tests.services.notify.test_mail import FIRM, NOW


def lead(office: Office, language: Language = Language.FR) -> StaffMember:
    staff = StaffMember("agent-paul", "Paul", StaffRole.AGENT, "paul@firm.example", language=language)
    return office.give(Staff, staff)


def test_those_whom_another_ticket_tells_are_told_by_that_one() -> None:
    office = Office()
    event = example(MajorIncidentUpdated)
    office.hears(event.model_copy(update={"told": (), "watcher_ids": ("contact-bruno",)}))
    assert office.all(Deliveries) == []
    office.hears(event)
    [delivery] = office.all(Deliveries)
    assert (delivery.message.kind, delivery.message.recipient.id) == (
        "major-incident-updated",
        "contact-anne",
    )


@pytest.mark.parametrize("model", [MajorIncidentDeclared, MajorUpdateDue])
def test_a_lead_who_is_nobody_of_the_staff_is_told_nothing(model: Any) -> None:
    office = Office()
    office.hears(example(model))
    assert office.all(Deliveries) == []


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (Language.FR, ("« Fibre coupée à Rennes »", "lundi 2 mars 2026 à 10 h 00", "2e fois de suite")),
        (Language.EN, ("“Fibre cut in Rennes”", "Monday 2 March 2026 at 10:00", "2 times in a row")),
    ],
)
def test_the_lead_reads_which_update_was_due_and_how_often_none_came(
    language: Language, sentences: tuple[str, ...]
) -> None:
    office = Office()
    paul = lead(office, language)
    office.hears(example(MajorUpdateDue))
    [delivery] = office.all(Deliveries)
    text = " ".join(text_of(compose(delivery, Names(paul), FIRM, NOW)).split())
    for sentence in sentences:
        assert sentence in text
