"""Today's code on what an earlier release left when it was killed in the middle of a day."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from contracts.catalogue import SERVICES
from infra.chassis.events.topics import apply_topics
from infra.chassis.store.collection import Collection
from infra.sample.audit import audit
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits
from services.inventory.store.assets import Assets
from services.inventory.store.parts import Parts
from services.inventory.store.sites import Sites
from services.notify.store.deliveries import Deliveries
from services.ticket.store.contacts import Contacts
from services.ticket.store.contracts import Contracts
from services.ticket.store.customers import Customers
from services.ticket.store.tickets import Tickets
from services.ticket.store.work_types import WorkTypes
from tests.flows.firm import Firm, Request, Technician, Visit, done
from tests.flows.platform import Platform, up
from tests.flows.previous.kept import Kept, kept
from tests.flows.waiting import until
from tests.servers import embedded

SERVED: dict[str, tuple[str, Collection[Any]]] = {
    "/v1/customers": ("ticket", Customers),
    "/v1/contacts": ("ticket", Contacts),
    "/v1/contracts": ("ticket", Contracts),
    "/v1/work-types": ("ticket", WorkTypes),
    "/v1/tickets": ("ticket", Tickets),
    "/v1/technicians": ("dispatch", Technicians),
    "/v1/visits": ("dispatch", Visits),
    "/v1/sites": ("inventory", Sites),
    "/v1/assets": ("inventory", Assets),
    "/v1/parts": ("inventory", Parts),
    "/v1/deliveries": ("notify", Deliveries),
}
OPEN = ("new", "triaged", "scheduled", "in-progress", "on-hold")


@pytest.fixture(scope="module")
def left() -> Kept:
    return kept()


@pytest.fixture(scope="module")
async def upgraded(left: Kept, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Platform]:
    folder = tmp_path_factory.mktemp("upgraded")
    async with embedded(folder / "servers") as servers:
        await apply_topics(servers.kafka)
        await left.restore(servers.mongodb, servers.kafka)
        addresses = {"ASTREINTE_KAFKA": servers.kafka, "ASTREINTE_MONGODB": servers.mongodb}
        async with up(folder / "platform", servers=addresses) as platform:
            yield platform


async def test_what_was_on_its_way_arrives_and_nothing_that_was_done_is_done_again(
    left: Kept, upgraded: Platform
) -> None:
    waiting = {
        (item["topic"], dict(item["headers"])["ce_id"])
        for _, _, document in left.documents
        for item in document.get("outbox", ())
    }
    assert waiting, "the earlier release was killed with events on their way"
    await sound(upgraded)
    lines = await upgraded.records(*{topic for topic, _ in waiting})
    assert waiting <= {(line.topic, dict(line.headers)["ce_id"].decode()) for line in lines}


@pytest.mark.parametrize("path", SERVED)
async def test_everything_is_read_as_what_it_was(left: Kept, upgraded: Platform, path: str) -> None:
    service, kind = SERVED[path]
    before = {each["_id"] for each in left.of(service, kind.name)}
    assert before
    shown = set[str]()
    place: dict[str, Any] = {}
    while True:
        answer = await upgraded.client.get(
            path, params={"limit": 200, **place}, headers=upgraded.bearer("admin")
        )
        page = done(answer)
        shown |= {each["id"] for each in page["items"]}
        if page["next"] is None:
            break
        place = {"cursor": page["next"]}
    assert shown >= before
    stored = upgraded.db(service)[kind.name]

    async def all_upgraded() -> bool:
        return not await stored.count_documents({"schema": {"$ne": kind.schema}})

    await until(all_upgraded, why=f"for {kind.name} to be of schema {kind.schema}")


async def test_every_kind_of_thing_is_changed_and_work_that_was_under_way_ends(
    left: Kept, upgraded: Platform, unique: str
) -> None:
    firm = Firm(upgraded, unique)
    await reference_data_changes(left, firm)
    busy = {
        each["technician_id"]
        for each in left.of("dispatch", "visits")
        if each["state"] in {"en-route", "arrived", "started", "paused"}
    }
    begun = next(
        each
        for each in left.of("dispatch", "visits")
        if each["state"] == "acknowledged"
        and each["technician_id"] not in busy
        and len(ticket_of(left, each)["visits"]) == 1
    )
    technician = Technician(upgraded, "technician", begun["technician_id"])
    visit = Visit(firm, begun["_id"])
    assert (await visit.now())["state"] == "acknowledged"
    await technician.does(visit, "depart", "arrive", "start")
    await technician.closes(visit)
    ticket = ticket_of(left, begun)
    await Request(firm, ticket["_id"], httpx.Response(200)).is_("resolved")

    for each in left.of("ticket", "tickets"):
        if each["state"] in OPEN:
            note = {"text": "Who is next?", "public": False}
            done(await firm.agent.post(f"/v1/tickets/{each['_id']}/notes", note))
    again = await firm.opens(ticket["category"], ticket["site_ids"][0])
    await again.visit.is_("planned", "dispatched", "waiting", "failed")
    await sound(upgraded)


async def reference_data_changes(left: Kept, firm: Firm) -> None:
    """Each kind is written again by those who keep it, the first that is there of each."""
    customer = left.of("ticket", "customers")[0]["_id"]
    by_office = {
        f"customers/{customer}": {"name": "Renamed"},
        f"contacts/{left.of('ticket', 'contacts')[0]['_id']}": {
            "customer_id": left.of("ticket", "contacts")[0]["customer_id"],
            "name": "Somebody Else",
        },
    }
    by_stock_keeper = {
        f"parts/{left.of('inventory', 'parts')[0]['_id']}": {"name": "Renamed"},
        f"assets/{left.of('inventory', 'assets')[0]['_id']}": {
            "site_id": left.of("inventory", "assets")[0]["site_id"],
            "name": "Renamed",
            "kind": "printer",
        },
    }
    for path, body in by_office.items():
        done(await firm.admin.put(f"/v1/{path}", body))
    for path, body in by_stock_keeper.items():
        done(await firm.stock_keeper.put(f"/v1/{path}", body))
    level = left.of("inventory", "stock_levels")[0]
    await firm.stock(level["location"], level["sku"], 1)
    absence = {"from": "2030-01-07T08:00:00+01:00", "to": "2030-01-07T18:00:00+01:00", "kind": "training"}
    away = left.of("dispatch", "technicians")[0]["_id"]
    done(await firm.dispatcher.post(f"/v1/technicians/{away}/absences", absence))


def ticket_of(left: Kept, visit: dict[str, Any]) -> dict[str, Any]:
    return next(each for each in left.of("ticket", "tickets") if each["_id"] == visit["ticket_id"])


async def sound(platform: Platform) -> None:
    """Nothing is on its way, nothing was put aside, and no invariant of the platform is broken."""
    await platform.quiet(within=60)
    for service in SERVICES:
        assert await platform.db(service).parked.count_documents({}) == 0
    found = await audit(platform.kafka, platform.mongodb)
    assert {name: said for name, said in found.found.items() if said} == {}
