"""A client is sent the report of a visit, or asked to sign it, by a link of his own."""

import re
from datetime import timedelta
from typing import Any

import pytest

from contracts.dispatch.reports import MadeBecause, ServiceReportMade, ServiceReportReminded, Signing
from contracts.values import Language, Outcome
from infra.chassis.http.signed import what_is_signed
from services.notify.domain.message import MessageKind
from services.notify.domain.preferences import Preferences, Wish
from services.notify.mail.compose import Names, Sender, compose
from services.notify.store.deliveries import Deliveries
from services.notify.store.preferences import PreferencesOf
from tests.services.notify.people import BRUNO, CLINIC, LEA, NORTH, Office, at, example
from tests.services.notify.sink import html_of, text_of
from tests.services.notify.test_appointments import SENDER
from tests.services.notify.test_mail import FIRM, NOW
from tests.services.notify.test_who_is_told import told

Fact = ServiceReportMade | ServiceReportReminded
LINK = re.compile(r"http://firm.example/v1/service-reports/([\w-]+)")


def made(**changes: Any) -> ServiceReportMade:
    return example(ServiceReportMade, **changes)


def mail(fact: Fact, language: Language = Language.FR, sender: Sender = SENDER) -> tuple[str, str]:
    """The subject and the text of bruno's mail."""
    office = Office()
    office.hears(fact)
    [found] = [each for each in office.all(Deliveries) if each.message.recipient.id == "contact-bruno"]
    bruno = BRUNO.model_copy(update={"language": language})
    composed = compose(found, Names(bruno, CLINIC, LEA, (NORTH,)), sender, NOW)
    assert LINK.findall(html_of(composed)) == LINK.findall(text_of(composed))
    return composed["Subject"], " ".join(text_of(composed).split())


@pytest.mark.parametrize(
    ("fact", "kind"),
    [
        (made(), "report-to-sign"),
        (made(signing=Signing.SIGNED), "service-report"),
        (made(signing=Signing.REFUSED), "service-report"),
        (made(outcome=Outcome.OUT_OF_SCOPE, signing=Signing.NONE), "service-report"),
        (example(ServiceReportReminded), "report-reminder"),
    ],
)
def test_who_asked_and_who_opened_the_door_are_told(fact: Fact, kind: str) -> None:
    office = Office()
    office.hears(fact)
    assert told(office) == [(kind, "contact-anne"), (kind, "contact-bruno")]


def test_of_a_visit_in_vain_the_mail_that_proves_it_is_enough_until_it_is_corrected() -> None:
    office = Office()
    in_vain = {"outcome": Outcome.USER_ABSENT, "signing": Signing.NONE}
    office.hears(made(**in_vain))
    assert told(office) == []
    office.hears(made(**in_vain, because=MadeBecause.CORRECTED, version=2))
    assert len(told(office)) == 2


def test_who_does_not_want_it_is_not_told() -> None:
    office = Office()
    for kind in (MessageKind.SERVICE_REPORT, MessageKind.REPORT_TO_SIGN):
        office.give(PreferencesOf, Preferences("contact:contact-anne", {kind: Wish.OFF}))
    office.hears(made())
    assert [each.message.recipient.id for each in office.all(Deliveries) if each.state == "unwanted"] == [
        "contact-anne"
    ]


@pytest.mark.parametrize(
    ("language", "asks", "until"),
    [
        (Language.FR, "personne n’a pu en signer le rapport", "mercredi 1er avril 2026"),
        (Language.EN, "nobody could sign the report", "Wednesday 1 April 2026"),
    ],
)
def test_the_link_is_for_one_person_one_version_and_thirty_days(
    language: Language, asks: str, until: str
) -> None:
    _, text = mail(made(), language)
    assert asks in text
    assert until in text
    [token] = LINK.findall(text)
    says = f"report/{made().visit_id}/1/contact-bruno"
    assert what_is_signed("a-key", token, at(8)) == says
    assert what_is_signed("a-key", token, at(8) + timedelta(days=31)) is None


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    ("fact", "french", "english"),
    [
        (made(signing=Signing.SIGNED), "rapport d’intervention,", "service report,"),
        (
            made(signing=Signing.SIGNED, because=MadeBecause.SIGNED),
            "rapport d’intervention signé,",
            "signed service report,",
        ),
        (
            made(signing=Signing.NONE, because=MadeBecause.CORRECTED),
            "rapport d’intervention corrigé,",
            "corrected service report,",
        ),
        (
            made(because=MadeBecause.CORRECTED),
            "rapport d’intervention à signer,",
            "service report to sign,",
        ),
        (example(ServiceReportReminded), "rappel, rapport", "reminder, service report"),
    ],
)
def test_the_subject_says_what_it_is(fact: Fact, french: str, english: str, language: Language) -> None:
    subject, _ = mail(fact, language)
    assert (french if language is Language.FR else english) in subject


def test_without_a_key_to_sign_links_he_finds_it_in_the_portal() -> None:
    _, text = mail(made(), sender=FIRM)
    assert f"/portal/requests/{made().ticket_id}" in text
    assert LINK.findall(text) == []
