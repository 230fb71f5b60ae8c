"""A night on call and the morning after it, as they end up in the technician's month."""

import io
from collections.abc import AsyncIterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from contracts.values import parse_rfc3339
from tests.flows.clocks import now
from tests.flows.firm import CESSON, Firm, Json, Technician, done, problem
from tests.flows.platform import Platform, up

pytestmark = pytest.mark.in_turn

PARIS = ZoneInfo("Europe/Paris")
OFFICE_HOURS = {day: [["09:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
MONDAY = "2026-03-02T16:50:00+01:00"


@pytest.fixture(scope="module")
async def calm(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Platform]:
    """A platform whose nights are nobody else's: by the real clock it may be any time of the day."""
    async with up(tmp_path_factory.mktemp("nights"), arguments=("--clock", MONDAY)) as running:
        yield running


async def next_at(firm: Firm, hour: int, minute: int = 0) -> datetime:
    """Go on to the next time that the clocks of Paris show this; when that is."""
    today = (await now(firm)).astimezone(PARIS)
    at = datetime.combine(today, time(hour, minute), PARIS)
    at = at if at > today else at + timedelta(days=1)
    await firm.platform.quiet()
    await firm.platform.step(at)
    return at


async def sheets(lea: Technician, month: str, language: str) -> dict[str, list[tuple[object, ...]]]:
    """The rows of her month's workbook, by the names of its sheets."""
    path = f"/v1/technicians/{lea.id}/hours/{month}.xlsx"
    answer = await lea.platform.client.get(path, headers={**lea.headers, "Accept-Language": language})
    assert answer.status_code == 200, answer.text
    book = load_workbook(io.BytesIO(answer.content))
    return {sheet.title: list(sheet.values) for sheet in book}


@pytest.mark.parametrize(
    ("language", "begun", "resting", "hours", "called", "work", "on_call"),
    [
        (
            "fr",
            "est d'astreinte",
            "doit se reposer",
            "Heures",
            "Interventions d'astreinte, trajet compris",
            "Travail",
            "intervention d'astreinte",
        ),
        (
            "en",
            "is on call",
            "is owed rest",
            "Hours",
            "Interventions on call, travel included",
            "Work",
            "called while on call",
        ),
    ],
)
async def test_who_is_called_by_night_rests_in_the_morning_and_finds_both_in_her_month(
    calm: Platform,
    unique: str,
    language: str,
    begun: str,
    resting: str,
    hours: str,
    called: str,
    work: str,
    on_call: str,
) -> None:
    firm = Firm(calm, unique)
    evening = await next_at(firm, 17)
    acme = await firm.customer()
    office, repair = await firm.site(acme, near=CESSON), await firm.work()
    lea, max_ = await firm.technician("lea", shifts=OFFICE_HOURS), await firm.technician("max", can=())
    start, end = evening + timedelta(hours=1), evening + timedelta(hours=16)
    entry, where = _entry(lea, start, end), f"/v1/rota/{unique}-night"
    done(await firm.dispatcher.put(where, entry))
    ordinary = await firm.opens(repair, office, urgent=False)
    await ordinary.visit.is_("planned", "dispatched")
    ten = {"technician_id": lea.id, "start": (evening + timedelta(hours=17)).isoformat()}
    done(await firm.dispatcher.post(f"/v1/visits/{ordinary.visit.id}/assign", ten))

    await next_at(firm, 3)
    call = await firm.opens(repair, office)
    await call.visit.is_("dispatched", to=lea)
    spoken = {"Accept-Language": language}
    another = await firm.dispatcher.put(where, _entry(max_, start, end), **spoken)
    assert begun in problem(another, 409, "rota-entry-begun")["detail"]
    await lea.works_on(call.visit)
    await next_at(firm, 4)
    await lea.closes(call.visit)
    await call.is_("resolved")

    await next_at(firm, 9, 30)
    [rest] = done(await lea.get(f"/v1/technicians/{lea.id}"))["rests"]
    moved = await ordinary.visit.is_("planned", "dispatched", to=lea)
    assert parse_rfc3339(moved["planned_start"]) >= parse_rfc3339(rest["to"]) >= evening + timedelta(hours=22)

    urgent = await firm.opens(repair, office)
    await urgent.visit.is_("dispatched", to=lea)
    assign = f"/v1/visits/{urgent.visit.id}/assign"
    refused = await firm.dispatcher.post(assign, ten, **spoken)
    assert resting in problem(refused, 409, "daily-rest")["detail"]
    override = {"basis": "repair", "reason": "The pump of the hospital is down"}
    done(await firm.dispatcher.post(assign, {**ten, "override": override}))
    await urgent.visit.is_("dispatched", to=lea)
    await lea.does(urgent.visit, "acknowledge")
    await next_at(firm, 10)
    await lea.works_on(urgent.visit)
    await next_at(firm, 10, 45)
    await lea.closes(urgent.visit)
    [debt] = done(await lea.get(f"/v1/technicians/{lea.id}/rest-debts"))["items"]
    assert (debt["id"], debt["state"], debt["to"]) == (urgent.visit.id, "owed", rest["to"])

    book = await sheets(lea, f"{evening:%Y-%m}", language)
    figures = {row[0]: row[1] for row in book[hours]}
    assert figures[called] in range(60, 91), "an hour there and the way"
    rows = {str(row[8]): row[0] for row in book[work]}
    assert rows[call.visit.id] == on_call
    assert urgent.visit.id in rows, "it was done in her rest, beyond her shift"
    await firm.leave()


def _entry(who: Technician, start: datetime, end: datetime) -> Json:
    return {"technician_id": who.id, "from": start.isoformat(), "to": end.isoformat()}
