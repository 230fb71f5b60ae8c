"""The sample firm's people do what is theirs to do, whoever asked for it and however long the list is."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast

import uvicorn
from fastapi import FastAPI

from infra.chassis.clock import SteppedClock
from infra.local.issuer import DevelopmentIssuer
from infra.local.platform import Platform
from infra.sample.day import Day
from infra.sample.firm import firm
from infra.sample.playing import Player
from tests.servers import until

MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
NEXT = {
    "acknowledge": "acknowledged",
    "depart": "en-route",
    "arrive": "arrived",
    "start": "started",
    "close": "closed",
}


class Visits:
    """The visits of a dispatch service that shows two a page."""

    def __init__(self, *visits: dict[str, Any]) -> None:
        self.all = {visit["id"]: visit for visit in visits}
        self.app = FastAPI()
        self.app.get("/v1/visits")(self.listed)
        self.app.get("/v1/visits/{id}")(self.read)
        self.app.post("/v1/visits/{id}/{verb}")(self.step)

    async def listed(self, cursor: int = 0) -> dict[str, Any]:
        following = cursor + 2
        items = list(self.all.values())[cursor:following]
        return {"items": items, "next": str(following) if following < len(self.all) else None}

    async def read(self, id: str) -> dict[str, Any]:
        return self.all[id]

    async def step(self, id: str, verb: str) -> dict[str, Any]:
        self.all[id]["state"] = NEXT[verb]
        return self.all[id]


@dataclass
class Control:
    """Nothing of the services themselves is ever due."""

    clock: SteppedClock

    async def next_due(self) -> None:
        return None

    async def go(self, to: datetime) -> None:
        self.clock.set(to)

    async def until_quiet(self) -> None:
        pass


@dataclass
class Stage:
    """What the player asks of a platform."""

    http: str
    issuer: DevelopmentIssuer
    clock: SteppedClock = field(default_factory=lambda: SteppedClock(MORNING, frozen=True))

    @property
    def control(self) -> Control:
        return Control(self.clock)


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    # A socket that says that it is TCP: on another, answers wait for more to be sent with them.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None))
        task = asyncio.create_task(server.serve([listening]))

        async def started() -> bool:
            return server.started

        await until(started, within=10, every=0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        await task


def visit(technician: str, state: str, id: str = "") -> dict[str, Any]:
    return {
        "id": id or f"of-{technician}",
        "number": f"V-{technician}",
        "ticket_id": "of-another-day",
        "site_id": "somewhere",
        "technician_id": technician,
        "state": state,
        "category": "of-another-firm",
        "duration_minutes": 30,
        "follows": None,
        "planned_start": "2026-03-02T08:30:00Z",
        "started_at": "2026-03-02T07:45:00Z",
    }


async def played(visits: Visits, keys: Path) -> list[str]:
    """What is said while a day without requests passes."""
    said: list[str] = []
    async with served(visits.app) as http:
        stage = Stage(http, DevelopmentIssuer(keys, profile="development"))
        day = Day(date(2026, 3, 2), 1, firm(), ())
        await Player(cast(Platform, stage), day, lambda at, text: said.append(text)).play()
    return said


async def test_what_an_earlier_day_left_open_is_done_whatever_page_it_is_on(tmp_path: Path) -> None:
    visits = Visits(
        visit("ines", "dispatched"),
        visit("karim", "acknowledged"),
        visit("lucie", "en-route"),
        visit("thomas", "arrived"),
        visit("sofia", "started"),
        visit("hugo", "paused"),
        visit("a-stranger", "dispatched"),
    )
    said = await played(visits, tmp_path)
    states = {each["technician_id"]: each["state"] for each in visits.all.values()}
    assert states.pop("a-stranger") == "dispatched"
    assert set(states.values()) == {"closed"}, said


async def test_whoever_said_he_comes_leaves_once_he_is_done_where_he_is(tmp_path: Path) -> None:
    visits = Visits(visit("karim", "started", "at-hand"), visit("karim", "acknowledged", "urgent"))
    said = await played(visits, tmp_path)
    assert [each["state"] for each in visits.all.values()] == ["closed", "closed"], said
