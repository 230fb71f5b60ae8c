"""A reader of a live stream, as a browser's EventSource would be one."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.flows.firm import Person
from tests.flows.waiting import until


@dataclass(frozen=True)
class Heard:
    id: int
    event: str
    data: dict[str, Any]


@dataclass
class Reader:
    """What came so far, in order."""

    heard: list[Heard] = field(default_factory=list)

    async def hears(self, event: str, visit: str | None = None, *, within: float = 20) -> Heard:
        """Wait until this came (about that visit)."""

        def found() -> list[Heard]:
            return [
                each
                for each in self.heard
                if each.event == event and visit in (None, each.data["data"].get("visit_id"))
            ]

        async def came() -> bool:
            return bool(found())

        await until(came, within=within, why=lambda: f"for {event}; heard {[e.event for e in self.heard]}")
        return found()[0]


@asynccontextmanager
async def listening(
    person: Person, stream: str = "visits", *, after: int | None = None, **asked: str | list[str]
) -> AsyncIterator[Reader]:
    """Read a stream from the present, or from after a number; the body runs once it is connected."""
    headers = person.headers | ({} if after is None else {"Last-Event-ID": str(after)})
    path = f"/v1/streams/{stream}"
    async with person.platform.client.stream(
        "GET", path, headers=headers, params=asked, timeout=60
    ) as answer:
        assert answer.status_code == 200
        lines = answer.aiter_lines()
        assert (await anext(lines)).startswith(":"), "a stream begins with a comment"
        reader = Reader()
        reading = asyncio.create_task(_read(lines, reader))
        try:
            yield reader
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)


async def _read(lines: AsyncIterator[str], reader: Reader) -> None:
    fields: dict[str, str] = {}
    try:
        async for line in lines:
            if line and not line.startswith(":"):
                name, _, value = line.partition(": ")
                fields[name] = value
            elif fields:
                reader.heard.append(Heard(int(fields["id"]), fields["event"], json.loads(fields["data"])))
                fields = {}
    except httpx.TransportError:
        return
