"""Kill -9 of the whole stack in the middle of the day: nothing acknowledged is lost, nothing done twice."""

import asyncio
import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.sample.evidence import key_of
from tests.flows.firm import Firm, Technician, Visit, done
from tests.flows.log_reading import gaps, told
from tests.flows.platform import Platform, up
from tests.flows.waiting import until

pytestmark = pytest.mark.in_turn

TECHNICIANS = 6
BEFORE_THE_KILL = 40
SENDING_AT_ONCE = 8
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
FACTS = ("ticket.lifecycle.v1", "dispatch.visits.v1", "inventory.reservations.v1", "notify.deliveries.v1")


@dataclass
class Day:
    """What people did and were answered until the lights went out."""

    opened: dict[str, str] = field(default_factory=dict)
    """Ticket by the key of its request."""
    asked: list[str] = field(default_factory=list)
    """The keys of all requests, answered or not."""
    acknowledged: set[str] = field(default_factory=set)
    """Visits."""


async def test_a_stack_killed_in_mid_day_loses_nothing_and_does_nothing_twice(
    tmp_path: Path, unique: str
) -> None:
    day = Day()
    async with up(tmp_path / "data") as platform:
        firm = Firm(platform, unique)
        acme = await firm.customer()
        fuser = await firm.part("fuser")
        site, work = await firm.site(acme), await firm.work(parts={fuser: 1})
        people = [await firm.technician(f"tech-{n}") for n in range(TECHNICIANS)]
        for each in people:
            await firm.stock(f"van:{each.id}", fuser, 100)
        body = firm.request(work, site)
        clients = [asyncio.create_task(client(firm, body, day, n)) for n in range(4)]
        answering = [asyncio.create_task(answers(firm, each, day)) for each in people]

        async def busy() -> bool:
            return len(day.opened) >= BEFORE_THE_KILL and len(day.acknowledged) >= 3

        await until(busy, within=60, why=lambda: f"for a busy day, {len(day.opened)} requests in")
        platform.process.kill()
        await asyncio.gather(*clients, *answering)
        await platform.process.wait()

    async with up(tmp_path / "data") as platform:
        firm = Firm(platform, unique)
        await nothing_is_lost(firm, acme.id, body, day)
        await every_visit_goes_on(platform, acme.id)
        await nothing_happened_twice(platform, firm, fuser, len(day.asked))


async def client(firm: Firm, body: dict[str, Any], day: Day, number: int) -> None:
    """Asks again and again, until nobody answers any more."""
    for n in range(1000):
        key = f"{firm.name}-{number}-{n}"
        day.asked.append(key)
        try:
            day.opened[key] = done(await firm.agent.post("/v1/tickets", body, key=key))["id"]
        except httpx.TransportError:
            return


async def answers(firm: Firm, technician: Technician, day: Day) -> None:
    """Acknowledges whatever he is told."""
    try:
        while True:
            for visit in done(await technician.get("/v1/visits", state="dispatched"))["items"]:
                await technician.does(Visit(firm, visit["id"]), "acknowledge")
                day.acknowledged.add(visit["id"])
            await asyncio.sleep(0.1)
    except httpx.TransportError:
        return


async def nothing_is_lost(firm: Firm, customer: str, body: dict[str, Any], day: Day) -> None:
    """Every acknowledged command is there; what was not answered is done by asking again, once."""
    for key in day.asked:
        again = done(await firm.agent.post("/v1/tickets", body, key=key))
        assert day.opened.setdefault(key, again["id"]) == again["id"]
    tickets = firm.platform.db("ticket").tickets
    stored = {each["_id"] async for each in tickets.find({"customer_id": customer})}
    assert stored == set(day.opened.values())
    for visit in day.acknowledged:
        assert (await Visit(firm, visit).now())["state"] == "acknowledged"


async def every_visit_goes_on(platform: Platform, customer: str) -> None:
    """Whoever had to be told is told, on the service's side and on the ticket's.

    Mails that were being sent at the kill come after their lease: it is over here.
    """
    visits = platform.db("dispatch").visits
    left: list[str] = []

    async def all_told() -> bool:
        left[:] = await visits.distinct(
            "_id", {"customer_id": customer, "state": {"$nin": ["dispatched", "acknowledged"]}}
        )
        return not left

    await until(all_told, within=60, why=lambda: f"for {len(left)} visits", every=0.3)
    await platform.db("notify").deliveries.update_many(
        {"state": "sending"}, {"$set": {"attempt_at": LONG_AGO}}
    )
    await platform.quiet(within=60)
    shown = {
        visit["id"]: visit["state"]
        async for ticket in platform.db("ticket").tickets.find({"customer_id": customer})
        for visit in ticket["visits"]
    }
    known = {each["_id"]: each["state"] async for each in visits.find({"customer_id": customer})}
    assert shown == known


async def nothing_happened_twice(platform: Platform, firm: Firm, sku: str, requests: int) -> None:
    events = told(await platform.records(*FACTS))
    assert gaps(events) == {}
    once = Counter(each.type for each in {(e.source, e.subject, e.number): e for e in events}.values())
    assert once["ticket-opened"] == requests
    assert once["technician-dispatched"] - once["dispatch-revoked"] == requests
    for service in ("ticket", "dispatch", "inventory", "notify"):
        parked = await platform.db(service).parked.find().to_list(None)
        assert not parked, f"{service} put {parked[0]['reason']} aside"
    levels = done(await firm.stock_keeper.get("/v1/stock", sku=sku))["items"]
    assert sum(each["reserved"] for each in levels) == requests
    assert {each["on_hand"] for each in levels} == {100}
    deliveries = platform.db("notify").deliveries
    of_dispatches = {"message.kind": "technician-dispatched", "state": "sent"}
    assert await deliveries.count_documents(of_dispatches) == once["technician-dispatched"]
    mails = Counter(json.loads(line)["key"] for line in (platform.data / "mail.jsonl").open())
    sent = await deliveries.distinct("_id", {"state": "sent"})
    assert {key_of(key) for key in mails} == set(sent)
    twice = [key for key, count in mails.items() if count > 1]
    assert len(twice) <= SENDING_AT_ONCE, "only mails that were being sent at the kill may come again"
