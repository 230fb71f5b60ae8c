"""``/v1/plans`` on real servers: days looked at in the background, and what-ifs that somebody applies."""

from datetime import datetime, timedelta
from typing import Any

from contracts.values import Point, Priority
from tests.servers import RealServers, until
from tests.services.dispatch.asking import body, hire, open_ticket
from tests.services.dispatch.running import Running, running
from tests.services.dispatch.sample import BLAGNAC, MURET
from tests.world import MONDAY_NINE

WEST, EAST = Point(latitude=43.60, longitude=1.20), Point(latitude=43.60, longitude=1.70)


async def test_what_a_sick_technician_means_is_shown_and_then_done(dispatch: Running, unique: str) -> None:
    await hire(dispatch, unique, anna=body(), bruno=body(MURET))
    visit = await open_ticket(dispatch, unique)
    assert (await dispatch.comes_to(visit, "dispatched"))["technician_id"] == "anna"
    away = {"away": {"technician_id": "anna", "from": "2026-03-02T08:00:00Z", "to": "2026-03-02T18:00:00Z"}}
    async with dispatch.as_("technician", "anna") as anna:
        assert (await anna.post("/v1/plans", json=away)).status_code == 403
    async with dispatch.as_("dispatcher") as dispatcher:
        both = await dispatcher.post("/v1/plans", json={**away, "technician_id": "anna"})
        assert (both.status_code, both.json()["type"]) == (422, "/problems/invalid-body")
        backwards = {"away": {**away["away"], "to": "2026-03-02T07:00:00Z"}}
        wrong = await dispatcher.post("/v1/plans", json=backwards)
        assert wrong.json()["type"] == "/problems/absence-ends-before-it-starts"
        nobody = await dispatcher.post("/v1/plans", json={"technician_id": "nobody"})
        assert nobody.json()["type"] == "/problems/unknown-reference"
        proposed = await dispatcher.post("/v1/plans", json=away)
        assert proposed.status_code == 201, proposed.text
        shown = proposed.json()
        [change] = shown["changes"]
        assert (shown["state"], shown["why"]) == ("proposed", "asked")
        assert (change["visit_id"], change["before"]["technician_id"]) == (visit, "anna")
        assert change["after"]["technician_id"] == "bruno"
        assert (await dispatcher.get(f"/v1/visits/{visit}")).json()["technician_id"] == "anna"

        for _ in range(2):
            applied = await dispatcher.post(f"{proposed.headers['location']}/apply")
            assert (applied.status_code, applied.json()["state"]) == (200, "applied")
        assert (await dispatcher.get(f"/v1/visits/{visit}")).json()["technician_id"] == "bruno"
        [absence] = (await dispatcher.get("/v1/technicians/anna")).json()["absences"]
        assert absence["kind"] == "sick"
        listed = (await dispatcher.get("/v1/plans", params={"state": "applied"})).json()["items"]
        assert [each["id"] for each in listed] == [shown["id"]]
        nothing = await dispatcher.post("/v1/plans", json=away)
        assert (nothing.status_code, nothing.json()["type"]) == (409, "/problems/nothing-better")


async def test_a_proposal_that_the_day_has_overtaken_changes_nothing(dispatch: Running, unique: str) -> None:
    await hire(dispatch, unique, anna=body(), bruno=body(MURET))
    visit = await open_ticket(dispatch, unique)
    await dispatch.comes_to(visit, "dispatched")
    away = {"away": {"technician_id": "anna", "from": "2026-03-02T08:00:00Z", "to": "2026-03-02T18:00:00Z"}}
    async with dispatch.as_("dispatcher") as dispatcher:
        path = (await dispatcher.post("/v1/plans", json=away)).headers["location"]
        assert (await dispatcher.post(f"/v1/visits/{visit}/pin")).status_code == 200
        refused = await dispatcher.post(f"{path}/apply")
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/plan-overtaken")
        assert refused.json()["visit_id"] == visit
        assert (await dispatcher.get("/v1/technicians/anna")).json()["absences"] == []


