"""Kafka goes away for ten seconds: requests are taken in all the same, and everything follows later."""

import time

import pytest

from tests.flows.firm import Firm, problem
from tests.flows.waiting import until
from tests.servers import RealServers

pytestmark = pytest.mark.in_turn

AWAY_SECONDS = 10.0


async def test_intake_goes_on_without_kafka_and_everything_is_dispatched_after(
    firm: Firm, servers: RealServers
) -> None:
    acme = await firm.customer()
    site, work = await firm.site(acme), await firm.work()
    people = [await firm.technician(f"tech-{n}") for n in range(3)]
    first = await firm.opens(work, site)
    await first.visit.is_("dispatched")
    await firm.platform.quiet()

    await servers.kill_kafka()
    try:
        gone_at = time.monotonic()
        meanwhile = [await firm.opens(work, site)]

        async def ten_seconds_later() -> bool:
            meanwhile.append(await firm.opens(work, site))
            return time.monotonic() - gone_at > AWAY_SECONDS

        await until(ten_seconds_later, within=30, every=0.8)
        unknown = await firm.agent.post("/v1/tickets", firm.request(work, firm.id("nowhere")))
        problem(unknown, 503, "not-ready")
        assert int(unknown.headers["Retry-After"]) > 0
        assert (await firm.platform.client.get("/live")).status_code == 200
        assert not (await firm.platform.clock())["quiet"]
    finally:
        await servers.start_kafka()
    for request in meanwhile:
        told = await request.visit.is_("dispatched", within=40)
        assert told["technician_id"] in {each.id for each in people}
        await request.is_("scheduled")
