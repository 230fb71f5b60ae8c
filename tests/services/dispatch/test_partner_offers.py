"""What is given to a partner's technician is offered to his firm: it answers by a link, or is passed over."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from contracts.dispatch.events import Attention, DispatchDeclined, TechnicianDispatched
from contracts.refusal import Refusal
from contracts.values import Priority, VisitState
from infra.chassis.http.signed import signed
from services.dispatch.domain.technician import Certificate, Partner
from services.dispatch.store.technicians import Technicians
from services.dispatch.usecases.answer_dispatch import AnswerOffer
from services.dispatch.usecases.assign_visit import AssignVisit
from services.dispatch.usecases.fire_visit import FireVisit
from services.dispatch.usecases.make_visit import Arrive
from services.dispatch.usecases.manage_technician import PutTechnician
from services.dispatch.usecases.pin_visit import PinVisit
from tests.services.dispatch.asking import ALWAYS, body, hire, open_ticket
from tests.services.dispatch.running import Running
from tests.services.dispatch.sample import MURET, Firm, need, technician
from tests.world import MONDAY_NINE

KEY = "a-key-that-only-this-test-has"
TWO_HOURS = timedelta(hours=2)
PAPERS = (Certificate("URSSAF", "2026-06-30"),)


def lent(id: str = "sub", **changes: Any) -> Any:
    return technician(id, partner=Partner("Sous & Fils", PAPERS, "office@sous.example"), **changes)


def test_it_is_offered_at_once_and_for_so_long_as_was_agreed() -> None:
    firm = Firm(lent())
    firm.ask(priority=Priority.P4)
    firm.do(AssignVisit("t1-1", "sub", MONDAY_NINE + timedelta(hours=30), firm.roster().travel))
    [told] = firm.told(TechnicianDispatched)
    assert told.offered
    assert told.acknowledge_by == MONDAY_NINE + TWO_HOURS, "there has to be time for the next"
    assert firm.visit().state is VisitState.DISPATCHED


def test_where_it_is_urgent_a_firm_has_a_quarter_of_an_hour() -> None:
    firm = Firm(lent())
    firm.ask(priority=Priority.P1)
    firm.plan()
    assert firm.told(TechnicianDispatched)[0].acknowledge_by == MONDAY_NINE + timedelta(minutes=15)


def test_a_firm_that_does_not_answer_is_passed_over_and_the_next_is_asked() -> None:
    firm = Firm(lent(), lent("other", home=MURET))
    firm.ask(priority=Priority.P3)
    firm.plan()
    assert firm.visit().technician_id == "sub"
    firm.advance(TWO_HOURS)
    firm.do(FireVisit("t1-1"))
    firm.plan()
    assert (firm.visit().technician_id, firm.visit().state) == ("other", VisitState.DISPATCHED)
    with pytest.raises(Refusal):
        firm.do(AnswerOffer("t1-1", "sub"))


def test_a_firm_answers_although_its_technician_works_elsewhere() -> None:
    firm = Firm(lent())
    for n in (1, 2):
        firm.ask(ticket_id=f"t{n}", priority=Priority.P3)
        start = MONDAY_NINE + timedelta(hours=5 * (n - 1))
        firm.do(AssignVisit(f"t{n}-1", "sub", start, firm.roster().travel))
    firm.do(AnswerOffer("t1-1", "sub"))
    firm.do(Arrive("t1-1"))
    firm.advance(TWO_HOURS)
    firm.do(FireVisit("t2-1"))
    assert firm.visit("t2-1").state is VisitState.WAITING


def test_a_pinned_visit_is_offered_once_more_for_its_link_has_ended() -> None:
    firm = Firm(lent())
    firm.ask(priority=Priority.P3)
    firm.do(AssignVisit("t1-1", "sub", MONDAY_NINE + timedelta(hours=5), firm.roster().travel))
    firm.do(PinVisit("t1-1", True))
    firm.advance(TWO_HOURS)
    firm.do(FireVisit("t1-1"))
    told = firm.told(TechnicianDispatched)
    assert [each.acknowledge_by for each in told] == [MONDAY_NINE + TWO_HOURS, MONDAY_NINE + 2 * TWO_HOURS]
    assert firm.visit().attention is Attention.NO_ANSWER
    firm.do(AnswerOffer("t1-1", "sub"))
    assert firm.visit().state is VisitState.ACKNOWLEDGED


def test_a_firm_that_declines_says_why_and_the_next_is_asked() -> None:
    firm = Firm(lent(), lent("other", home=MURET))
    firm.ask(priority=Priority.P3)
    firm.plan()
    for _ in range(2):
        firm.do(AnswerOffer("t1-1", "sub", "nobody is free"))
    [declined] = firm.told(DispatchDeclined)
    assert (declined.technician_id, declined.reason) == ("sub", "nobody is free")
    firm.plan()
    assert firm.visit().technician_id == "other"


def test_a_firm_whose_papers_have_expired_cannot_accept() -> None:
    firm = Firm(lent())
    firm.ask(priority=Priority.P3)
    firm.do(AssignVisit("t1-1", "sub", MONDAY_NINE + timedelta(hours=3), firm.roster().travel))
    expired = Partner("Sous & Fils", (Certificate("URSSAF", "2026-03-01"),))
    firm.give(Technicians, technician("sub", partner=expired))
    with pytest.raises(Refusal, match="papers-expired"):
        firm.do(AnswerOffer("t1-1", "sub"))
    firm.give(Technicians, lent())
    firm.do(PutTechnician(technician("sub", partner=expired)))
    assert firm.visit().state is VisitState.WAITING, "what he had is taken back, too"


def test_a_partners_technician_leads_where_it_takes_two_and_goes_along_with_nobody() -> None:
    firm = Firm(lent(), technician("anna", skills={}), lent("near", skills={}))
    firm.ask(need(technicians=2), priority=Priority.P3)
    order = AssignVisit("t1-1", "sub", MONDAY_NINE + timedelta(hours=1), firm.roster().travel)
    with pytest.raises(Refusal, match="partner-beside"):
        firm.do(replace(order, companion_ids=("near",)))
    firm.plan()
    assert (firm.visit().technician_id, firm.visit().companions) == ("sub", ("anna",))
    assert firm.told(TechnicianDispatched)[0].offered


def anybody(dispatch: Running, **headers: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(dispatch.app)
    return httpx.AsyncClient(transport=transport, base_url="http://dispatch", headers=headers)


def link(visit_id: str, technician_id: str, until: datetime, kind: str = "offer") -> str:
    return f"/v1/partner-offers/{signed(KEY, f'{kind}/{visit_id}/{technician_id}', until)}"


async def test_a_firm_answers_by_a_link_without_a_login(dispatch: Running, unique: str) -> None:
    dispatch.app.state.link_key = KEY
    sub, other = f"{unique}-sub", f"{unique}-other"
    papers = [{"name": "URSSAF", "valid_until": "2030-01-01"}]
    partner = {"firm": "Sous & Fils", "papers": papers, "email": "office@sous.example"}
    await hire(
        dispatch,
        unique,
        **{
            sub: body(shifts=ALWAYS, name="Sam", partner=partner),
            other: body(MURET, shifts=ALWAYS, name="Ola", partner={**partner, "answer_minutes": 30}),
        },
    )
    visit = await open_ticket(dispatch, unique, priority=Priority.P3)
    shown = await dispatch.comes_to(visit, "dispatched")
    assert shown["technician_id"] == sub
    until = datetime.fromisoformat(shown["acknowledge_by"])
    his = link(visit, sub, until)
    async with anybody(dispatch) as firm, anybody(dispatch, accept="text/html") as reader:
        offered = (await firm.get(his)).json()
        assert (offered["state"], offered["technician"], offered["summary"]) == (
            "offered",
            "Sam",
            "No network",
        )
        page = await reader.get(his, headers={"accept-language": "fr"})
        assert "Sam peut-il y être" in page.text
        assert "Accepter" in page.text
        for forged in (
            his[:-2] + "AA",
            link(visit, other, until, "appointment"),
            link(visit, "nobody", until),
        ):
            refused = await firm.get(forged)
            assert (refused.status_code, refused.json()["type"]) == (404, "/problems/no-such-link")
        why = await firm.post(his, json={"answer": "decline"})
        assert why.status_code == 422
        done = await reader.post(his, data={"answer": "decline", "reason": "Nobody is free"})
        assert done.status_code == 200, done.text
        assert (await firm.get(his)).json() == {
            "number": offered["number"], "state": "declined", "technician": "Sam",
            **dict.fromkeys(
                ("planned_start", "duration_minutes", "priority", "summary", "site", "place", "answer_by")
            ),
        }  # fmt: skip
        await dispatch.comes_to(visit, "dispatched")
        async with dispatch.as_("dispatcher") as dispatcher:
            now = (await dispatcher.get(f"/v1/visits/{visit}")).json()
        assert now["technician_id"] == other
        assert (await firm.post(his, json={"answer": "accept"})).status_code == 404, "it is another's by now"
        hers = link(visit, other, datetime.fromisoformat(now["acknowledge_by"]))
        for _ in range(2):
            accepted = await firm.post(hers, json={"answer": "accept"})
            assert (accepted.status_code, accepted.json()["state"]) == (200, "accepted")
        assert (await firm.post(hers, json={"answer": "accept", "reason": 1})).status_code == 422
        async with dispatch.as_("dispatcher") as dispatcher:
            assert (await dispatcher.get(f"/v1/visits/{visit}")).json()["state"] == "acknowledged"
        dispatch.clock.set(datetime.fromisoformat(now["acknowledge_by"]) + timedelta(minutes=1))
        assert (await firm.get(hers)).status_code == 404, "a link ends with the offer"
