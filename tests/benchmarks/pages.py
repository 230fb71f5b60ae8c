"""What each screen weighs, and how soon it can be used, in a real browser; the board of a full day, too.

The sample firm, nobody else on the machine. Each page is loaded anew with nothing cached. Its weight is what
came over the wire, compressed, until it was idle; it can be used when what it draws by itself is there and
the browser has nothing to do any more. The peer of a time is the same browser with an answer of one line.
The full board has 300 technicians and 2,000 visits, written as documents beside the sample's.
"""

import json
import random
import statistics
import sys
import tempfile
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pymongo
from playwright.async_api import Browser, ViewportSize

from contracts.calendars import WEEKDAYS
from contracts.values import Point, Priority, TicketKind, VisitState, parse_rfc3339
from infra.chassis.store.collection import Collection, Document
from services.dispatch.domain.day import Slot, TechnicianDay, day_id
from services.dispatch.domain.need import Need, Place
from services.dispatch.domain.plan import Plan, arrival_window
from services.dispatch.domain.technician import Shifts, Technician
from services.dispatch.domain.visit import Visit
from services.dispatch.store.days import Days
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits
from tests.benchmarks.figures import Figure
from tests.flows.browser import DESKTOP, PHONE, any_browser
from tests.flows.platform import up

MONDAY = "2026-03-02T08:00:00+01:00"
ZONE = "Europe/Paris"
SCREENS: Mapping[str, tuple[str, ViewportSize]] = {
    "portal": ("customer-manager", DESKTOP),
    "desk": ("agent", DESKTOP),
    "board": ("dispatcher", DESKTOP),
    "m": ("technician", PHONE),
    "sla": ("contract-manager", DESKTOP),
    "parc": ("stock-keeper", DESKTOP),
    "admin": ("admin", DESKTOP),
}
DRAWN = {"board": ".gantt-row .bar", "m": "#badge[data-state=sent]"}
"""What is there once a page has drawn what it asked for by itself."""
LOADS = 5
TECHNICIANS, VISITS, MINUTES = 300, 2_000, 45
MOST_KB, MOST_SECONDS = 150.0, 1.0
_IDLE = """() => new Promise((done) => requestIdleCallback(() => done(performance.now())))"""


async def measure() -> list[Figure]:
    """Kilobytes and seconds of each screen."""
    async with any_browser() as browser:
        if browser is None:
            print("pages: no browser is to be had", file=sys.stderr)
            return []
        with tempfile.TemporaryDirectory() as folder:
            data = Path(folder)
            async with up(data, arguments=("--sample", "firm", "--clock", MONDAY)) as platform:
                await platform.quiet()
                told = json.loads((data / "ready.json").read_text())
                tokens: Mapping[str, str] = told["tokens"]
                _, bare = await _loaded(browser, told["http"] + "/live", tokens["admin"], DESKTOP)
                figures = []
                for screen, (role, size) in SCREENS.items():
                    address = f"{told['http']}/{screen}"
                    figures += _figures(screen, await _loaded(browser, address, tokens[role], size), bare)
                await _fill(told["mongodb"], parse_rfc3339((await platform.clock())["now"]))
                full = await _loaded(browser, told["http"] + "/board", tokens["dispatcher"], DESKTOP)
                return [*figures, *_figures(f"board-{TECHNICIANS}x{VISITS}", full, bare)]


def _figures(name: str, found: tuple[float, float], bare: float) -> list[Figure]:
    weight, seconds = found
    return [
        Figure(f"{name}-weight", weight, "kB", "promised", MOST_KB, f"at most {MOST_KB:.0f} kB"),
        Figure(f"{name}-usable", seconds, "s", "one line", bare, f"at most {MOST_SECONDS:.0f} s"),
    ]


