"""Tickets as files for spreadsheets, over HTTP, on the real servers."""

import csv
import io

import httpx
import pytest
from openpyxl import load_workbook

from tests.services.ticket.running import Firm, done, problem


async def exported(client: httpx.AsyncClient, language: str = "en", **chosen: str) -> httpx.Response:
    headers = {"Accept-Language": language}
    answer = await client.get("/v1/tickets/export", params=chosen, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer


@pytest.mark.parametrize(
    ("language", "delimiter", "heading"), [("fr", ";", "Résumé"), ("en", ",", "Summary")]
)
async def test_a_csv_is_as_the_readers_spreadsheet_wants_it_and_holds_no_formula(
    firm: Firm, language: str, delimiter: str, heading: str
) -> None:
    first = await firm.open(summary='=HYPERLINK("http://evil")')
    second = await firm.open(summary="Écran noir ; urgent")
    async with firm.portal() as client:
        answer = await exported(client, language)
    assert answer.headers["content-disposition"] == 'attachment; filename="tickets.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=delimiter))
    assert [row[heading] for row in rows] == ['\'=HYPERLINK("http://evil")', "Écran noir ; urgent"]
    number = "Numéro" if language == "fr" else "Number"
    assert [row[number] for row in rows] == [first["number"], second["number"]]


async def test_a_sheet_holds_texts_and_instants_and_what_a_client_may_see(firm: Firm) -> None:
    ticket = await firm.open(summary="=1+1")
    async with firm.agent() as agent, firm.portal() as client:
        done(await agent.post(f"/v1/tickets/{ticket['id']}/take"))
        sheets = [
            load_workbook(
                io.BytesIO((await exported(who, format="xlsx", customer=firm.pasteur)).content)
            ).active
            for who in (agent, client)
        ]
    for sheet, agent_name in zip(sheets, ("paul", None), strict=True):
        heading, row = list(sheet.values)
        found = dict(zip(heading, row, strict=True))
        assert (found["Number"], found["Summary"], found["Looked after by"]) == (
            ticket["number"],
            "=1+1",
            agent_name,
        )
        assert found["Declared"].isoformat()[:16] == ticket["declared_at"][:16]
        assert sheet.cell(2, 6).data_type == "s", "a text, not a formula"


async def test_the_filters_of_the_list_choose_and_nobody_sees_more_than_there(firm: Firm) -> None:
    await firm.open()
    ticket = await firm.open()
    async with firm.agent() as agent:
        done(await agent.post(f"/v1/tickets/{ticket['id']}/resolve", json={"work_done": "fixed"}))
    async with firm.portal() as client:
        assert len((await exported(client, state="resolved")).text.splitlines()) == 2
        problem(await client.get("/v1/tickets/export", params={"format": "pdf"}), 422, "invalid-parameter")
    async with firm.service.as_("portal", firm.mairie) as other:
        assert len((await exported(other)).text.splitlines()) == 1
