"""The thinnest slice, on a real Kafka and a real MongoDB: a site, a plan, a closing."""

import asyncio
import uuid

from contracts.ticket.states import CustomerChanged
from contracts.values import PartNeed
from infra.chassis.store.unit import Cause
from services.inventory.domain.reservation import Position, ReservationState
from services.inventory.store.reservations import Reservations
from services.inventory.usecases.reserve_parts import ReserveParts
from tests.services.inventory.facts import closed, planned, used
from tests.services.inventory.running import Running
from tests.world import MONDAY_NINE

SITE = {
    "name": "Clinique Pasteur, bâtiment nord",
    "address": "12 rue des Lilas",
    "postcode": "69003",
    "commune": "Lyon",
    "latitude": 45.76,
    "longitude": 4.85,
    "time_zone": "Europe/Paris",
    "holidays": "FR",
    "territory": "lyon",
    "opening": {"mon": [["08:00", "18:00"]]},
    "access": {"instructions": "Badge à l'accueil", "escort": True},
}


async def stock(inventory: Running, sku: str, location: str, quantity: int) -> None:
    async with inventory.as_("stock-keeper") as keeper:
        assert (await keeper.put(f"/v1/parts/{sku}", json={"name": sku})).status_code in (200, 201)
        received = await keeper.post(
            "/v1/stock/receive",
            json={"location": location, "sku": sku, "quantity": quantity},
            headers={"Idempotency-Key": uuid.uuid4().hex},
        )
        assert received.status_code == 200, received.text


async def test_a_site_then_a_plan_then_a_closing(inventory: Running, unique: str) -> None:
    customer, sku, visit = f"{unique}-c", f"{unique}-psu", f"{unique}-v"
    await inventory.state(CustomerChanged(customer_id=customer, name="Clinique Pasteur"), customer)
    async with inventory.as_("agent") as agent:
        put = await agent.put(f"/v1/sites/{unique}-nord", json={"customer_id": customer, **SITE})
        assert put.status_code == 201, put.text
        assert put.headers["ETag"] == '"1"'
    await stock(inventory, sku, "van:lea", 2)

    await inventory.visit(planned(visit, "lea", (sku, 2)))
    await inventory.settled()
    async with inventory.as_("dispatcher") as dispatcher:
        reservation = (await dispatcher.get(f"/v1/reservations/{visit}")).json()
        assert (reservation["state"], reservation["held"][0]["location"]) == ("reserved", "van:lea")
        await inventory.visit(closed(visit, "lea", used(sku, 1)))
        await inventory.settled()
        reservation = (await dispatcher.get(f"/v1/reservations/{visit}")).json()
        assert (reservation["state"], reservation["held"]) == ("issued", [])
        [level] = (await dispatcher.get("/v1/stock", params={"sku": sku})).json()["items"]
        assert (level["on_hand"], level["reserved"], level["available"]) == (1, 0, 1)
        movements = (await dispatcher.get("/v1/stock/movements", params={"sku": sku})).json()["items"]
        assert [(line["kind"], line["quantity"]) for line in movements] == [("received", 2), ("issued", -1)]


async def test_of_many_visits_that_want_the_last_part_at_the_same_instant_one_gets_it(
    inventory: Running, unique: str
) -> None:
    sku = f"{unique}-psu"
    await stock(inventory, sku, "depot:lyon", 1)
    run = inventory.runtime
    visits = [f"{unique}-{n}" for n in range(12)]
    cause = Cause("test", "c-test")
    await asyncio.gather(
        *(
            run.do(
                ReserveParts(
                    visit_id=visit,
                    ticket_id="t",
                    customer_id="c",
                    technician_id=visit,
                    planned_start=MONDAY_NINE,
                    parts=(PartNeed(sku=sku, quantity=1),),
                    position=Position(0, 1),
                ),
                cause,
            )
            for visit in visits
        )
    )
    states = [kept.value.state for kept in await run.find(Reservations, {"_id": {"$in": visits}})]
    assert sorted(states) == [ReservationState.RESERVED, *[ReservationState.SHORT] * 11]


async def test_facts_delivered_twice_reserve_and_issue_nothing_twice(inventory: Running, unique: str) -> None:
    sku, visit = f"{unique}-psu", f"{unique}-v"
    await stock(inventory, sku, "van:lea", 5)
    plan, closing = planned(visit, "lea", (sku, 2)), closed(visit, "lea", used(sku, 2))
    sent = [(await inventory.visit(fact), fact) for fact in (plan, closing)]
    await inventory.settled()
    for envelope, fact in sent:
        await inventory.send(envelope, fact)
    await inventory.settled()
    async with inventory.as_("dispatcher") as dispatcher:
        [level] = (await dispatcher.get("/v1/stock", params={"sku": sku})).json()["items"]
    assert (level["on_hand"], level["reserved"]) == (3, 0)
