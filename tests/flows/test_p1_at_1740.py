"""A P1 at 17:40: what two contracts promise, and who goes when the day's shifts end at 18:00."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from contracts.values import parse_rfc3339
from tests.flows.firm import CESSON, RENNES, Customer, Firm, Request, done, promise
from tests.flows.platform import up

pytestmark = pytest.mark.in_turn

PARIS = ZoneInfo("Europe/Paris")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
OFFICE_HOURS = {day: [["08:00", "18:00"]] for day in WEEKDAYS}
MONDAY = "2026-03-02T17:40:00+01:00"


def monday(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, 2, hour, minute, tzinfo=PARIS)


def tuesday(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, 3, hour, minute, tzinfo=PARIS)


async def covered_in_office_hours(firm: Firm, customer: Customer) -> None:
    targets = [{**promise(240, "GTR", "restored"), "calendar": "office"}]
    body: dict[str, Any] = {
        "customer_id": customer.id,
        "name": "Heures ouvrées",
        "valid_from": "2016-01-01",
        "calendars": {"office": {"time_zone": "site", "weekly": OFFICE_HOURS, "holidays": "site"}},
        "targets": {f"P{n}": targets for n in range(1, 6)},
    }
    done(await firm.admin.put(f"/v1/contracts/{customer.id}-office", body))


async def clock_of(firm: Firm, request: Request) -> dict[str, Any]:
    answer = await firm.agent.get(f"/v1/tickets/{request.id}/sla", explain="true")
    clocks: list[dict[str, Any]] = done(answer)["items"]
    return clocks[0]


async def test_the_contract_decides_by_when_and_the_rota_who(tmp_path: Path, unique: str) -> None:
    async with up(tmp_path / "data", arguments=("--clock", MONDAY)) as platform:
        firm = Firm(platform, unique)
        shop, hospital = await firm.customer("shop"), await firm.customer("hospital")
        await covered_in_office_hours(firm, shop)
        await firm.contract(hospital, promise(240, "GTR", "restored"))
        counter = await firm.site(shop, near=RENNES)
        ward = await firm.site(hospital, near=CESSON)
        work = await firm.work(minutes=60)
        await firm.technician("day", near=CESSON, shifts=OFFICE_HOURS)
        night = await firm.technician("night", near=RENNES, shifts=OFFICE_HOURS)
        entry = {
            "technician_id": night.id,
            "from": monday(18).isoformat(),
            "to": tuesday(8).isoformat(),
        }
        done(await firm.dispatcher.put(f"/v1/rota/{unique}-monday", entry))

        at_the_hospital = await firm.opens(work, ward)
        at_the_shop = await firm.opens(work, counter)
        around_the_clock = await clock_of(firm, at_the_hospital)
        assert monday(21, 40) <= parse_rfc3339(around_the_clock["due_at"]) < monday(21, 42)
        in_office_hours = await clock_of(firm, at_the_shop)
        due = parse_rfc3339(in_office_hours["due_at"]).astimezone(PARIS)
        assert (due.day, due.hour, due.minute) == (3, 11, 40) or (due.day, due.hour, due.minute) == (
            3,
            11,
            41,
        )

        visit = await at_the_hospital.visit.is_("dispatched", to=night)
        assert parse_rfc3339(visit["restore_by"]) == parse_rfc3339(around_the_clock["due_at"])
        await night.works_on(at_the_hospital.visit)
        await platform.quiet()
        await platform.step(monday(19, 30))
        await night.closes(at_the_hospital.visit)
        await at_the_hospital.is_("resolved")
        met = await clock_of(firm, at_the_hospital)
        assert (met["state"], met["breached_at"]) == ("met", None)

        waiting = await clock_of(firm, at_the_shop)
        assert 19 <= waiting["elapsed_minutes"] <= 20, "what was left of the day"
        assert [each["standing"] for each in waiting["intervals"]] == ["counted", "closed"]
        assert waiting["intervals"][1]["opened_by"]["why"] == "closes"
