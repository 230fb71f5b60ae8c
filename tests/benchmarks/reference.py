"""Reference data for the benchmarks, written through the real APIs."""

import asyncio
import secrets
from typing import Any

import httpx

from tests.benchmarks.processes import Processes

WEEK = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
SKILL = "workstation"
PART = "power-supply"
PIECES = 10_000
REQUESTER = {"name": "Ann", "email": "ann@acme.example"}
CLOSING = {"outcome": "fixed", "work_done": "New power supply", "parts_used": [{"sku": PART, "quantity": 1}]}


async def write(processes: Processes, *, sites: int, technicians: int, whole: bool = False) -> None:
    """A customer with sites around Rennes, one work type of 30 minutes, technicians who never sleep.

    ``whole``: with a contract, a part that the work takes and has in every van, and technicians' mail.
    """
    if whole:
        async with processes.client("inventory", "stock-keeper") as inventory:
            await _put(inventory, f"/v1/parts/{PART}", {"name": "Power supply"})
    async with processes.client("ticket", "admin") as ticket:
        await _put(ticket, "/v1/customers/acme", {"name": "Acme"})
        await _put(
            ticket,
            "/v1/work-types/no-power",
            {
                "name": {"fr": "Ne démarre pas", "en": "No power"},
                "kind": "incident",
                "skills": {SKILL: 1},
                "duration_minutes": 30,
                "parts": [{"sku": PART, "quantity": 1}] if whole else [],
            },
        )
        if whole:
            await _put(ticket, "/v1/contracts/care", _contract())
    if "inventory" in processes.addresses:
        async with processes.client("inventory", "stock-keeper") as inventory:
            for number in range(sites):
                await _put(inventory, f"/v1/sites/site-{number}", _site(number))
    if "dispatch" in processes.addresses:
        async with processes.client("dispatch", "dispatcher") as dispatch:
            numbers = iter(range(technicians))

            async def worker() -> None:
                for number in numbers:
                    mail = {"email": f"tech-{number}@firm.example"} if whole else {}
                    await _put(dispatch, f"/v1/technicians/tech-{number}", {**_technician(number), **mail})

            await asyncio.gather(*(worker() for _ in range(8)))
    if whole:
        async with processes.client("inventory", "stock-keeper") as inventory:
            for number in range(technicians):
                await _post(inventory, "/v1/stock/receive", _received(number))


def _site(number: int) -> dict[str, Any]:
    return {
        "customer_id": "acme",
        "name": f"Site {number}",
        "address": "1 rue de Nantes",
        "postcode": "35000",
        "commune": "Rennes",
        "latitude": 48.0 + (number % 10) * 0.02,
        "longitude": -1.8 + (number // 10) * 0.02,
        "time_zone": "Europe/Paris",
        "holidays": "FR",
    }


def _contract() -> dict[str, Any]:
    """Four hours to the repair, round the clock."""
    target = {
        "name": "repair",
        "minutes": 240,
        "calendar": "always",
        "stops_on": ["waiting-for-client"],
        "met_by": "resolved",
    }
    return {
        "customer_id": "acme",
        "name": "Care",
        "valid_from": "2016-01-01",
        "calendars": {"always": {"time_zone": "Europe/Paris", "weekly": WEEK}},
        "targets": {f"P{n}": [target] for n in range(1, 6)},
    }


def _received(number: int) -> dict[str, Any]:
    return {"location": f"van:tech-{number}", "sku": PART, "quantity": PIECES}


def _technician(number: int) -> dict[str, Any]:
    return {
        "name": f"Technician {number}",
        "skills": {SKILL: 1 + number % 3},
        "home": {"latitude": 48.0 + (number % 20) * 0.01, "longitude": -1.8 + (number // 20) * 0.01},
        "time_zone": "Europe/Paris",
        "shifts": WEEK,
    }


def ticket(site: int) -> dict[str, Any]:
    """The body of an urgent request for one site."""
    return {
        "kind": "incident",
        "summary": "Workstation does not start",
        "description": "Nothing happens when the button is pressed.",
        "category": "no-power",
        "impact": "high",
        "urgency": "high",
        "sites": [f"site-{site}"],
    }


async def _put(client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> None:
    await _sent(client, "PUT", path, body)


async def _post(client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> None:
    await _sent(client, "POST", path, body, **{"Idempotency-Key": secrets.token_hex(8)})


async def _sent(
    client: httpx.AsyncClient, method: str, path: str, body: dict[str, Any], **headers: str
) -> None:
    for tries_left in reversed(range(20)):
        answer = await client.request(method, path, json=body, headers=headers)
        if answer.is_success:
            return
        if not tries_left or ("unknown-reference" not in answer.text and answer.status_code != 503):
            raise SystemExit(f"{method} {path}: {answer.status_code} {answer.text}")
        await asyncio.sleep(0.25)


def prefix() -> str:
    return f"bench_{secrets.token_hex(3)}"
