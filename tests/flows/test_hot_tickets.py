"""Batches of 500 events and 200 commands a second want the same ten tickets: neither starves the other."""

import asyncio
import re
import time
from dataclasses import replace

import httpx
import pytest

from contracts.catalogue import CATALOGUE
from contracts.inventory.events import PartsReserved
from tests.contracts.messages import MESSAGES
from tests.flows.firm import Firm, Request
from tests.flows.platform import producer
from tests.flows.poison import addressed
from tests.flows.waiting import until

pytestmark = pytest.mark.in_turn

TICKETS = 10
EVENTS_EACH = 500
COMMANDS_A_SECOND = 200
SECONDS = 5


async def test_events_and_commands_on_ten_hot_tickets_both_progress(firm: Firm) -> None:
    acme = await firm.customer()
    site, work = await firm.site(acme), await firm.work()
    requests = [await firm.opens(work, site, urgent=False) for _ in range(TICKETS)]
    tickets = [each.id for each in requests]
    await firm.platform.quiet()

    taken_in: list[tuple[float, int]] = []
    answered: list[tuple[float, httpx.Response]] = []
    commands = asyncio.create_task(notes(firm, tickets, answered))
    await spread_events(firm, tickets)
    inbox = firm.platform.db("ticket").inbox
    ours = re.compile(f"reservations#({'|'.join(tickets)})")

    async def all_taken_in() -> bool:
        had = [id for each in await inbox.find().to_list(None) for id in each["ids"]]
        taken_in.append((time.monotonic(), sum(ours.search(id) is not None for id in had)))
        return taken_in[-1][1] == TICKETS * EVENTS_EACH

    await until(all_taken_in, within=60, why=lambda: f"for the events; {taken_in[-1][1]} are in", every=0.2)
    events_done_at = time.monotonic()
    await commands
    commands_done_at = time.monotonic()

    assert {answer.status_code for _, answer in answered} == {200}
    assert len(answered) == COMMANDS_A_SECOND * SECONDS
    during_events = sum(at < events_done_at for at, _ in answered)
    during_commands = max((count for at, count in taken_in if at < commands_done_at), default=0)
    assert during_events > COMMANDS_A_SECOND / 2, "commands stood still while events were taken in"
    assert during_commands > EVENTS_EACH, "events stood still while commands were run"
    await every_line_is_there(firm, requests)


async def notes(firm: Firm, tickets: list[str], answered: list[tuple[float, httpx.Response]]) -> None:
    """Notes at an even pace, whoever is still waiting for his answer."""

    async def note(n: int) -> None:
        body = {"text": f"note {n}", "public": False}
        answer = await firm.agent.post(f"/v1/tickets/{tickets[n % TICKETS]}/notes", body)
        answered.append((time.monotonic(), answer))

    began = asyncio.get_running_loop().time()
    async with asyncio.TaskGroup() as running:
        for n in range(COMMANDS_A_SECOND * SECONDS):
            await asyncio.sleep(began + n / COMMANDS_A_SECOND - asyncio.get_running_loop().time())
            running.create_task(note(n))


async def spread_events(firm: Firm, tickets: list[str]) -> None:
    """What the stock would tell of each ticket's visit, five hundred times over."""
    sample = next(each for each in MESSAGES if isinstance(each, PartsReserved))
    topic = CATALOGUE.topic_for(PartsReserved)
    async with producer(firm.platform.kafka) as hand:
        for n in range(1, EVENTS_EACH + 1):
            for ticket in tickets:
                visit = f"{ticket}-1"
                fact = sample.model_copy(update={"ticket_id": ticket, "visit_id": visit})
                envelope = replace(addressed(sample, visit, topic, n), customer=None)
                headers = [(name, value.encode()) for name, value in envelope.headers().items()]
                await hand.send(topic.name, fact.encode(), key=visit.encode(), headers=headers)
        await hand.flush()


async def every_line_is_there(firm: Firm, requests: list[Request]) -> None:
    """Each event and each note is in its ticket's history once."""
    await firm.platform.quiet()
    for request in requests:
        events = await request.events()
        assert events.count("parts-reserved") == EVENTS_EACH
        assert events.count("ticket-noted") == COMMANDS_A_SECOND * SECONDS / TICKETS
