"""What a contract uses and costs, over HTTP: down to the entries, for those whose business it is."""

import io
from datetime import datetime, timedelta
from typing import Any

import openpyxl
import pytest

from contracts.dispatch.events import InterventionClosed
from contracts.values import Outcome
from tests.servers import until
from tests.services.ticket.billing import FORFAIT, PREPAID
from tests.services.ticket.billing import REGIE as BY_THE_CLOCK
from tests.services.ticket.running import Firm, created, done, problem

Json = dict[str, Any]
REGIE = {name: value for name, value in BY_THE_CLOCK.items() if name != "coefficients"}
"""Work here is done now, whatever the time is: an hour costs the same at night."""


async def billed(firm: Firm, billing: Json, **changes: Any) -> str:
    """Bill the firm's contract so; its id."""
    id = f"{firm.name}-c1"
    async with firm.service.as_("admin") as admin:
        body = firm.contract(billing=billing, managers=[f"{firm.name}-julie"], **changes)
        done(await admin.put(f"/v1/contracts/{id}", json=body))
    return id


async def worked(firm: Firm, ticket: Json, minutes: int = 60, **said: Any) -> str:
    """Log time of somebody nobody else names that ends with the opening; the worklog's id."""
    ended = datetime.fromisoformat(ticket["opened_at"])
    body = {
        "person": f"{firm.name}-paul",
        "from": (ended - timedelta(minutes=minutes)).isoformat(),
        "to": ended.isoformat(),
        "kind": "remote",
        "billable": True,
        **said,
    }
    async with firm.agent() as agent:
        done(await agent.post(f"/v1/tickets/{ticket['id']}/worklogs", json=body))
        lines = done(await agent.get(f"/v1/tickets/{ticket['id']}/timeline?limit=200"))["items"]
    return str([line["id"] for line in lines if line["event"] == "work-logged"][-1])


async def closed(firm: Firm, ticket: Json, contract_id: str, minutes: int, **said: Any) -> None:
    """Let dispatch tell of the first visit; wait until the ledger has it."""
    ended = datetime.fromisoformat(ticket["opened_at"]) + timedelta(minutes=minutes)
    fact = InterventionClosed(
        visit_id=f"{ticket['id']}-1",
        ticket_id=ticket["id"],
        number=ticket["number"],
        customer_id=firm.pasteur,
        site_id=firm.nord,
        technician_id=f"{firm.name}-lea",
        outcome=Outcome.FIXED,
        started_at=ended - timedelta(minutes=minutes),
        ended_at=ended,
        **said,
    )
    await firm.service.visit_fact(fact)

    async def entered() -> bool:
        return any(entry["visit_id"] == fact.visit_id for entry in await entries(firm, contract_id))

    await until(entered, within=20)


async def entries(firm: Firm, contract_id: str, **parameters: Any) -> list[Json]:
    async with firm.agent() as agent:
        where = f"/v1/contracts/{contract_id}/consumption/entries"
        return list(done(await agent.get(where, params=parameters))["items"])


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"model": "forfait", "included": None}, "billing", "included"),
        ({"included": 60}, "billing", "included"),
        ({"rates": {}}, "billing", "default"),
        ({"expiry": "2026-12-31"}, "billing", "expiry"),
        ({"minimum_minutes": 20}, "billing", "minimum_minutes"),
        ({"rates": {"default": 60.5}}, "billing/rates/default", ""),
        ({"rates": {"default": "-1"}}, "billing/rates/default", ""),
        ({"travel": {"mode": "trip"}}, "billing/travel", "price"),
        ({"travel": {"mode": "zone"}}, "billing/travel", "zones"),
        ({"coefficients": {"sunday": 50}}, "billing/coefficients/sunday", "150"),
        (
            {"coefficients": {"night": {"from": "22:00", "to": "22:00", "percent": 150}}},
            "billing/coefficients/night",
            "",
        ),
        ({"day_rate": 650}, "billing/day_rate", ""),
    ],
)
async def test_terms_that_make_no_sense_are_refused_by_the_field(
    firm: Firm, change: Json, field: str, words: str
) -> None:
    terms = {name: value for name, value in {**REGIE, **change}.items() if value is not None}
    async with firm.service.as_("admin") as admin:
        for language in ("fr", "en"):
            answer = await admin.put(
                f"/v1/contracts/{firm.name}-c1",
                json=firm.contract(billing=terms),
                headers={"Accept-Language": language},
            )
            [error] = problem(answer, 422, "invalid-body")["errors"]
            assert error["pointer"] == f"/{field}"
            assert words in error["detail"]
        kept = done(await admin.get(f"/v1/contracts/{firm.name}-c1"))
    assert kept["billing"] is None


async def test_a_contract_from_before_terms_had_a_form_is_read_and_consumed_as_ever(firm: Firm) -> None:
    id = f"{firm.name}-c1"
    for name in ("contracts", "contract_revisions"):
        which = {"contract_id": id} if name == "contract_revisions" else {"_id": id}
        await firm.service.runtime.collection(name).update_many(
            which, {"$set": {"terms.billing": {"day_rate": 650}}}
        )
    ticket = await firm.open()
    await worked(firm, ticket)
    async with firm.agent() as agent:
        assert done(await agent.get(f"/v1/contracts/{id}"))["billing"] == {"day_rate": 650}
        shown = done(await agent.get(f"/v1/contracts/{id}/consumption"))
    assert (shown["model"], shown["amount"], shown["totals"][0]["real_minutes"]) == (None, "0.00", 60)
    assert [entry["flags"] for entry in await entries(firm, id)] == [["no-terms"]]


async def test_a_month_opens_down_to_its_entries(firm: Firm) -> None:
    id = await billed(firm, REGIE)
    ticket = await firm.open()
    worklog = await worked(firm, ticket)
    await closed(firm, ticket, id, 45, travel_minutes=20)
    async with firm.agent() as agent:
        shown = done(await agent.get(f"/v1/contracts/{id}/consumption"))
        listed = done(await agent.get(shown["entries"]))["items"]
        paged = done(await agent.get(shown["entries"], params={"limit": 1}))
        first = await agent.get(f"/v1/contracts/{id}/consumption/entries", params={"month": "2001-01"})
    assert sum(int(each["amount"].replace(".", "")) for each in listed) == int(
        shown["amount"].replace(".", "")
    )
    assert {each["kind"] for each in listed} == {"work", "travel"}
    assert {total["kind"] for total in shown["by_kind"]} == {"work", "travel"}
    assert worklog in [line for each in listed for line in each["proof"]]
    assert (len(paged["items"]), paged["next"] is None) == (1, False)
    assert done(first)["items"] == []


async def test_a_worklog_is_corrected_over_the_api_with_a_reason(firm: Firm) -> None:
    id = await billed(firm, REGIE)
    ticket = await firm.open()
    worklog = await worked(firm, ticket)
    ended = datetime.fromisoformat(ticket["opened_at"])
    where = f"/v1/tickets/{ticket['id']}/worklogs/{worklog}/correct"
    body = {
        "from": (ended - timedelta(minutes=30)).isoformat(),
        "to": ended.isoformat(),
        "kind": "phone",
        "billable": True,
        "reason": "une demi-heure seulement",
    }
    async with firm.agent() as agent, firm.portal() as portal:
        problem(await portal.post(where, json=body), 403, "forbidden-role")
        problem(await agent.post(where, json={**body, "reason": " "}), 422, "invalid-body")
        problem(await agent.post(where.replace(worklog, "t:99"), json=body), 404, "not-found")
        done(await agent.post(where, json=body))
        inside = done(await agent.get(f"/v1/contracts/{id}/consumption/entries"))["items"]
        outside = done(await portal.get(f"/v1/contracts/{id}/consumption/entries"))["items"]
        timeline = done(await agent.get(f"/v1/tickets/{ticket['id']}/timeline?limit=200"))["items"]
    assert [each["kind"] for each in inside] == ["work", "correction", "work"]
    assert inside[1]["reverses"] == inside[0]["id"]
    assert {each["reason"] for each in inside[1:]} == {"une demi-heure seulement"}
    assert {each["reason"] for each in outside} == {None}
    assert "work-corrected" in [line["event"] for line in timeline]


