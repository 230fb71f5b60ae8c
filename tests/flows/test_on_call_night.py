"""A night on call and the next morning: who is called, and when she may start again."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from contracts.values import parse_rfc3339
from tests.flows.firm import CESSON, Firm, done, problem
from tests.flows.platform import up

pytestmark = pytest.mark.in_turn

PARIS = ZoneInfo("Europe/Paris")
OFFICE_HOURS = {day: [["09:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
MONDAY = "2026-03-02T17:00:00+01:00"


def tuesday(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, 3, hour, minute, tzinfo=PARIS)


async def test_who_is_called_at_three_starts_at_three_in_the_afternoon(tmp_path: Path, unique: str) -> None:
    async with up(tmp_path / "data", arguments=("--clock", MONDAY)) as platform:
        firm = Firm(platform, unique)
        acme = await firm.customer()
        office, work = await firm.site(acme, near=CESSON), await firm.work()
        lea = await firm.technician("lea", shifts=OFFICE_HOURS)
        night = {
            "technician_id": lea.id,
            "from": "2026-03-02T18:00:00+01:00",
            "to": tuesday(9).isoformat(),
        }
        entry = done(await firm.dispatcher.put(f"/v1/rota/{unique}-night", night))
        assert [each["type"] for each in entry["warnings"]] == ["notice"]

        ordinary = await firm.opens(work, office, urgent=False)
        morning = {"technician_id": lea.id, "start": tuesday(10).isoformat()}
        await ordinary.visit.is_("planned", "dispatched")
        done(await firm.dispatcher.post(f"/v1/visits/{ordinary.visit.id}/assign", morning))

        await platform.quiet()
        await platform.step(tuesday(3))
        [called] = done(await firm.agent.get("/v1/rota/now"))["items"]
        assert (called["technician_id"], called["name"]) == (lea.id, "Lea")
        urgent = await firm.opens(work, office)
        await urgent.visit.is_("dispatched", to=lea)
        await lea.works_on(urgent.visit)
        await platform.quiet()
        await platform.step(tuesday(4))
        await lea.closes(urgent.visit)
        await urgent.is_("resolved")
        await platform.quiet()

        [rest] = done(await lea.get(f"/v1/technicians/{lea.id}"))["rests"]
        rested = parse_rfc3339(rest["to"])
        assert rest["rule"] == "daily-rest"
        assert tuesday(15) <= rested <= tuesday(15, 30), "eleven hours after she is home again"
        moved = await ordinary.visit.is_("planned", "dispatched", to=lea)
        assert parse_rfc3339(moved["planned_start"]) >= rested
        refused = await firm.dispatcher.post(f"/v1/visits/{ordinary.visit.id}/assign", morning)
        assert "15:" in problem(refused, 409, "daily-rest")["detail"]
