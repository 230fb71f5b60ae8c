"""Travel times on real servers: whose they are is said, and arrivals are learned from once."""

from datetime import timedelta
from typing import Any

from services.dispatch.planning.travel import DEFAULT_TRAVEL
from services.dispatch.store.observed_travel import ObservedTravels
from tests.servers import RealServers, until
from tests.services.dispatch.asking import body, hire, open_ticket
from tests.services.dispatch.road_service import RoadService
from tests.services.dispatch.running import Running, running
from tests.services.dispatch.sample import BLAGNAC, MURET, TOULOUSE
from tests.world import MONDAY_NINE


async def candidate(dispatch: Running, visit: str, who: str) -> dict[str, Any]:
    async with dispatch.as_("dispatcher") as dispatcher:
        answer = await dispatcher.get(f"/v1/visits/{visit}/candidates")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = next(each for each in answer.json()["items"] if each["technician_id"] == who)
        return found


async def test_the_answer_says_where_travel_times_come_from_and_a_restart_keeps_them(
    servers: RealServers, unique: str
) -> None:
    straight = round(DEFAULT_TRAVEL.seconds(TOULOUSE, BLAGNAC) / 60)
    async with RoadService(pace=3.0) as osrm:
        async with running(servers, unique, osrm=osrm.url) as dispatch:
            await hire(dispatch, unique, anna=body(), bruno=body(MURET))
            visit = await open_ticket(dispatch, unique)
            planned = await dispatch.comes_to(visit, "dispatched")
            assert planned["travel"]["minutes"] == planned["travel_minutes"]

            async def is_known() -> bool:
                return bool((await candidate(dispatch, visit, "anna"))["travel"]["source"] == "osrm")

            await until(is_known, within=20)
            best = await candidate(dispatch, visit, "anna")
            assert best["travel"]["minutes"] == best["travel_minutes"] > 2 * straight
            async with dispatch.as_("technician", "anna") as anna:
                await anna.post(f"/v1/visits/{visit}/depart", json={})
                dispatch.clock.set(MONDAY_NINE + timedelta(minutes=straight))
                for key in ("k1", "k1", "k2"):
                    said = {"Idempotency-Key": f"{unique}-{key}"}
                    arrived = await anna.post(f"/v1/visits/{visit}/arrive", json={}, headers=said)
                    assert (arrived.status_code, arrived.json()["state"]) == (200, "arrived")
            [kept] = await dispatch.runtime.find(ObservedTravels, {})
            assert kept.value.count == 1
            assert "dispatch_road_service_silent_seconds 0.0" in await metrics_of(dispatch)
        osrm.spoilt = lambda _: (503, "")
        async with running(servers, unique, osrm=osrm.url) as again:
            other = await open_ticket(again, unique, f"{unique}-2")

            async def is_planned() -> bool:
                async with again.as_("dispatcher") as dispatcher:
                    answer = await dispatcher.get(f"/v1/visits/{other}")
                return answer.status_code == 200 and answer.json()["state"] in ("planned", "dispatched")

            await until(is_planned, within=20)

            async def is_remembered() -> bool:
                return bool((await candidate(again, other, "bruno"))["travel"]["source"] == "osrm")

            await until(is_remembered, within=20)


async def metrics_of(dispatch: Running) -> str:
    async with dispatch.as_("admin") as admin:
        return (await admin.get("/metrics")).text
