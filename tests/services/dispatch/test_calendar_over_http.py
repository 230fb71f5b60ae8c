"""A technician's days in his calendar program, read here by a parser that did not write them."""

from datetime import UTC, datetime
from typing import Any

import httpx
import vobject

from contracts.ticket.events import VisitsWithdrawn, WithdrawalReason
from tests.services.dispatch.asking import body, hire, open_ticket
from tests.services.dispatch.running import Running

NIGHT = {"technician_id": "anna", "from": "2026-03-02T18:00:00+01:00", "to": "2026-03-03T08:00:00+01:00"}


async def address(client: httpx.AsyncClient, id: str = "anna") -> str:
    given = await client.post(f"/v1/technicians/{id}/calendar")
    assert given.status_code == 201, given.text
    url: str = given.json()["url"]
    assert url.startswith("http://127.0.0.1:8000/v1/calendars/")
    assert url.endswith(".ics")
    return url.removeprefix("http://127.0.0.1:8000")


def events(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    read = vobject.readOne(answer.text, validate=True)
    return {each.uid.value: each for each in read.vevent_list}


async def test_visits_and_duty_are_in_the_calendar_under_a_secret_address(
    dispatch: Running, unique: str
) -> None:
    await hire(dispatch, unique, anna=body(), bruno=body(name="Bruno Cau"))
    visit = await open_ticket(dispatch, unique)
    told = await dispatch.comes_to(visit, "dispatched")
    his = told["technician_id"]
    async with dispatch.as_("dispatcher") as dispatcher:
        duty = {**NIGHT, "technician_id": his}
        assert (await dispatcher.put("/v1/rota/night", json=duty)).status_code == 201
    async with dispatch.as_("technician", his) as him, httpx.AsyncClient() as anybody:
        path = await address(him, his)
        anybody.base_url, anybody._transport = him.base_url, him._transport
        first = await anybody.get(path)
        found = events(first)
        assert set(found) == {f"visit-{visit}@astreinte", "rota-night@astreinte"}
        event = found[f"visit-{visit}@astreinte"]
        assert event.dtstart.value == datetime.fromisoformat(told["planned_start"])
        assert event.dtend.value == datetime.fromisoformat(told["planned_end"])
        assert "DTSTART;TZID=Europe/Paris:" in first.text
        assert event.summary.value.startswith(told["number"])
        assert event.status.value == "CONFIRMED"
        begins = found["rota-night@astreinte"].dtstart.value
        assert begins.astimezone(UTC) == datetime(2026, 3, 2, 17, tzinfo=UTC)

        again = await anybody.get(path)
        assert again.content == first.content
        known = await anybody.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (known.status_code, known.content) == (304, b"")


async def test_a_visit_that_is_called_off_stays_in_the_calendar_as_such(
    dispatch: Running, unique: str
) -> None:
    await hire(dispatch, unique, anna=body())
    visit = await open_ticket(dispatch, unique)
    await dispatch.comes_to(visit, "dispatched")
    async with dispatch.as_("technician", "anna") as anna:
        path = await address(anna)
        before = events(await anna.get(path))[f"visit-{visit}@astreinte"]
        called_off = VisitsWithdrawn(
            ticket_id=unique,
            number="T-1",
            customer_id=unique,
            summary="Off",
            visit_ids=(visit,),
            reason=WithdrawalReason.CANCELLED,
        )
        await dispatch.publish(called_off, subject=unique)
        await dispatch.comes_to(visit, "cancelled")
        after = events(await anna.get(path))[f"visit-{visit}@astreinte"]
    assert after.status.value == "CANCELLED"
    assert int(after.sequence.value) > int(before.sequence.value)
    assert after.dtstart.value == before.dtstart.value


async def test_an_address_ends_with_the_next_one_and_is_ones_own_to_give(
    dispatch: Running, unique: str
) -> None:
    await hire(dispatch, unique, anna=body(), bruno=body(name="Bruno Cau"))
    async with dispatch.as_("technician", "anna") as anna:
        old = await address(anna)
        new = await address(anna)
        assert (await anna.get(old)).status_code == 404
        assert (await anna.get(new)).status_code == 200
        assert (await anna.post("/v1/technicians/bruno/calendar")).status_code == 404
        assert (await anna.delete("/v1/technicians/anna/calendar")).status_code == 204
        assert (await anna.get(new)).status_code == 404
        assert (await anna.delete("/v1/technicians/anna/calendar")).status_code == 404
    async with dispatch.as_("agent") as agent:
        assert (await agent.post("/v1/technicians/anna/calendar")).status_code == 403