async def test_overlapping_work_is_refused_in_both_languages(firm: Firm) -> None:
    ticket, other = await firm.open(), await firm.open()
    worklog = await worked(firm, ticket)
    ended = datetime.fromisoformat(ticket["opened_at"])
    body = {
        "person": f"{firm.name}-paul",
        "from": (ended - timedelta(minutes=90)).isoformat(),
        "to": other["opened_at"],
        "kind": "remote",
        "billable": True,
    }
    async with firm.agent() as agent:
        told = [
            problem(
                await agent.post(
                    f"/v1/tickets/{other['id']}/worklogs", json=body, headers={"Accept-Language": language}
                ),
                409,
                "work-overlaps",
            )
            for language in ("fr", "en")
        ]
    assert [each["source"] for each in told] == [worklog, worklog]
    assert told[0]["detail"] != told[1]["detail"]


async def test_a_prepaid_book_shows_its_balance_where_it_is_somebodys_business(firm: Firm) -> None:
    id = await billed(firm, {**PREPAID, "expiry": "2099-12-31"})
    ticket = await firm.open()
    await worked(firm, ticket, 150)
    async with firm.agent() as agent, firm.portal() as portal:
        book = done(await agent.get(f"/v1/contracts/{id}/consumption"))["book"]
        inside = done(await agent.get(f"/v1/tickets/{ticket['id']}"))["prepaid"]
        outside = done(await portal.get(f"/v1/tickets/{ticket['id']}"))["prepaid"]
    async with firm.service.as_("requester", firm.pasteur, f"{firm.name}-portal") as requester:
        own = done(await requester.get(f"/v1/tickets/{ticket['id']}"))["prepaid"]
    assert (book["balance_minutes"], book["expiry"], book["expired"]) == (450, "2099-12-31", False)
    assert book["projected_end"] is not None
    assert (
        inside
        == outside
        == [{"contract_id": id, "included_minutes": 600, "balance_minutes": 450, "expiry": "2099-12-31"}]
    )
    assert own is None


async def test_others_are_told_nothing_of_a_contracts_consumption(firm: Firm) -> None:
    id = await billed(firm, FORFAIT)
    service, where = firm.service, f"/v1/contracts/{firm.name}-c1/consumption"
    bill = f"/v1/customers/{firm.pasteur}/pre-billing/2026-03"
    who: list[tuple[str, str | None, str, int, int]] = [
        ("portal", firm.pasteur, "p", 200, 403),
        ("customer-manager", firm.pasteur, "m", 200, 403),
        ("portal", firm.mairie, "p", 404, 403),
        ("requester", firm.pasteur, "r", 403, 403),
        ("site-contact", firm.pasteur, "r", 403, 403),
        ("technician", None, "lea", 403, 403),
        ("agent", None, "paul", 200, 403),
        ("contract-manager", None, f"{firm.name}-julie", 200, 200),
        ("contract-manager", None, "somebody-else", 404, 200),
    ]
    for role, customer, subject, consumption, billing in who:
        async with service.as_(role, customer, subject) as client:
            for path in (where, f"{where}/entries"):
                assert (await client.get(path)).status_code == consumption, (role, path)
            for path in (bill, f"{bill}.xlsx"):
                assert (await client.get(path)).status_code == billing, (role, path)
    assert id


