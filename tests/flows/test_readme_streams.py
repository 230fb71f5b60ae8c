"""The stream readers of the README run as they stand there."""

import asyncio
import json
import re
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.flows.firm import Firm, promise
from tests.flows.waiting import until

README = Path(__file__).parents[2] / "README.md"
SCREEN, GROUP = re.findall(
    r"^```python\n(.*?)^```$", README.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
)
MOST_LINES = 15


@dataclass
class Program:
    """One of the README's programs while it runs, and what it has printed."""

    process: Process
    said: list[str] = field(default_factory=list)

    async def reads(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            self.said.append(line.decode())


@asynccontextmanager
async def program(text: str, **environment: str) -> AsyncIterator[Program]:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", text, env=environment, stdout=PIPE)
    running = Program(process)
    reading = asyncio.create_task(running.reads())
    try:
        yield running
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await reading


async def test_each_prints_what_becomes_of_a_clock(firm: Firm) -> None:
    acme = await firm.customer()
    manager = firm.contract_manager("claire")
    await firm.contract(acme, promise(), managers=[manager])
    site, work = await firm.site(acme), await firm.work()
    opened = set[str]()
    token = firm.platform.issuer.token("contract-manager", subject=manager.id)
    async with (
        program(SCREEN, ASTREINTE_HTTP=firm.platform.http, ASTREINTE_TOKEN=token) as screen,
        program(GROUP, ASTREINTE_KAFKA=firm.platform.kafka) as group,
    ):

        async def something_comes() -> bool:
            # The screen shows what happens once it is connected, and nobody else can tell when that is.
            opened.add((await firm.opens(work, site, urgent=False)).answer.json()["number"])
            return bool(screen.said)

        await until(something_comes, why="for the screen", every=0.5)
        shown = json.loads(screen.said[0])
        assert (shown["type"], shown["source"]) == ("sla-started", "/astreinte/ticket/sla")
        assert shown["data"]["number"] in opened

        async def each_is_there() -> bool:
            return opened <= {line.split()[2] for line in group.said}

        await until(each_is_there, why="for Kafka's reader")
        [line] = [line.split() for line in group.said if line.split()[2] == shown["data"]["number"]]
        assert line[:2] == [shown["time"], "sla-started"]
        assert line[3:] == ["repair", shown["data"]["due_at"]]


async def test_the_screen_goes_on_after_the_last_event_that_it_was_given() -> None:
    asked: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
        number = 6 + len(asked)
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n: here\n\n"
        )
        writer.write(f'event: sla-met\ndata: {{"n": {number}}}\nid: {number}\n\n'.encode())
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with program(
            SCREEN, ASTREINTE_HTTP=f"http://127.0.0.1:{port}", ASTREINTE_TOKEN="any"
        ) as screen:

            async def two() -> bool:
                return len(screen.said) >= 2

            await until(two, why="for it to come back")
    assert screen.said[:2] == ['{"n": 7}\n', '{"n": 8}\n']
    assert "Last-Event-ID" not in asked[0]
    assert "Last-Event-ID: 7" in asked[1]
    assert "Authorization: Bearer any" in asked[1]


async def test_the_screen_ends_and_says_why_when_it_is_refused(firm: Firm) -> None:
    async with program(SCREEN, ASTREINTE_HTTP=firm.platform.http, ASTREINTE_TOKEN="expired") as screen:
        assert await asyncio.wait_for(screen.process.wait(), 20) == 1


def test_they_are_short() -> None:
    for text in (SCREEN, GROUP):
        assert len([line for line in text.splitlines() if line.strip()]) <= MOST_LINES
