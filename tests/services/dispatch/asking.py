"""Technicians hired and visits asked for, as tests of the whole service begin."""

from typing import Any

import httpx

from contracts.values import Point, Priority
from tests.services.dispatch.running import Running
from tests.services.dispatch.sample import BLAGNAC, TOULOUSE, need, site, ticket_opened

OFFICE_HOURS = {day: [["08:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
ALWAYS = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


def body(home: Point = TOULOUSE, **changes: Any) -> dict[str, Any]:
    return {
        "name": "Anna Bel",
        "time_zone": "Europe/Paris",
        "shifts": OFFICE_HOURS,
        "home": home.model_dump(),
        **changes,
    }


async def hire(dispatch: Running, skill: str, **people: dict[str, Any]) -> None:
    """Other tests' tickets are on the same topics: a skill of its own keeps a test to its own people."""
    async with dispatch.as_("dispatcher") as dispatcher:
        for id, person in people.items():
            answer = await dispatcher.put(f"/v1/technicians/{id}", json={"skills": {skill: 2}, **person})
            assert answer.status_code == 201, answer.text


async def open_ticket(
    dispatch: Running,
    skill: str,
    ticket_id: str | None = None,
    priority: Priority = Priority.P1,
    point: Point = BLAGNAC,
    **wanted: Any,
) -> str:
    """The visit's id; the customer is called like the skill. ``wanted`` is of the need."""
    ticket_id = ticket_id or skill
    place = site(f"{ticket_id}-site", point, customer_id=skill)
    await dispatch.publish(place, subject=place.site_id)
    asked = need(f"{ticket_id}-1", **{"site_id": place.site_id, "skills": {skill: 1}, **wanted})
    event = ticket_opened(asked, ticket_id=ticket_id, priority=priority, customer_id=skill)
    await dispatch.publish(event, subject=ticket_id)
    return asked.visit_id


async def post(
    client: httpx.AsyncClient, path: str, json: Any = None, key: str | None = None
) -> dict[str, Any]:
    headers = {"Idempotency-Key": key} if key else {}
    answer = await client.post(path, json=json, headers=headers)
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown
