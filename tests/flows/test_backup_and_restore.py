"""A backup taken while people work, everything lost, and a restore: it goes on from there, with no ghosts."""

import asyncio
import hashlib
import json
import shutil
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.flows.command_line import astreinte
from tests.flows.firm import Customer, Firm, Json, Request, Technician, Visit, done
from tests.flows.platform import Platform, up
from tests.flows.waiting import until

pytestmark = pytest.mark.in_turn

FACTS = ("ticket.lifecycle.v1", "dispatch.visits.v1", "inventory.reservations.v1", "notify.deliveries.v1")
SERVICES = ("ticket", "dispatch", "inventory", "notify")
ON_HAND = 50
KNOWN = ("waiting", "planned", "dispatched", "failed")
"""How a visit may be that dispatch has heard of."""


@dataclass
class Story:
    """Who took part, and what they were told until everything was lost."""

    acme: Customer
    lea: Technician
    fuser: str
    work: str
    lift: str
    """What others than Lea are sent for."""
    site: str
    before: list[Request] = field(default_factory=list)
    """Answered before the backup began."""
    during: dict[str, str] = field(default_factory=dict)
    """Opened while it was taken: ticket by key."""
    photo: Json = field(default_factory=dict)
    """Attached before it."""
    after: list[Request] = field(default_factory=list)
    numbers: set[str] = field(default_factory=set)


@pytest.mark.timeout(480)
async def test_after_a_loss_the_backup_is_gone_on_from_as_if_nothing_had_been_done_since(
    tmp_path: Path, unique: str
) -> None:
    data, file = tmp_path / "data", tmp_path / "astreinte.backup"
    async with up(data) as platform:
        firm = Firm(platform, unique)
        story = await a_morning(firm)
        await backed_up_under_load(firm, story, data, file)
        await an_afternoon(firm, story)
        refused = await astreinte(data, "restore", str(file), "--replace")
        assert (refused.code, "in use" in refused.err) == (1, True), "it restores below running services"
        await platform.database.close()  # of a server that is gone it would take leave for half a minute
        platform.process.kill()
        await platform.process.wait()
    bare = tmp_path / "bare"
    shutil.copytree(data, bare, ignore=shutil.ignore_patterns("kafka", "mongodb", "*.lock"))
    shutil.rmtree(data / "mongodb")
    await goes_on(data, file, story, unique, same_log=True)
    await goes_on(bare, file, story, unique, same_log=False)


async def goes_on(data: Path, file: Path, story: Story, unique: str, *, same_log: bool) -> None:
    restored = await astreinte(data, "restore", str(file), "--json")
    assert restored.code == 0, restored.err
    said = json.loads(restored.out)
    assert said["same_log"] == same_log
    assert set(said["epochs"]) == set(SERVICES)
    async with up(data) as platform:
        firm = Firm(platform, unique)
        await platform.quiet(within=60)
        await what_was_acknowledged_before_is_there(firm, story)
        await nobody_knows_what_was_taken_back(platform, firm, story)
        await all_services_tell_the_same(platform, story)
        await work_goes_on(firm, story)
        await platform.quiet(within=60)
        await all_services_tell_the_same(platform, story)
        await no_id_is_used_twice(platform)
        for service in SERVICES:
            assert not await platform.db(service).parked.find().to_list(None)


async def a_morning(firm: Firm) -> Story:
    acme, lea, fuser = await firm.customer(), await firm.technician("lea"), await firm.part("fuser")
    await firm.stock(f"van:{lea.id}", fuser, ON_HAND)
    site, work = await firm.site(acme), await firm.work(parts={fuser: 1})
    for name in ("max", "noe", "zoe"):
        await firm.technician(name, can=["lift"])
    story = Story(acme, lea, fuser, work, await firm.work("lift", takes=["lift"]), site)
    for _ in range(3):
        story.before.append(await firm.opens(work, site, requester=acme.ann))
    await story.before[0].visit.is_("dispatched")
    await lea.does(story.before[0].visit, "acknowledge")
    content = {"file": ("écran.jpg", bytes(300_000), "image/jpeg")}
    where = f"/v1/tickets/{story.before[0].id}/attachments"
    attached = await firm.platform.client.post(where, files=content, headers=acme.portal.headers)
    story.photo = done(attached)
    return story


async def backed_up_under_load(firm: Firm, story: Story, data: Path, file: Path) -> None:
    stop = asyncio.Event()

    async def client(name: int) -> None:
        body = firm.request(story.lift, story.site)
        n = 0
        while not stop.is_set():
            n += 1
            key = f"{firm.name}-{name}-{n}"
            ticket = done(await firm.agent.post("/v1/tickets", body, key=key))["id"]
            story.during[key] = ticket
            # No faster than the services tell each other: the one after the other, while it lasts.
            await Visit(firm, f"{ticket}-1").is_(*KNOWN)

    clients = [asyncio.create_task(client(n)) for n in range(2)]
    took = await astreinte(data, "backup", str(file), "--json")
    stop.set()
    await asyncio.gather(*clients)
    assert took.code == 0, took.err
    assert json.loads(took.out)["documents"] > 0
    assert story.during, "nobody worked while the backup was taken"


