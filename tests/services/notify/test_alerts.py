"""What the machine does not decide is told to the dispatchers on duty."""

from dataclasses import replace

import pytest

from contracts.dispatch.events import (
    Attention,
    DispatcherAsked,
    DispatchFailed,
    InterventionClosed,
    RuledOut,
    VisitFact,
)
from contracts.values import Language, Outcome
from infra.chassis.store.unit import Entry
from services.notify.domain.delivery import Delivery, DeliveryState
from services.notify.domain.staff import StaffMember, StaffRole
from services.notify.mail.compose import Names, compose
from services.notify.mail.wording import REASONS
from services.notify.store.deliveries import Deliveries
from services.notify.store.staff import Staff
from tests.services.notify.people import CLINIC, LEA, MARC, NORTH, SANDRINE, Office, example
from tests.services.notify.sink import text_of
from tests.services.notify.test_mail import FIRM, NOW

OFF = StaffMember("omar", "Omar", StaffRole.DISPATCHER, email="omar@firm.example", on_duty=False)
AGENT = StaffMember("nadia", "Nadia", StaffRole.AGENT, email="nadia@firm.example", on_duty=True)


def desk(*people: StaffMember) -> Office:
    office = Office()
    for each in people or (SANDRINE, OFF, AGENT):
        office.give(Staff, each, each.id)
    return office


def alerted(office: Office) -> list[tuple[str, str]]:
    told = (each.message for each in office.all(Deliveries) if each.message.recipient.kind == "staff")
    return sorted((each.kind.value, each.recipient.id) for each in told)


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (example(DispatchFailed), "dispatch-failed"),
        (example(DispatcherAsked), "dispatcher-asked"),
        (example(InterventionClosed, outcome=Outcome.UNSAFE), "intervention-unsafe"),
    ],
)
def test_the_dispatcher_on_duty_is_told_once(event: VisitFact, kind: str) -> None:
    office = desk()
    envelope = office.hears(event)
    office.hears_again(event, envelope)
    assert alerted(office) == [(kind, "sandrine")]


@pytest.mark.parametrize("outcome", [each for each in Outcome if each is not Outcome.UNSAFE])
def test_a_visit_that_ends_without_danger_asks_nothing_of_the_dispatcher(outcome: Outcome) -> None:
    office = desk()
    office.hears(example(InterventionClosed, outcome=outcome))
    assert alerted(office) == []


def test_every_dispatcher_on_duty_is_told() -> None:
    office = desk(SANDRINE, replace(OFF, on_duty=True))
    office.hears(example(DispatchFailed))
    assert alerted(office) == [("dispatch-failed", "omar"), ("dispatch-failed", "sandrine")]


def test_a_firm_without_staff_holds_nothing_up() -> None:
    office = Office()
    office.hears(example(DispatchFailed))
    assert alerted(office) == []


def test_a_dispatcher_without_address_leaves_a_failed_message() -> None:
    office = desk(replace(SANDRINE, email=None))
    office.hears(example(DispatchFailed))
    [delivery] = office.all(Deliveries)
    assert delivery.state is DeliveryState.FAILED
    assert (delivery.failure or "").startswith("no-address: staff sandrine")


def test_whoever_is_erased_meanwhile_is_told_nothing() -> None:
    office = desk()
    office.memory.entries[Staff.name, "sandrine"] = Entry(Staff, "sandrine", None, version=4)
    office.hears(example(DispatchFailed))
    assert alerted(office) == []


def mail(event: VisitFact, reader: StaffMember = SANDRINE) -> tuple[str, str]:
    """Subject and text as the dispatcher reads them."""
    office = desk()
    office.hears(event)
    delivery: Delivery
    [delivery] = [each for each in office.all(Deliveries) if each.message.recipient.kind == "staff"]
    written = compose(delivery, Names(reader, CLINIC, LEA, (NORTH,), (LEA, MARC)), FIRM, NOW)
    return written["Subject"], text_of(written)


def test_who_cannot_go_and_why_is_in_the_mail() -> None:
    reason = RuledOut(
        technician_id="tech-marc",
        rule="skill",
        detail="il faut serveur 2, il a 1",
        detail_en="server 2 is needed, he has 1",
    )
    gone = RuledOut(technician_id="tech-gone", rule="skill", detail="rien")
    event = example(DispatchFailed, reasons=(reason, gone))
    subject, french = mail(event)
    assert subject == "P1 INC-000042 : personne pour Pasteur Nord"
    assert "- Marc Petit – il faut serveur 2, il a 1\n- tech-gone – rien" in french
    assert "Clinique Pasteur" in french
    assert "Numéro à rappeler : INC-000042." in french
    _, english = mail(event, replace(SANDRINE, language=Language.EN))
    assert "- Marc Petit – server 2 is needed, he has 1" in english


def test_why_the_dispatcher_is_asked_is_in_the_mail() -> None:
    subject, text = mail(example(DispatcherAsked))
    assert subject == "P1 INC-000042 : à décider pour Pasteur Nord (pas de réponse dans le délai)"
    assert "Cette visite reste à Léa Bernard" in text


def test_a_danger_is_told_with_the_place_and_who_found_it() -> None:
    subject, text = mail(example(InterventionClosed, outcome=Outcome.UNSAFE, work_done="Fils dénudés"))
    assert subject == "INC-000042 : danger à Pasteur Nord"
    assert "Léa Bernard a dû renoncer" in text
    assert "Compte rendu : Fils dénudés" in text


@pytest.mark.parametrize("language", list(Language))
def test_every_reason_to_ask_has_words(language: Language) -> None:
    said_otherwise = {Attention.NOBODY_CAN_SERVE}
    assert set(Attention) - said_otherwise <= REASONS[language].keys()