async def _loaded(browser: Browser, address: str, token: str, size: ViewportSize) -> tuple[float, float]:
    """Kilobytes over the wire, and the median of the seconds until it can be used."""
    weights, seconds, drawn = [], [], DRAWN.get(address.rpartition("/")[2], "body")
    for _ in range(LOADS):
        context = await browser.new_context(
            viewport=size, extra_http_headers={"Authorization": f"Bearer {token}"}, service_workers="block"
        )
        page = await context.new_page()
        bytes_seen: list[float] = []
        wire = await context.new_cdp_session(page)
        await wire.send("Network.enable")
        wire.on("Network.loadingFinished", lambda event, to=bytes_seen: to.append(event["encodedDataLength"]))
        await page.goto(address, wait_until="load")
        await page.wait_for_selector(drawn, state="attached")
        seconds.append(await page.evaluate(_IDLE) / 1000)
        # What the page asks for by itself, once it can be used.
        await page.wait_for_timeout(1_000)
        weights.append(sum(bytes_seen) / 1000)
        await context.close()
    return statistics.median(weights), statistics.median(seconds)


async def _fill(mongodb: str, now: datetime) -> None:
    """A full day of today, as the services would have stored it."""
    chance = random.Random(5)
    morning = now.astimezone(ZoneInfo(ZONE)).replace(hour=8, minute=0, second=0, microsecond=0)
    weekly: Any = dict.fromkeys(WEEKDAYS, (("08:00", "18:00"),))
    technicians = [
        Technician(
            id=f"bench-{n}",
            name=f"Technician {n:03d}",
            skills={"workstation": 2},
            time_zone=ZONE,
            shifts=Shifts(weekly, weekly),
            home=_somewhere(chance),
        )
        for n in range(TECHNICIANS)
    ]
    visits = [_visit(n, technicians[n % TECHNICIANS], morning, chance) for n in range(VISITS)]
    days = [_day(each, morning, visits) for each in technicians]
    async with pymongo.AsyncMongoClient[Document](mongodb) as mongo:
        stored = mongo["astreinte_dispatch"]
        for kind, things in ((Technicians, technicians), (Visits, visits), (Days, days)):
            await stored[kind.name].insert_many([_document(kind, each, now) for each in things])


def _somewhere(chance: random.Random) -> Point:
    return Point(latitude=chance.uniform(45.5, 49.0), longitude=chance.uniform(-1.5, 6.0))


def _visit(n: int, technician: Technician, morning: datetime, chance: random.Random) -> Visit:
    start = morning + timedelta(minutes=(n // TECHNICIANS) * 80 + chance.randrange(20))
    end = start + timedelta(minutes=MINUTES)
    return Visit(
        id=f"bench-{n}-1",
        ticket_id=f"bench-{n}",
        number=f"B-{n:05d}",
        customer_id="bench",
        site_id="bench",
        need=Need(
            kind=TicketKind.INCIDENT,
            category="no-power",
            summary="Workstation does not start",
            duration_minutes=MINUTES,
            skills={"workstation": 1},
        ),
        place=Place(_somewhere(chance), ZONE),
        priority=chance.choice(tuple(Priority)),
        requested_at=morning - timedelta(hours=2),
        state=VisitState.ACKNOWLEDGED,
        technician_id=technician.id,
        plan=Plan(
            start,
            end,
            *arrival_window(Priority.P3, start),
            days=(day_id(technician.id, morning.date().isoformat()),),
            travel_seconds=900,
        ),
    )


def _day(technician: Technician, morning: datetime, visits: list[Visit]) -> TechnicianDay:
    date = morning.date().isoformat()
    slots = tuple(
        Slot(each.id, each.plan.start_at, each.plan.end_at, each.plan.travel_seconds, each.where)
        for each in visits
        if each.technician_id == technician.id and each.plan is not None
    )
    return TechnicianDay(day_id(technician.id, date), technician.id, date, slots)


def _document(kind: Collection[Any], thing: Any, at: datetime) -> Document:
    arrays: Document = {"outbox": [], "streams": {}, "keys": [], "rows": [], "commits": []}
    own = {"_id": thing.id, "version": 1, "schema": kind.schema, "updated_at": at}
    return {**own, **kind.encode(thing), **arrays}
