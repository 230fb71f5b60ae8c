"""From the work to the pre-billing: what is done uses a book up, people are told, and the sheet adds up."""

import io
from datetime import datetime, timedelta

import openpyxl
import pytest

from tests.flows.firm import Customer, Firm, InCharge, Json, Person, Request, done, problem, promise
from tests.flows.test_live_streams import until_mailed
from tests.flows.waiting import until

BOOK: Json = {
    "model": "prepaid",
    "included": 100,
    "expiry": "2099-12-31",
    "unit_minutes": 15,
    "minimum_minutes": 30,
    "rates": {"default": "61.37"},
    "travel": {"mode": "trip", "price": "35.10"},
}
WORDS = {
    "fr": ("80 % du volume inclus utilisés", "vous avez utilisé 80 % de votre volume"),
    "en": ("80% of the included volume used", "you have used 80% of your volume"),
}
"""What the contract manager and the client's manager read in the subject."""


async def manager_of(firm: Firm, language: str) -> InCharge:
    julie = firm.contract_manager("julie")
    said = {
        "name": "Julie",
        "role": "contract-manager",
        "email": f"{julie.id}@firm.example",
        "language": language,
    }
    done(await firm.admin.put(f"/v1/staff/{julie.id}", said))
    return julie


async def clients_manager(firm: Firm, customer: Customer, language: str) -> str:
    """Somebody at the client's who answers for the contract; his address."""
    id, address = firm.id("max"), f"max@{customer.id}.example"
    body = {
        "customer_id": customer.id,
        "name": "Max",
        "role": "customer-manager",
        "email": address,
        "language": language,
    }
    done(await firm.admin.put(f"/v1/contacts/{id}", body))

    async def notify_knows() -> bool:
        return await firm.platform.db("notify").contacts_copy.find_one({"_id": id}) is not None

    await until(notify_knows, why="for notify to know the client's manager")
    return address


async def logs(firm: Firm, request: Request, since: datetime, minutes: int, **headers: str) -> Json:
    """Work of the desk; what the answer says."""
    until_ = since + timedelta(minutes=minutes)
    body = {"from": since.isoformat(), "to": until_.isoformat(), "kind": "remote", "billable": True}
    answer = await firm.agent.post(f"/v1/tickets/{request.id}/worklogs", body, **headers)
    return done(answer) if answer.is_success else problem(answer, 409, "work-overlaps")


async def entered(by: Person, contract: str, count: int) -> list[Json]:
    """Wait until the ledger has so many entries of the contract."""
    found: list[Json] = []

    async def there() -> bool:
        found[:] = done(await by.get(f"/v1/contracts/{contract}/consumption/entries"))["items"]
        return len(found) == count

    await until(there, why=lambda: f"for {count} entries; there are {len(found)}")
    return found


def in_cents(amount: str) -> int:
    return int(amount.replace(".", ""))


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_a_visit_and_a_worklog_use_a_book_up_are_told_of_and_billed(firm: Firm, language: str) -> None:
    acme = await firm.customer()
    site, category = await firm.site(acme), await firm.work()
    lea, julie = await firm.technician("lea"), await manager_of(firm, language)
    address = await clients_manager(firm, acme, language)
    contract = await firm.contract(acme, promise(100_000), managers=[julie], billing=BOOK)
    began = datetime.fromisoformat((await firm.platform.clock())["now"]) - timedelta(hours=3)
    request = await firm.opens(category, site, urgent=False, occurred_at=began.isoformat())
    number = (await request.now())["number"]

    # The desk works 50 minutes: an hour of the book. The visit is one of the minimum.
    await logs(firm, request, began, 50)
    refused = await logs(firm, request, began + timedelta(minutes=40), 20, **{"Accept-Language": language})
    assert ("corrigez" if language == "fr" else "correct") in refused["detail"]
    await request.visit.is_("dispatched")
    await lea.works_on(request.visit)
    await lea.closes(request.visit, work_done="Rouleau changé", travel_minutes=25)

    # The ledger, and what is left of the book, for both sides.
    entries = await entered(julie, contract, 3)
    assert sorted((each["kind"], each["billed_minutes"]) for each in entries) == [
        ("travel", 0),
        ("work", 30),
        ("work", 60),
    ]
    for reader in (julie, firm.agent, acme.portal, acme.manager):
        book = done(await reader.get(f"/v1/contracts/{contract}/consumption"))["book"]
        assert (book["used_minutes"], book["balance_minutes"]) == (90, 10)
    assert [each["balance_minutes"] for each in (await request.now())["prepaid"]] == [10]

    # Both managers are told of 80 %, each once.
    to_julie, to_max = WORDS[language]
    for somebody, words in ((f"{julie.id}@firm.example", to_julie), (address, to_max)):
        await until_mailed(firm, somebody, number)
        mails = done(await firm.platform.client.get("/mail.json"))["items"]
        subjects = [mail["subject"] for mail in mails if somebody in mail["to"]]
        assert [words in subject for subject in subjects] == [True], subjects

    # What was logged was an error: the ledger says both, and the truth counts.
    worklog = next(each["proof"][0] for each in entries if each["visit_id"] is None)
    body = {
        "from": began.isoformat(),
        "to": (began + timedelta(minutes=80)).isoformat(),
        "kind": "remote",
        "billable": True,
        "reason": "la pause n'en était pas une",
    }
    done(await firm.agent.post(f"/v1/tickets/{request.id}/worklogs/{worklog}/correct", body))
    entries = await entered(julie, contract, 5)

    # 90 and 30 minutes from a book of 100: twenty are beyond it, at 61.37 an hour, and a trip.
    total = 0
    for month in sorted({each["month"] for each in entries}):
        where = f"/v1/customers/{acme.id}/pre-billing/{month}"
        shown = done(await julie.get(where))
        lines = [in_cents(line["amount"]) for line in shown["lines"]]
        assert [in_cents(each["amount"]) for each in shown["totals"]] == [sum(lines)]
        total += sum(lines)
        answers = [
            await firm.platform.client.get(
                f"{where}.xlsx", headers={**julie.headers, "Accept-Language": language}
            )
            for _ in range(2)
        ]
        assert answers[0].content == answers[1].content
        sheet = openpyxl.load_workbook(io.BytesIO(answers[0].content)).active
        assert sheet is not None
        assert sheet["P1"].value == ("Montant" if language == "fr" else "Amount")
        assert [round(100 * row[15].value) for row in sheet.iter_rows(2, len(lines) + 1)] == lines
        assert {row[1].value for row in sheet.iter_rows(2, len(lines) + 1)} == {number}
    assert total == 2046 + 3510