async def test_a_confidential_ticket_is_not_named_to_the_portal(firm: Firm) -> None:
    id = await billed(firm, REGIE)
    async with firm.service.as_("customer-manager", firm.pasteur, f"{firm.name}-m") as manager:
        answer = await manager.post(
            "/v1/tickets",
            json=firm.asked(confidential=True),
            headers={"Idempotency-Key": firm.name},
        )
        await worked(firm, created(answer))
        [known] = done(await manager.get(f"/v1/contracts/{id}/consumption/entries"))["items"]
    async with firm.portal() as portal:
        [hidden] = done(await portal.get(f"/v1/contracts/{id}/consumption/entries"))["items"]
    assert known["number"] is not None
    assert (hidden["number"], hidden["ticket_id"], hidden["person_id"]) == (None, None, None)
    assert hidden["amount"] == known["amount"]


async def test_a_pre_billing_is_the_sum_of_its_lines_and_the_same_whenever_it_is_made(firm: Firm) -> None:
    id = await billed(firm, {**REGIE, "rates": {"default": "61.37", "phone": "48.11"}})
    ticket = await firm.open()
    worklog = await worked(firm, ticket, 37)
    await closed(firm, ticket, id, 45, travel_minutes=20)
    month = (await entries(firm, id))[0]["month"]
    path = f"/v1/customers/{firm.pasteur}/pre-billing/{month}"
    async with firm.service.as_("contract-manager", subject=f"{firm.name}-julie") as manager:
        shown = done(await manager.get(path))
        files = [
            (await manager.get(f"{path}.xlsx", headers={"Accept-Language": language})).content
            for language in ("fr", "fr", "en")
        ]
        problem(await manager.get(f"/v1/customers/nobody/pre-billing/{month}"), 404, "not-found")
        for never in ("2026-13", "0000-01", "9999-12", "2026-3"):
            wrong = f"/v1/customers/{firm.pasteur}/pre-billing/{never}"
            assert (await manager.get(wrong)).status_code == 422
            assert (await manager.get(f"{wrong}.xlsx")).status_code == 422
    in_cents = [int(line["amount"].replace(".", "")) for line in shown["lines"]]
    assert sum(in_cents) == int(shown["totals"][0]["amount"].replace(".", "")) > 0
    assert worklog in [proof for line in shown["lines"] for proof in line["proof"]]
    assert files[0] == files[1]
    french, english = (openpyxl.load_workbook(io.BytesIO(file)).active for file in files[1:])
    assert (french["J1"].value, english["J1"].value) == ("Minutes réelles", "Minutes")
    amounts = [french.cell(row, 16).value for row in range(2, len(in_cents) + 2)]
    assert [round(100 * each) for each in amounts] == in_cents
    totals = {row[0].value: row[15].value for row in french.iter_rows(min_row=len(in_cents) + 3)}
    assert round(100 * totals["Total général"]) == sum(in_cents)


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
async def test_nothing_in_the_sheet_is_a_formula(firm: Firm, start: str) -> None:
    id = await billed(firm, REGIE)
    ticket = await firm.open()
    worklog = await worked(firm, ticket)
    reason = f'{start}HYPERLINK("http://x")'
    body = {
        "from": (datetime.fromisoformat(ticket["opened_at"]) - timedelta(minutes=5)).isoformat(),
        "to": ticket["opened_at"],
        "kind": "phone",
        "billable": True,
        "reason": reason,
    }
    async with firm.agent() as agent:
        done(await agent.post(f"/v1/tickets/{ticket['id']}/worklogs/{worklog}/correct", json=body))
    month = (await entries(firm, id))[0]["month"]
    async with firm.service.as_("admin") as admin:
        file = (await admin.get(f"/v1/customers/{firm.pasteur}/pre-billing/{month}.xlsx")).content
    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(file)).active.iter_rows() for cell in row]
    assert reason in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells if cell.value == reason} == {"s"}
