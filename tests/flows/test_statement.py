"""A month as both sides of a contract see it: kept and late, contested, frozen, in both languages."""

import io
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from contracts.values import rfc3339
from tests.flows.clocks import now
from tests.flows.command_line import astreinte
from tests.flows.firm import Firm, Json, done, problem, promise

SCALE: Json = {
    "currency": "EUR",
    "cap": "500.00",
    "rules": [{"name": "Retard", "per": "hour", "amount": "80.00"}],
}


async def test_a_visit_of_this_month_is_in_its_statement_as_soon_as_it_is_closed(firm: Firm) -> None:
    acme = await firm.customer()
    contract = await firm.contract(acme, promise(240), penalties=SCALE)
    site, work = await firm.site(acme), await firm.work()
    lea = await firm.technician("lea")
    request = await firm.opens(work, site)
    await request.visit.is_("dispatched", to=lea)
    await lea.works_on(request.visit)
    await lea.closes(request.visit)
    await request.is_("resolved")
    month = (await now(firm)).strftime("%Y-%m")
    shown = done(await firm.admin.get(f"/v1/contracts/{contract}/statements/{month}"))
    [kept] = shown["statement"]["commitments"]
    assert (kept["ticket_id"], kept["outcome"], shown["state"]) == (request.id, "kept", "provisional")
    assert (shown["statement"]["percent"], shown["statement"]["penalties"]["total"]) == (100.0, "0.00")


@pytest.mark.parametrize(
    ("language", "sheet", "broken"), [("fr", "Engagements", "Manqué"), ("en", "Commitments", "Broken")]
)
async def test_a_month_that_is_over_is_contested_answered_frozen_and_written_to_files(
    firm: Firm, tmp_path: Path, language: str, sheet: str, broken: str
) -> None:
    acme = await firm.customer()
    contract = await firm.contract(acme, promise(240), penalties=SCALE)
    site, work = await firm.site(acme), await firm.work()
    tenth = _tenth_of_last_month(await now(firm))
    request = await firm.opens(work, site, urgent=False, occurred_at=rfc3339(tenth))
    end = {"work_done": "Réparé", "occurred_at": rfc3339(tenth + timedelta(hours=7))}
    done(await firm.agent.post(f"/v1/tickets/{request.id}/resolve", end))
    where = f"/v1/contracts/{contract}/statements/{tenth:%Y-%m}"
    theirs = firm.person("customer-manager", customer=acme)
    ann = firm.person("contract-manager")
    assert done(await theirs.get(where))["statement"]["penalties"]["total"] == "240.00"

    frozen_early = {"agreed_by": "Mme Ann"}
    contestable = done(await theirs.get(where))["contestable_until"] >= (await now(firm)).date().isoformat()
    if contestable:
        done(await theirs.post(f"{where}/contests", {"text": "Porte fermée", "ticket_id": request.id}))
        problem(await ann.post(f"{where}/freeze", frozen_early), 422, "contests-open")
        done(await ann.post(f"{where}/contests/1/answer", {"accepted": False, "text": "Ouverte"}))
    done(await ann.post(f"{where}/freeze", frozen_early))

    frozen = done(await theirs.get(where))
    assert (frozen["state"], frozen["version"]) == ("frozen", 1)
    data = firm.platform.data
    book, document = tmp_path / "month.xlsx", tmp_path / "month.pdf"
    for file, format in ((book, "xlsx"), (document, "pdf")):
        words = ("statement", contract, f"{tenth:%Y-%m}", "-o", str(file), "--format", format)
        ended = await astreinte(data, *words, "--language", language)
        assert ended.code == 0, ended.err
    rows = list(load_workbook(io.BytesIO(book.read_bytes()))[sheet].values)
    assert broken in rows[1]
    assert document.read_bytes().startswith(b"%PDF-")
    ahead = await astreinte(data, "statement", contract, "2999-01", "-o", str(tmp_path / "no.pdf"))
    assert (ahead.code, "2999-01" in ahead.err) == (1, True)
    assert not (tmp_path / "no.pdf").exists()


def _tenth_of_last_month(at: datetime) -> datetime:
    last = at.replace(day=1) - timedelta(days=1)
    return last.replace(day=10, hour=9, minute=0, second=0, microsecond=0)
