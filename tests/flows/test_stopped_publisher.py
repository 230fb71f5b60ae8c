"""A replica that stands still between saving a state and sending it leaves no old state behind."""

import asyncio
import json

import httpx

from infra.chassis.clock import SystemClock
from infra.chassis.events.kafka import Producer
from infra.chassis.http.auth import DEVELOPMENT_ISSUER
from infra.chassis.runtime import Parts
from services.inventory.app import build
from services.inventory.settings import Settings
from tests.flows.firm import Firm, done
from tests.flows.waiting import until
from tests.infra.chassis.instruments import stopped_before_sending

SITES = "inventory.sites.v1"


async def test_a_publisher_stopped_between_save_and_send_never_leaves_an_old_state_last(firm: Firm) -> None:
    acme = await firm.customer()
    first = await firm.site(acme, "moving", near=(48.0, -1.0))
    body = done(await firm.stock_keeper.get(f"/v1/sites/{first}"))
    written = {name: body[name] for name in FIELDS}
    gate = asyncio.Event()
    settings = Settings(
        profile="development",
        issuer=DEVELOPMENT_ISSUER,
        jwks=json.dumps(firm.platform.issuer.jwks),
        requests_per_minute=None,
        log_level="ERROR",
    )
    stopped = build(
        settings,
        clock=SystemClock(),
        mongo=firm.platform.mongodb,
        kafka=firm.platform.kafka,
        parts=Parts(producer=stopped_before_sending(Producer, gate)),
    )
    async with stopped.router.lifespan_context(stopped):
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(stopped),
            base_url="http://second",
            headers=firm.stock_keeper.headers,
        ) as second:
            done(await second.put(f"/v1/sites/{first}", json={**written, "name": "By the stopped one"}))
        done(await firm.stock_keeper.put(f"/v1/sites/{first}", {**written, "name": "Newest"}))
        newest = (await firm.stock_keeper.get(f"/v1/sites/{first}")).headers["ETag"].strip('"')

        async def sent(count: int) -> bool:
            return len(await states(firm, first)) >= count

        await until(lambda: sent(3), why="for the sweep of the replica that runs", every=0.3)
        before = len(await states(firm, first))
        gate.set()
        await until(lambda: sent(before + 2), why="for the late record, and for the present one after it")
        assert int(newest) in {version for version, _ in await states(firm, first)}
        late = (await states(firm, first))[before:]
        assert late[0][0] < int(newest), "the stopped replica had nothing old to send"
        assert late[-1] == (int(newest), "Newest")
    # A replica that went before it had joined its group must not keep a part of the topics.
    await firm.site(await firm.customer("next"))
    for service in ("ticket", "dispatch", "notify"):
        copy = await firm.platform.db(service).sites_copy.find_one({"_id": first})
        assert (copy["version"], copy["name"]) == (int(newest), "Newest")


FIELDS = (
    "customer_id",
    "name",
    "address",
    "postcode",
    "commune",
    "latitude",
    "longitude",
    "time_zone",
    "holidays",
)


async def states(firm: Firm, site: str) -> list[tuple[int, str]]:
    """The site's versions and names in the order of the log."""
    return [
        (int(dict(record.headers)["ce_sequence"]), json.loads(record.value)["name"])
        for record in await firm.platform.records(SITES)
        if record.key == site.encode()
    ]