async def an_afternoon(firm: Firm, story: Story) -> None:
    """What will be lost: a new site with work on it, and a visit that is closed with a part."""
    there = await firm.site(story.acme, "annex")
    story.after.append(await firm.opens(story.work, there, requester=story.acme.ann))
    first = story.before[0].visit
    await story.lea.does(first, "depart", "arrive", "start")
    await story.lea.closes(first, parts_used=[{"sku": story.fuser, "quantity": 1}])
    await story.before[0].is_("resolved")
    await story.after[0].visit.is_("dispatched")
    await firm.platform.quiet(within=60)
    tickets = firm.platform.db("ticket").tickets
    story.numbers = set(await tickets.distinct("number", {"customer_id": story.acme.id}))


async def what_was_acknowledged_before_is_there(firm: Firm, story: Story) -> None:
    for request in story.before:
        answer = await firm.agent.get(f"/v1/tickets/{request.id}")
        assert done(answer)["id"] == request.id
    assert (await Visit(firm, story.before[0].visit.id).now())["state"] == "acknowledged"
    photo = await firm.agent.get(f"/v1/tickets/{story.before[0].id}/attachments/{story.photo['id']}")
    assert hashlib.sha256(photo.content).hexdigest() == story.photo["sha256"]


async def nobody_knows_what_was_taken_back(platform: Platform, firm: Firm, story: Story) -> None:
    ticket = story.after[0].id
    assert (await firm.agent.get(f"/v1/tickets/{ticket}")).status_code == 404
    assert (await firm.dispatcher.get(f"/v1/visits/{ticket}-1")).status_code == 404
    annex = f"{story.acme.id}-annex"
    assert (await firm.stock_keeper.get(f"/v1/sites/{annex}")).status_code == 404
    again = await firm.agent.post("/v1/tickets", firm.request(story.work, annex))
    assert again.status_code == 422, "the ticket service still believes in a site that is no more"
    assert await platform.db("inventory").reservations.find_one({"_id": f"{ticket}-1"}) is None


async def all_services_tell_the_same(platform: Platform, story: Story) -> None:
    """Each ticket has its visits in dispatch and nobody else's are there; the stock is what was not used."""
    shown = {
        visit["id"]: visit["state"]
        async for ticket in platform.db("ticket").tickets.find({"customer_id": story.acme.id})
        for visit in ticket["visits"]
    }
    known = {
        each["_id"]: each["state"]
        async for each in platform.db("dispatch").visits.find({"customer_id": story.acme.id})
    }
    assert known == shown
    assert {request.visit.id for request in story.before} <= set(shown)
    reserved = platform.db("inventory").reservations
    assert set(await reserved.distinct("_id")) <= set(shown)


async def work_goes_on(firm: Firm, story: Story) -> None:
    """The visit is closed again, once; a request sent again gives its ticket; the lost site can be made."""
    first = story.before[0]
    await story_technician(firm, story).does(first.visit, "depart", "arrive", "start")
    used = [{"sku": story.fuser, "quantity": 1}]
    await story_technician(firm, story).closes(Visit(firm, first.visit.id), parts_used=used)
    await Request(firm, first.id, first.answer).is_("resolved")

    async def issued_once() -> bool:
        levels = done(await firm.stock_keeper.get("/v1/stock", sku=story.fuser))["items"]
        return bool(sum(each["on_hand"] for each in levels) == ON_HAND - 1)

    await until(issued_once, why="for the part to leave the van")
    body = firm.request(story.lift, story.site)
    stored = set(await firm.platform.db("ticket").tickets.distinct("_id"))
    for key, ticket in story.during.items():
        again = done(await firm.agent.post("/v1/tickets", body, key=key))
        if ticket in stored:
            assert again["id"] == ticket
        else:
            assert again["number"] not in story.numbers, "a number was given to two tickets"
    annex = await firm.site(story.acme, "annex")
    fresh = await firm.opens(story.work, annex, requester=story.acme.ann)
    assert (await fresh.now())["number"] not in story.numbers
    await fresh.visit.is_("dispatched")


def story_technician(firm: Firm, story: Story) -> Technician:
    return Technician(firm.platform, "technician", story.lea.id)


async def no_id_is_used_twice(platform: Platform) -> None:
    """What lies in the log under one id is one event, however often it was sent."""
    contents: dict[tuple[str, str], set[Any]] = defaultdict(set)
    for record in await platform.records(*FACTS):
        headers = {name: value.decode() for name, value in record.headers}
        contents[headers["ce_source"], headers["ce_id"]].add((headers["ce_type"], record.value))
    assert {id for id, told in contents.items() if len(told) > 1} == set()
