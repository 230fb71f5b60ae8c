"""A technician alone on the spot, over HTTP and on real timers."""

from datetime import timedelta

from contracts.catalogue import topic_for
from contracts.dispatch.events import SignOfLifeMissed
from tests.flows.log_reading import told
from tests.flows.platform import records
from tests.servers import RealServers, until
from tests.services.dispatch.asking import body, hire, open_ticket, post
from tests.services.dispatch.running import Running


async def test_who_gives_no_sign_is_asked_and_shown_to_the_dispatcher_until_one_has_spoken_to_him(
    dispatch: Running, unique: str, servers: RealServers
) -> None:
    await hire(dispatch, unique, anna=body())
    visit = f"/v1/visits/{await open_ticket(dispatch, unique)}"
    await dispatch.comes_to(f"{unique}-1", "dispatched")
    async with dispatch.as_("technician", "anna") as anna, dispatch.as_("dispatcher", "dana") as dana:
        for verb in ("acknowledge", "depart", "arrive"):
            await post(anna, f"{visit}/{verb}")
        assert (await anna.post(f"{visit}/alone", json={"every_minutes": 4})).status_code == 422
        begun = await post(anna, f"{visit}/alone", {"every_minutes": 20})
        assert (begun["alone"]["every_minutes"], begun["alone"]["told"]) == (20, None)
        for minutes, whom in ((25, "technician"), (5, "dispatcher")):
            dispatch.clock.set(dispatch.clock.now() + timedelta(minutes=minutes))

            async def is_told(whom: str = whom) -> bool:
                return bool((await dana.get(visit)).json()["alone"]["told"] == whom)

            await until(is_told, within=20)
        asking = (await dana.get("/v1/visits", params={"attention": "no-sign-of-life"})).json()["items"]
        assert [each["id"] for each in asking] == [f"{unique}-1"]
        well = await post(dana, f"{visit}/well", {"on_behalf_of": "anna"})
        assert (well["attention"], well["alone"]["told"]) == (None, None)
        assert (await post(anna, f"{visit}/not-alone"))["alone"] is None
        async with dispatch.as_("technician", "bruno") as bruno, dispatch.as_("agent") as agent:
            assert (await bruno.post(f"{visit}/well")).status_code == 404
            assert (await agent.post(f"{visit}/well")).status_code == 403

    async def all_told() -> bool:
        log = told(await records(servers.kafka, topic_for(SignOfLifeMissed).name))
        return [each.type for each in log if each.subject == f"{unique}-1"].count("sign-of-life-missed") == 3

    await until(all_told, within=20)
