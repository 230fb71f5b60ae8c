"""An agent reports a machine at the one address of all, and a full disk becomes a ticket before it breaks."""

import base64
import json
import zlib
from typing import Any

from tests.flows.firm import Firm, Json, done
from tests.flows.waiting import until

AGENT = {
    "GLPI-Agent-ID": "3f1c0a52-8a0e-4d55-9d83-0f3a6f0c2b11",
    "Content-Type": "application/x-compress-zlib",
}


def inventory(name: str, serial: str, free: int) -> Json:
    return {
        "action": "inventory",
        "deviceid": f"{name}-2024-03-11-08-15-42",
        "itemtype": "Computer",
        "content": {
            "bios": {"smanufacturer": "Dell Inc.", "smodel": "OptiPlex 7010", "ssn": serial},
            "hardware": {"chassis_type": "Desktop", "memory": 16107, "name": name},
            "drives": [{"letter": "C:", "type": "Local Disk", "total": 243543, "free": free}],
            "versionclient": "GLPI-Agent_v1.11",
        },
    }


async def test_a_full_disk_becomes_one_preventive_ticket_for_the_machine(firm: Firm) -> None:
    acme = await firm.customer()
    site, work = await firm.site(acme), await firm.work()
    body = {"customer_id": acme.id, "site_id": site, "name": "Parc"}
    key = done(await firm.stock_keeper.post("/v1/agent-keys", body))
    rules = {"rules": [{"kind": "disk-full", "limit": 10, "category": work}]}
    done(await firm.stock_keeper.put(f"/v1/inventory/rules/{acme.id}", rules))
    credentials = base64.b64encode(f"agent:{key['secret']}".encode()).decode()

    async def tell(free: int) -> None:
        message: Any = inventory(firm.id("pc"), f"SN-{firm.id('pc')}", free)
        answer = await firm.platform.client.post(
            "/inventory",
            content=zlib.compress(json.dumps(message).encode()),
            headers={**AGENT, "Authorization": f"Basic {credentials}"},
        )
        assert done(answer)["status"] == "ok"

    await tell(150_000)
    [asset] = done(await firm.stock_keeper.get("/v1/assets", customer=acme.id))["items"]
    for free in (9_000, 8_000):
        await tell(free)
    found: list[Json] = []

    async def there() -> bool:
        found[:] = done(await firm.agent.get("/v1/tickets", customer=acme.id))["items"]
        return bool(found)

    await until(there, within=20)
    await firm.platform.quiet()
    [ticket] = done(await firm.agent.get("/v1/tickets", customer=acme.id))["items"]
    assert (ticket["kind"], ticket["asset"], ticket["category"]) == ("maintenance", asset["id"], work)
    assert ticket["summary"] == f"{firm.id('pc')} : C: n'a plus que 3 % de libre"
