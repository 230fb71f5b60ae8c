"""``/v1/rota`` on real servers: written, read, withdrawn; who is on call now."""

from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.values import Priority
from tests.services.dispatch.asking import OFFICE_HOURS, body, hire, open_ticket
from tests.services.dispatch.running import Running
from tests.world import MONDAY_NINE

EVENING = MONDAY_NINE + timedelta(hours=9)
NIGHT = {"technician_id": "anna", "from": "2026-03-02T18:00:00+01:00", "to": "2026-03-03T08:00:00+01:00"}


def at(shown: str) -> datetime:
    return datetime.fromisoformat(shown).astimezone(UTC)


async def test_the_rota_says_who_is_on_call_now(dispatch: Running, unique: str) -> None:
    await hire(dispatch, unique, anna=body(phone="0600000001"), bruno=body(name="Bruno Cau"))
    async with dispatch.as_("dispatcher") as dispatcher:
        created = await dispatcher.put("/v1/rota/night", json=NIGHT)
        assert (created.status_code, created.headers["location"]) == (201, "/v1/rota/night")
        assert (await dispatcher.put("/v1/rota/night", json=NIGHT)).status_code == 200
        assert (await dispatcher.get("/v1/rota/now")).json() == {"items": [], "next": None}

        dispatch.clock.set(EVENING)
        other = {**NIGHT, "technician_id": "bruno", "territory": "west", "to": "2026-03-02T20:00:00+01:00"}
        assert (await dispatcher.put("/v1/rota/west", json=other)).status_code == 201
        now = (await dispatcher.get("/v1/rota/now")).json()["items"]
        assert [(each["id"], each["name"], each["phone"]) for each in now] == [
            ("night", "Anna Bel", "0600000001"),
            ("west", "Bruno Cau", None),
        ]
        assert at(now[0]["to"]) == datetime(2026, 3, 3, 7, 0, tzinfo=UTC)
        for territory, ids in (("west", ["night", "west"]), ("east", ["night"])):
            there = (await dispatcher.get("/v1/rota/now", params={"territory": territory})).json()
            assert [each["id"] for each in there["items"]] == ids
        away = {"from": "2026-03-02T17:00:00Z", "to": "2026-03-03T18:00:00Z", "kind": "sick"}
        assert (await dispatcher.post("/v1/technicians/anna/absences", json=away)).status_code == 201
        now = (await dispatcher.get("/v1/rota/now")).json()["items"]
        assert [each["technician_id"] for each in now] == ["bruno"]


async def test_the_rota_is_read_and_withdrawn(dispatch: Running, unique: str) -> None:
    await hire(dispatch, unique, anna=body(), bruno=body())
    later = {**NIGHT, "from": "2026-04-02T18:00:00+02:00", "to": "2026-04-03T08:00:00+02:00"}
    async with dispatch.as_("dispatcher") as dispatcher:

        async def ids(**asked: str) -> list[str]:
            answer = await dispatcher.get("/v1/rota", params=asked)
            assert answer.status_code == 200, answer.text
            return [each["id"] for each in answer.json()["items"]]

        for id, entry in (("a", NIGHT), ("b", {**later, "technician_id": "bruno"})):
            assert (await dispatcher.put(f"/v1/rota/{id}", json=entry)).status_code == 201
        assert await ids() == ["a", "b"]
        assert await ids(technician="bruno") == ["b"]
        assert await ids(**{"from": "2026-03-03T07:00:00Z"}) == ["b"]
        assert await ids(to="2026-03-02T17:00:00Z") == []
        assert await ids(to="2026-03-02T17:00:01Z") == ["a"]

        read = await dispatcher.get("/v1/rota/a", headers={"Accept-Language": "fr"})
        assert [each["type"] for each in read.json()["warnings"]] == ["notice"]
        assert "illégal" in read.json()["warnings"][0]["detail"]
        assert (await dispatcher.get("/v1/rota/b")).json()["warnings"] == []
        anna = (await dispatcher.get("/v1/technicians/anna")).json()
        assert [each["id"] for each in anna["on_call"]] == ["a"]

        stale = await dispatcher.delete("/v1/rota/a", headers={"If-Match": '"9"'})
        assert stale.status_code == 412
        assert (await dispatcher.delete("/v1/rota/a")).status_code == 204
        assert (await dispatcher.get("/v1/rota/a")).status_code == 404
        assert await ids() == ["b"]
        assert (await dispatcher.get("/v1/technicians/anna")).json()["on_call"] == []


async def test_what_makes_no_sense_is_refused(dispatch: Running, unique: str) -> None:
    await hire(dispatch, unique, anna=body())
    cases: list[tuple[str, dict[str, Any], str]] = [
        ("x", {**NIGHT, "to": NIGHT["from"]}, "on-call-ends-before-it-starts"),
        ("x", {**NIGHT, "technician_id": "nobody"}, "unknown-reference"),
        ("now", NIGHT, "invalid-parameter"),
        ("x", {**NIGHT, "from": "tonight"}, "invalid-body"),
    ]
    async with dispatch.as_("dispatcher") as dispatcher:
        for id, entry, slug in cases:
            answer = await dispatcher.put(f"/v1/rota/{id}", json=entry)
            assert (answer.status_code, answer.json()["type"]) == (422, f"/problems/{slug}"), answer.text
    for role in ("technician", "agent"):
        async with dispatch.as_(role) as other:
            assert (await other.put("/v1/rota/x", json=NIGHT)).status_code == 403
            assert (await other.get("/v1/rota/now")).status_code == 200
    async with dispatch.as_("portal", customer="acme") as portal:
        assert (await portal.get("/v1/rota/now")).status_code == 403


async def test_the_machine_calls_by_night_who_is_put_on_call(dispatch: Running, unique: str) -> None:
    await hire(dispatch, unique, anna=body(shifts=OFFICE_HOURS))
    dispatch.clock.set(MONDAY_NINE + timedelta(hours=17))
    visit_id = await open_ticket(dispatch, unique, priority=Priority.P1)
    waits = await dispatch.comes_to(visit_id, "dispatched")
    assert at(waits["planned_start"]) >= datetime(2026, 3, 3, 7, 0, tzinfo=UTC)
    second = f"{unique}-b"
    async with dispatch.as_("dispatcher") as dispatcher:
        assert (await dispatcher.put("/v1/rota/night", json=NIGHT)).status_code == 201
    called = await dispatch.comes_to(await open_ticket(dispatch, unique, second), "dispatched")
    assert at(called["planned_start"]) < datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
    async with dispatch.as_("dispatcher") as dispatcher:
        anna = (await dispatcher.get("/v1/technicians/anna")).json()
    assert [each["rule"] for each in anna["rests"]] == ["daily-rest"]
