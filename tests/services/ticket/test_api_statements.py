"""A contract's months over the API, on the real servers: seen, contested, frozen, corrected."""

import io
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from logging import getLogger
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook

from contracts.values import rfc3339
from infra.chassis.crew import Crew
from services.ticket.domain.commitment import Month
from services.ticket.statements.freezing import Freezing
from services.ticket.statements.gathering import gathered
from services.ticket.store.contracts import ContractRevisions, Contracts
from services.ticket.store.revisions import Revisions
from tests.servers import RealServers
from tests.services.ticket.running import Firm, a_firm, created, done, post_ticket, problem, running

NOW = datetime.now(UTC)
THIS = Month(NOW.year, NOW.month)
LAST = THIS.preceding
BEFORE = LAST.preceding
TENTH = datetime(BEFORE.year, BEFORE.month, 10, 9, tzinfo=UTC)
SCALE = {
    "currency": "EUR",
    "base": "1000.00",
    "rules": [
        {"name": "late", "per": "hour", "amount": "25.00", "targets": ["repair"]},
        {"name": "rate", "per": "rate", "percent": "1.00", "rate": "90", "priorities": ["P3"]},
    ],
}


def agreed(firm: Firm, **changes: Any) -> dict[str, Any]:
    """Repaired within four hours at any time of day."""
    repair = {
        "name": "repair",
        "minutes": 240,
        "calendar": "always",
        "met_by": "resolved",
        "stops_on": ["waiting-for-client"],
    }
    targets = {f"P{n}": [repair] for n in range(1, 6)}
    more = {"penalties": SCALE, "managers": ["claire"], "sites": [firm.nord]}
    return firm.contract(targets=targets, **more, **changes)


async def a_ticket(firm: Firm, agent: httpx.AsyncClient, hours: float, **more: Any) -> dict[str, Any]:
    """Declared on the tenth at nine and repaired so many hours later; typed in today."""
    body = firm.asked(firm.nord, customer_id=firm.pasteur, occurred_at=rfc3339(TENTH), **more)
    ticket = created(await post_ticket(agent, body))
    end = {"work_done": "Réparé", "occurred_at": rfc3339(TENTH + timedelta(hours=hours))}
    return done(await agent.post(f"/v1/tickets/{ticket['id']}/resolve", json=end))


async def a_month(firm: Firm) -> tuple[dict[str, Any], dict[str, Any]]:
    """One ticket kept, one two hours late."""
    async with firm.service.as_("admin") as admin, firm.agent() as agent:
        created(await admin.put(f"/v1/contracts/{firm.name}-s", json=agreed(firm)))
        return await a_ticket(firm, agent, 2), await a_ticket(firm, agent, 6)


def manager(firm: Firm) -> httpx.AsyncClient:
    return firm.service.as_("contract-manager", subject="claire")


def customers(firm: Firm) -> httpx.AsyncClient:
    return firm.service.as_("customer-manager", firm.pasteur, "dr-martin")


def of(firm: Firm, month: Month = BEFORE) -> str:
    return f"/v1/contracts/{firm.name}-s/statements/{month}"


async def test_a_month_says_what_was_kept_and_broken_and_what_that_costs_down_to_the_minute(
    firm: Firm,
) -> None:
    kept, late = await a_month(firm)
    async with manager(firm) as claire:
        shown = done(await claire.get(of(firm)))
    said = shown["statement"]
    assert (shown["state"], shown["version"], said["kept"], said["broken"]) == ("provisional", None, 1, 1)
    assert said["percent"] == 50.0
    by_ticket = {each["ticket_id"]: each for each in said["commitments"]}
    assert by_ticket[kept["id"]]["outcome"] == "kept"
    broken = by_ticket[late["id"]]
    assert (broken["outcome"], broken["late_minutes"]) == ("broken", 120)
    assert broken["breached_at"] == rfc3339(TENTH + timedelta(hours=4))
    assert broken["reasons"][0]["sentence"]["fr"].startswith("Compté : du ")
    assert broken["reasons"][0]["line_id"] == f"{late['id']}:0"
    hours, rate = said["penalties"]["lines"]
    assert (hours["rule"], hours["quantity"], hours["amount"]) == ("late", 2, "50.00")
    assert (rate["kept"], rate["counted"], rate["quantity"], rate["amount"]) == (1, 2, 40, "400.00")
    assert said["penalties"]["total"] == "450.00"


async def test_frozen_it_is_the_same_bytes_whatever_is_learned_and_a_correction_lists_what_changed(
    firm: Firm,
) -> None:
    _, late = await a_month(firm)
    async with manager(firm) as claire, firm.agent() as agent:
        problem(await claire.post(f"{of(firm)}/correct", json={"reason": "?"}), 422, "statement-provisional")
        frozen = done(await claire.post(f"{of(firm)}/freeze", headers={"Idempotency-Key": "f1"}))
        again = done(await claire.post(f"{of(firm)}/freeze", headers={"Idempotency-Key": "f1"}))
        assert again["versions"] == frozen["versions"]
        problem(await claire.post(f"{of(firm)}/freeze"), 422, "statement-frozen")
        before = (await claire.get(of(firm))).content
        problem(await claire.post(f"{of(firm)}/correct", json={"reason": "rien"}), 422, "nothing-to-correct")
        right = {"impact": "low", "urgency": "low", "agreed_by": "dr-martin", "reason": "pas urgent"}
        done(await agent.post(f"/v1/tickets/{late['id']}/requalify", json=right))
        await a_ticket(firm, agent, 5)
        assert (await claire.get(of(firm))).content == before
        corrected = done(await claire.post(f"{of(firm)}/correct", json={"reason": "un oubli"}))
        second = corrected["versions"][1]
        assert {(each["what"], each["before"], each["after"]) for each in second["changes"][:2]} == {
            ("broken", "1", "2"),
            (
                "penalties",
                "450.00 EUR",
                f"{done(await claire.get(of(firm)))['statement']['penalties']['total']} EUR",
            ),
        }
        assert len([each for each in second["changes"] if each["what"] == "commitment"]) == 2
        first = await claire.get(of(firm), params={"version": 1})
        assert (
            done(first)["statement"] == done(await claire.get(of(firm), params={"version": 1}))["statement"]
        )
        assert sha256(_content(first)).hexdigest() == frozen["versions"][0]["digest"] == done(first)["digest"]
        problem(await claire.get(of(firm), params={"version": 3}), 404, "not-found")


def _content(answer: httpx.Response) -> bytes:
    """The statement itself, as it stands at the end of the answer."""
    text = answer.content
    return text[text.index(b'"statement":') + len(b'"statement":') : -1]


async def test_what_is_contested_waits_for_an_answer_before_the_month_is_frozen(
    servers: RealServers, unique: str
) -> None:
    async with running(servers, f"{unique}-s", statement_days=90) as service:
        firm = await a_firm(service, unique)
        _, late = await a_month(firm)
        async with manager(firm) as claire, customers(firm) as theirs:
            told = {"text": "Le site était fermé", "ticket_id": late["id"]}
            contested = created(await theirs.post(f"{of(firm)}/contests", json=told))
            assert contested["contests"][0]["text"] == "Le site était fermé"
            problem(await claire.post(f"{of(firm)}/freeze"), 422, "contests-open")
            answer = f"{of(firm)}/contests/1/answer"
            done(await claire.post(answer, json={"accepted": False, "text": "Il était ouvert"}))
            problem(await claire.post(answer, json={"accepted": True, "text": "?"}), 422, "contest-answered")
            problem(await claire.post(f"{of(firm)}/freeze"), 422, "still-contestable")
            done(await claire.post(f"{of(firm)}/freeze", json={"agreed_by": "dr-martin"}))
            shown = done(await theirs.get(of(firm)))
    assert shown["versions"][0]["agreed_by"] == "dr-martin"
    assert shown["contests"][0]["answer"] == "Il était ouvert"


async def test_who_comes_too_late_to_contest_is_told_until_when_he_could_have(firm: Firm) -> None:
    await a_month(firm)
    async with customers(firm) as theirs, firm.portal() as portal:
        over = problem(await theirs.post(f"{of(firm)}/contests", json={"text": "?"}), 422, "contesting-over")
        assert over["until"] == f"{BEFORE.last_day + timedelta(days=15)}"
        refused = await portal.post(f"{of(firm)}/contests", json={"text": "?"})
        problem(refused, 403, "forbidden-role")


async def test_the_present_month_is_shown_so_far_and_neither_frozen_nor_contested(firm: Firm) -> None:
    await a_month(firm)
    async with manager(firm) as claire:
        assert done(await claire.get(of(firm, THIS)))["state"] == "provisional"
        problem(await claire.post(f"{of(firm, THIS)}/freeze"), 422, "month-not-over")
        problem(await claire.post(f"{of(firm, THIS)}/contests", json={"text": "?"}), 422, "month-not-over")
        problem(await claire.get(of(firm, THIS.following)), 422, "month-ahead")
        problem(await claire.get(f"/v1/contracts/{firm.name}-s/statements/2026-13"), 404, "not-found")
        problem(await claire.get(f"/v1/contracts/{firm.name}-c9/statements/2026-03"), 404, "not-found")


