"""Sites that ask for a permit are served by who holds it on that day."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from contracts.refusal import Refusal
from contracts.values import Priority, SiteAccess, VisitState
from services.dispatch.domain.technician import Certificate
from services.dispatch.planning.reasons import against
from services.dispatch.planning.travel import DEFAULT_TRAVEL
from services.dispatch.store.technicians import Technicians
from services.dispatch.usecases.assign_visit import AssignVisit
from services.dispatch.usecases.manage_technician import PutTechnician
from tests.services.dispatch.asking import body
from tests.services.dispatch.running import Running
from tests.services.dispatch.sample import Firm, need, technician
from tests.world import MONDAY_NINE

B2V = SiteAccess(permits=("B2V",))


def holding(*certificates: Certificate, **changes: Any) -> Firm:
    """Carl holds these; anna, who lives as near, holds none."""
    return Firm(technician("anna"), technician("carl", certificates=certificates, **changes))


def asked(firm: Firm, **changes: Any) -> str:
    return firm.ask(need(access=B2V, **changes), priority=Priority.P3).id


def test_only_who_holds_the_permit_is_sent() -> None:
    firm = holding(Certificate("b2v", "2026-03-02"))
    asked(firm)
    firm.plan()
    assert firm.visit().technician_id == "carl"


def test_work_that_nobody_goes_there_for_asks_for_no_permit() -> None:
    firm = holding()
    asked(firm, remote=True)
    firm.plan()
    assert firm.visit().technician_id == "anna"


def test_each_of_the_others_is_told_what_he_lacks() -> None:
    firm = holding(Certificate("B2V", "2026-03-01"))
    asked(firm)
    firm.plan()
    assert firm.visit().state is VisitState.FAILED
    assert {each.technician_id: each.rule for each in firm.visit().reasons} == {
        "anna": "permit-missing",
        "carl": "permit-expired",
    }
    roster, now = firm.roster(), firm.clock.now()
    words = [each.ruled_out().detail for each in against(roster, firm.visit(), now, (), 0)]
    assert words == ["n'a pas l'habilitation B2V exigée par le site", "son habilitation B2V est expirée"]


def test_a_permit_has_to_hold_on_the_day_of_the_visit() -> None:
    firm = holding(Certificate("B2V", "2026-03-02"))
    visit = firm.visit(asked(firm))
    tomorrow = MONDAY_NINE + timedelta(days=1)
    assert firm.roster().candidates(replace(visit, not_before_at=tomorrow), firm.clock.now()) == []
    with pytest.raises(Refusal, match="permit-expired"):
        firm.do(AssignVisit(visit.id, "carl", tomorrow, DEFAULT_TRAVEL))
    with pytest.raises(Refusal, match="permit-missing"):
        firm.do(AssignVisit(visit.id, "anna", MONDAY_NINE, DEFAULT_TRAVEL))


def test_who_loses_a_permit_loses_the_visits_that_ask_for_it() -> None:
    firm = holding(Certificate("B2V"))
    visit = asked(firm)
    firm.plan()
    assert firm.visit(visit).technician_id == "carl"
    firm.do(PutTechnician(replace(firm.have(Technicians, "carl"), certificates=())))
    assert firm.visit(visit).state is VisitState.WAITING


async def test_certificates_are_entered_and_shown(dispatch: Running, unique: str) -> None:
    held = [{"name": "B2V", "valid_until": "2027-01-31"}, {"name": "Induction Airbus", "valid_until": None}]
    async with dispatch.as_("dispatcher") as dispatcher:
        path = f"/v1/technicians/{unique}"
        created = await dispatcher.put(path, json=body(skills={}, certificates=held))
        assert created.status_code == 201, created.text
        assert (await dispatcher.get(path)).json()["certificates"] == held
        wrong = body(skills={}, certificates=[{"name": "B2V", "valid_until": "tomorrow"}])
        refused = await dispatcher.put(path, json=wrong)
        assert (refused.status_code, refused.json()["type"]) == (422, "/problems/invalid-body")