async def given(
    dispatch: Running, skill: str, name: str, where: Point, who: str, hours: float, minutes: int = 30
) -> str:
    """A visit of a P4 that a dispatcher gives somebody so many hours from now."""
    id = f"{skill}-{name}"
    visit = await open_ticket(dispatch, skill, id, Priority.P4, where, duration_minutes=minutes)
    async with dispatch.as_("dispatcher") as dispatcher:

        async def is_known() -> bool:
            return (await dispatcher.get(f"/v1/visits/{visit}")).status_code == 200

        await until(is_known, within=20)
        start = (MONDAY_NINE + timedelta(hours=hours)).isoformat()
        asked = {"technician_id": who, "start": start}
        answer = await dispatcher.post(f"/v1/visits/{visit}/assign", json=asked)
        assert answer.status_code == 200, answer.text
    return visit


async def test_days_that_cross_are_uncrossed_in_the_background(servers: RealServers, unique: str) -> None:
    async with running(servers, unique, replan_seconds=0.2) as dispatch:
        await hire(dispatch, unique, west=body(WEST), east=body(EAST))
        for who, home in (("west", WEST), ("east", EAST)):
            await given(dispatch, unique, f"first-{who}", home, who, 0)
        crossed = [
            await given(dispatch, unique, "w", WEST, "east", 6),
            await given(dispatch, unique, "e", EAST, "west", 6),
        ]
        async with dispatch.as_("dispatcher") as dispatcher:

            async def uncrossed() -> bool:
                shown = [(await dispatcher.get(f"/v1/visits/{visit}")).json() for visit in crossed]
                return [each["technician_id"] for each in shown] == ["west", "east"]

            await until(uncrossed, within=60)
            listed = (await dispatcher.get("/v1/plans")).json()["items"]
        assert {each["why"] for each in listed} == {"background"}
        assert sum(each["gained"]["travel"] for each in listed) > 60


async def test_room_is_made_for_what_would_come_too_late(dispatch: Running, unique: str) -> None:
    """Only anna has the skill, and her day is full of what bruno could do as well."""
    rare = f"{unique}-san"
    await hire(dispatch, unique, anna=body(skills={unique: 2, rare: 1}), bruno=body())
    told = await given(dispatch, unique, "told", BLAGNAC, "anna", 1.5, 200)
    later = await given(dispatch, unique, "later", BLAGNAC, "anna", 5, 225)
    wanted: dict[str, Any] = {
        "skills": {rare: 1},
        "duration_minutes": 120,
        "respond_by": MONDAY_NINE + timedelta(hours=3),
    }
    urgent = await open_ticket(dispatch, unique, f"{unique}-urgent", Priority.P2, **wanted)
    made = await dispatch.comes_to(urgent, "dispatched")
    assert made["technician_id"] == "anna"
    assert datetime.fromisoformat(made["planned_start"]) < MONDAY_NINE + timedelta(hours=3)
    async with dispatch.as_("dispatcher") as dispatcher:
        kept, given_away = [(await dispatcher.get(f"/v1/visits/{id}")).json() for id in (told, later)]
        assert (kept["technician_id"], given_away["technician_id"]) == ("anna", "bruno")
        assert kept["arrival_from"] <= kept["planned_start"] <= kept["arrival_to"], "what was promised holds"
        listed = (await dispatcher.get("/v1/plans", params={"visit": urgent})).json()["items"]
        assert [each["why"] for each in listed] == ["visit"]
        assert (await dispatcher.get(f"/v1/plans/{listed[0]['id']}")).json() == listed[0]
        assert (await dispatcher.get("/v1/plans/none")).status_code == 404
    async with dispatch.as_("technician", "anna") as anna:
        for verb in ("acknowledge", "depart"):
            assert (await anna.post(f"/v1/visits/{urgent}/{verb}")).status_code == 200
    async with dispatch.as_("dispatcher") as dispatcher:
        left = await dispatcher.post("/v1/plans", json={"visit_id": urgent})
        assert (left.status_code, left.json()["type"]) == (409, "/problems/illegal-transition")