async def test_a_statement_is_its_customers_and_its_managers(firm: Firm) -> None:
    await a_month(firm)
    for role, customer, subject, status in (
        ("customer-manager", firm.pasteur, "dr-martin", 200),
        ("portal", firm.pasteur, "p", 403),
        ("customer-manager", firm.mairie, "zoe", 404),
        ("requester", firm.pasteur, "ann", 403),
        ("contract-manager", None, "zoe", 404),
        ("technician", None, "ines", 403),
    ):
        async with firm.service.as_(role, customer, subject) as who:
            assert (await who.get(of(firm))).status_code == status, role


async def test_a_month_of_many_pages_that_other_processes_work_out_says_the_same(firm: Firm) -> None:
    await a_month(firm)
    run, crew = firm.service.runtime, Crew(getLogger("crew"), hands=2)
    kept = await run.read(Contracts, f"{firm.name}-s")
    assert kept is not None
    asked = (run, crew, Revisions(run), kept.value, BEFORE, run.clock.now())
    here = await gathered(*asked)
    assert crew.waiting == 0
    there = await gathered(*asked, size=1)
    assert crew.waiting > 0, "the second page was theirs"
    assert there.written() == here.written()
    assert here.head.kept == here.head.broken == 1
    crew.dismiss()


@pytest.mark.parametrize(
    ("language", "sheet", "outcome"), [("fr", "Engagements", "Manqué"), ("en", "Commitments", "Broken")]
)
async def test_as_a_workbook_and_as_a_document_it_says_the_same_in_both_languages(
    firm: Firm, language: str, sheet: str, outcome: str
) -> None:
    _, late = await a_month(firm)
    headers = {"Accept-Language": language}
    async with manager(firm) as claire:
        done(await claire.post(f"{of(firm)}/freeze"))
        book, again = [(await claire.get(f"{of(firm)}.xlsx", headers=headers)) for _ in range(2)]
        document, same = [(await claire.get(f"{of(firm)}.pdf", headers=headers)) for _ in range(2)]
    assert book.content == again.content
    assert document.content == same.content
    assert document.headers["content-type"] == "application/pdf"
    assert document.content.startswith(b"%PDF-")
    rows = list(load_workbook(io.BytesIO(book.content))[sheet].values)
    found = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    number, result = ("Numéro", "Résultat") if language == "fr" else ("Number", "Outcome")
    assert {each[number]: each[result] for each in found}[late["number"]] == outcome


async def test_a_scale_that_makes_no_sense_is_refused_where_it_is_written(firm: Firm) -> None:
    async with firm.service.as_("admin") as admin:
        for wrong in (
            {"rules": [{"name": "a", "per": "hour"}]},
            {"rules": [{"name": "a", "per": "hour", "amount": "1.234"}]},
            {"rules": [{"name": "a", "per": "hour", "percent": "1"}]},
            {"rules": [{"name": "a", "per": "rate", "amount": "1"}]},
            {"rules": [{"name": "a", "per": "hour", "amount": "1", "targets": ["unknown"]}]},
            {"rules": [{"name": "a", "per": "hour", "amount": "1"}] * 2},
            {"rules": [{"name": "a", "per": "hour", "amount": 1.5}]},
        ):
            body = {**agreed(firm), "penalties": wrong}
            problem(await admin.put(f"/v1/contracts/{firm.name}-s", json=body), 422, "invalid-body")


async def test_months_are_frozen_by_themselves_when_contesting_is_over(firm: Firm) -> None:
    await a_month(firm)
    run = firm.service.runtime
    id = f"{firm.name}-s"
    assert await run.read(ContractRevisions, f"{id}:1") is not None
    # The contract has been known here since before the month.
    known = {"$set": {"updated_at": TENTH - timedelta(days=60)}}
    await run.collection("contract_revisions").update_one({"_id": f"{id}:1"}, known)
    await Freezing(days=0, crew=Crew(getLogger("crew"))).look(run)
    async with manager(firm) as claire:
        page = done(await claire.get(f"/v1/contracts/{id}/statements"))
        frozen = {each["month"]: each["versions"][0]["by"] for each in page["items"]}
        assert frozen[str(BEFORE)] == frozen[str(LAST)] == "service:ticket"
        assert str(THIS) not in frozen
        # What was typed in after the contesting was over is not in it: a correction brings it.
        assert done(await claire.get(of(firm)))["statement"]["commitments"] == []
        brought = done(await claire.post(f"{of(firm)}/correct", json={"reason": "saisi tard"}))
    assert brought["versions"][1]["changes"][0]["after"] == "1"
