"""An end of support that an agent reports becomes an advice, a quote that the client approves, a visit."""

import base64
import json
import zlib
from typing import Any

from tests.flows.firm import Firm, Json, Request, done
from tests.flows.test_inventory_agents import AGENT, inventory
from tests.flows.waiting import until


async def test_an_end_of_support_becomes_an_advice_a_quote_and_a_visit(firm: Firm) -> None:
    acme = await firm.customer()
    site, work = await firm.site(acme), await firm.work()
    max_ = await firm.technician("max")
    keeper = firm.stock_keeper
    body = {"customer_id": acme.id, "site_id": site, "name": "Parc"}
    key = done(await keeper.post("/v1/agent-keys", body))
    message: Any = inventory(firm.id("pc"), f"SN-{firm.id('pc')}", 150_000)
    name = f"Compta {firm.id('soft')}"
    message["content"]["softwares"] = [{"name": name, "version": "7.2"}]
    credentials = base64.b64encode(f"agent:{key['secret']}".encode()).decode()
    told = await firm.platform.client.post(
        "/inventory",
        content=zlib.compress(json.dumps(message).encode()),
        headers={**AGENT, "Authorization": f"Basic {credentials}"},
    )
    assert done(told)["status"] == "ok"
    product = {"label": name, "names": [name], "cycles": [{"name": "7", "ends_on": "2020-01-01"}]}
    done(await keeper.put(f"/v1/renewals/products/{firm.id('soft')}", product))
    rules = {"category": work, "upgrade_cents": {"other": 18_000}}
    done(await keeper.put(f"/v1/renewals/rules/{acme.id}", rules))
    assert done(await keeper.post("/v1/renewals/refresh", {"customer_id": acme.id}))["changed"] == 1
    [advice] = done(await keeper.get("/v1/renewals", customer=acme.id))["items"]

    asked = {"customer_id": acme.id, "advices": [advice["id"]], "valid_until": "2099-01-01T12:00:00Z"}
    quoted = await keeper.post("/v1/renewals/quotes", asked)
    ticket_id = done(quoted)["ticket_id"]
    quote: Json = {}

    async def sent() -> bool:
        answer = await acme.manager.get(f"/v1/tickets/{ticket_id}/quote")
        quote.update(answer.json())
        return answer.is_success

    await until(sent, within=20)
    ticket = Request(firm, ticket_id, quoted)
    now = await ticket.now()
    assert (now["kind"], now["state"], now["asset"]) == ("maintenance", "on-hold", advice["asset_id"])
    assert (quote["total"], quote["currency"]) == ("180.00", "EUR")
    await firm.platform.quiet()
    assert (await firm.dispatcher.get(f"/v1/visits/{ticket_id}-1")).status_code == 404

    done(await acme.manager.post(f"/v1/tickets/{ticket_id}/approve", {"purchase_order": "BC-1"}))
    await ticket.visit.is_("dispatched", to=max_)
    await max_.works_on(ticket.visit)
    await max_.closes(ticket.visit)

    async def settled() -> bool:
        return bool(done(await keeper.get(f"/v1/renewals/{advice['id']}"))["state"] == "done")

    await until(settled, within=20)
