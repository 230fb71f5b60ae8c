"""Contract managers are told of promises at risk, broken and kept after all, each once."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from contracts.refusal import UnknownReference
from contracts.ticket.sla import ClockState, SlaAtRisk, SlaBreached, SlaCorrected, SlaFact
from contracts.values import Language, Priority
from infra.chassis.store.unit import Entry
from services.notify.mail.compose import Names, compose
from services.notify.store.copies import Contracts
from services.notify.store.deliveries import Deliveries
from services.notify.store.staff import Staff
from tests.services.notify.people import CLAIRE, CLINIC, CONTRACT, NORTH, SANDRINE, Office, at, example
from tests.services.notify.sink import html_of, text_of
from tests.services.notify.test_mail import FIRM, NOW

RISK, BREACH = example(SlaAtRisk), example(SlaBreached)
TAKEN_BACK = example(SlaCorrected)


def office(*managers: str) -> Office:
    made = Office()
    managed = CONTRACT.model_copy(update={"managers": managers or ("claire", "nobody-of-the-staff")})
    made.give(Contracts, managed, "pasteur-2026")
    for each in (CLAIRE, SANDRINE):
        made.give(Staff, each, each.id)
    return made


def told(office: Office) -> list[tuple[str, str, int | None]]:
    """Kind, recipient and percentage of every message queued, in the order of their events."""
    found = sorted(office.all(Deliveries), key=lambda each: int(each.origin.event.rpartition(":")[2]))
    return [(d.message.kind.value, d.message.recipient.id, d.message.details.percent) for d in found]


def hears(office: Office, *events: SlaFact) -> list[tuple[str, str, int | None]]:
    for event in events:
        office.hears(event)
    return told(office)


def risk(percent: int, **changes: Any) -> SlaAtRisk:
    return RISK.model_copy(update={"threshold": percent, **changes})


def test_a_manager_is_told_at_75_and_90_percent_and_not_at_half_time() -> None:
    assert hears(office(), risk(50), risk(75), risk(90)) == [
        ("sla-at-risk", "claire", 75),
        ("sla-at-risk", "claire", 90),
    ]


def test_a_breach_is_told_once() -> None:
    desk = office()
    envelope = desk.hears(BREACH)
    desk.hears_again(BREACH, envelope)
    assert hears(desk, BREACH) == [("sla-breached", "claire", None)]


def test_each_percentage_is_told_once_for_each_promise() -> None:
    under_p2 = risk(75, priority=Priority.P2)
    assert [percent for _, _, percent in hears(office(), risk(75), risk(75), under_p2)] == [75, 75]


def test_clocks_of_other_targets_and_sites_are_told_on_their_own() -> None:
    other_target = BREACH.model_copy(update={"target": "GTI"})
    other_site = BREACH.model_copy(update={"site_id": "pasteur-sud", "site_ids": ("pasteur-sud",)})
    assert len(hears(office(), BREACH, other_target, other_site)) == 3


def test_a_breach_taken_back_is_told_and_one_that_comes_after_all_too() -> None:
    kinds = [kind for kind, _, _ in hears(office(), BREACH, TAKEN_BACK, TAKEN_BACK, BREACH)]
    assert kinds == ["sla-breached", "sla-corrected", "sla-breached"]


def test_a_breach_taken_back_under_another_priority_is_told() -> None:
    lower = TAKEN_BACK.model_copy(update={"priority": Priority.P3})
    assert [kind for kind, _, _ in hears(office(), BREACH, lower)] == ["sla-breached", "sla-corrected"]


def test_a_correction_of_what_nobody_was_told_is_not_told() -> None:
    assert hears(office(), TAKEN_BACK) == []


def test_a_breach_that_only_a_correction_shows_is_told_once() -> None:
    raised = TAKEN_BACK.model_copy(update={"state": ClockState.BREACHED, "breached_at": at(12, 30)})
    assert [kind for kind, _, _ in hears(office(), raised, raised, BREACH)] == ["sla-breached"]


def test_a_correction_that_leaves_the_breach_is_not_told() -> None:
    later = TAKEN_BACK.model_copy(update={"state": ClockState.BREACHED, "breached_at": at(12, 30)})
    assert [kind for kind, _, _ in hears(office(), BREACH, later)] == ["sla-breached"]


def test_a_risk_learned_of_when_the_time_is_over_is_not_told() -> None:
    desk = office()
    assert hears(desk, risk(90, due_at=desk.clock.now() - timedelta(minutes=1))) == []


def test_who_manages_another_contract_is_told_nothing() -> None:
    assert hears(office("nobody-of-the-staff"), BREACH) == []


def test_a_clock_waits_for_its_contract() -> None:
    desk = office()
    del desk.memory.entries[Contracts.name, "pasteur-2026"]
    with pytest.raises(UnknownReference) as missing:
        desk.hears(BREACH)
    assert (missing.value.kind, missing.value.id) == ("contract", "pasteur-2026")


def test_an_erased_contract_holds_nothing_up() -> None:
    desk = office()
    desk.memory.entries[Contracts.name, "pasteur-2026"] = Entry(Contracts, "pasteur-2026", None, version=4)
    assert hears(desk, BREACH) == []


def mail(*events: SlaFact, language: Language = Language.FR, zone: str = "Europe/Paris") -> tuple[str, str]:
    """Subject and text of the last message."""
    desk = office()
    hears(desk, *events)
    *_, last = sorted(desk.all(Deliveries), key=lambda each: int(each.origin.event.rpartition(":")[2]))
    reader = replace(CLAIRE, language=language)
    site = NORTH.model_copy(update={"time_zone": zone})
    written = compose(last, Names(reader, CLINIC, None, (site,)), FIRM, NOW)
    assert last.message.details.number in html_of(written)
    return written["Subject"], text_of(written)


def test_a_risk_says_target_site_and_when_it_is_due_there() -> None:
    subject, text = mail(risk(75))
    assert subject == "P1 INC-000042 : 75 % du délai GTR écoulés à Pasteur Nord"
    assert "Échéance : lundi 2 mars 2026 à 13 h 00" in text
    assert "Objet : Serveur de fichiers injoignable" in text
    assert "Numéro à rappeler : INC-000042." in text
    _, overseas = mail(risk(75), zone="Indian/Reunion")
    assert "Échéance : lundi 2 mars 2026 à 16 h 00" in overseas


def test_a_breach_and_its_end_are_told_in_the_readers_language() -> None:
    subject, text = mail(BREACH, language=Language.EN)
    assert subject == "P1 INC-000042: GTR breached at Pasteur Nord"
    assert "It was due: Monday 2 March 2026 at 13:00" in text
    subject, text = mail(BREACH, TAKEN_BACK, language=Language.EN)
    assert subject == "P1 INC-000042: GTR not breached after all at Pasteur Nord"
    assert "Kept: Monday 2 March 2026 at 12:50" in text
