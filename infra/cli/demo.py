"""`astreinte demo`: a working day of the sample firm on the whole platform."""

import asyncio
import json
import os
import sys
import webbrowser
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import nullcontext
from datetime import datetime, time, timedelta
from pathlib import Path
from time import monotonic
from typing import Annotated

import httpx
import typer
from pymongo.errors import PyMongoError
from rich import text as styled
from rich.console import Console
from rich.live import Live
from rich.table import Table

from contracts.refusal import Refusal
from infra.chassis.events.browsing import AWAY
from infra.chassis.failed import Failed
from infra.chassis.ops.options import DataDir
from infra.cli.up import (
    Brokers,
    ClockStart,
    Port,
    Ready,
    Sample,
    check_sample,
    clock_of,
    foreground,
    say_addresses,
    tell_ready,
)
from infra.local.platform import Platform
from infra.sample.audit import Summary, audit
from infra.sample.day import day, working_day
from infra.sample.figures import Figure
from infra.sample.loading import load_sample
from infra.sample.playing import Player
from infra.sample.rota import PARIS
from services.ticket.cli.replaying import replayed as replayed_clocks

MORNING = time(7, 0)
SHOWN_LINES = 18
PAGES = ("/docs", "/asyncapi", "/mail")
LONGEST_PAUSE_SECONDS = 1.0


def demo(
    data: DataDir,
    port: Port = 8000,
    ready: Ready = None,
    sample: Sample = "firm",
    clock: ClockStart = None,
    brokers: Brokers = 1,
    speed: Annotated[
        float, typer.Option(min=0, help="How much faster than life the day passes; 0: unpaced.")
    ] = 900,
    seed: Annotated[int, typer.Option(help="Which day: the same seed gives the same one.")] = 1,
    leave: Annotated[bool, typer.Option("--exit", help="End after the day.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The last line is the summary in JSON.")] = False,
) -> None:
    """Start everything, play a working day of the sample firm, and leave the pages open to look at."""
    check_sample(sample)
    start = clock_of(clock)
    asyncio.run(_demo(data, port, ready, sample or "firm", start, brokers, speed, seed, leave, as_json))


async def _demo(
    data: Path,
    port: int,
    ready: Path | None,
    sample: str,
    clock: datetime | None,
    brokers: int,
    speed: float,
    seed: int,
    leave: bool,
    as_json: bool,
) -> None:
    console = Console(stderr=True)
    async with foreground(
        data, port=port, ready=ready, clock=clock, brokers=brokers, console=console
    ) as platform:
        say_addresses(console, platform)
        try:
            summary = await _play(platform, ready, sample, console, speed, seed)
        except Refusal as refusal:
            raise Failed(f"The day could not be played on: {refusal.detail.en}") from refusal
        except (*AWAY, PyMongoError, httpx.HTTPError) as error:
            raise Failed(f"The day could not be played on: a server does not answer ({error}).") from error
        _show(console, summary)
        if as_json:
            print(json.dumps(summary.public()), flush=True)
        broken = sum(summary.violations.values())
        if leave and broken:
            raise Failed(f"{broken} invariants are violated; the lines above say which.")
        if not leave:
            say_addresses(console, platform)
            if has_display(os.environ, sys.stdout.isatty()):
                for page in PAGES:
                    webbrowser.open(platform.http + page)
                console.print("A browser shows these pages.")
            console.print("The clock runs at life's pace now. Ctrl-C stops all of it; the data stay.")
            await asyncio.Event().wait()


async def _play(
    platform: Platform, ready: Path | None, sample: str, console: Console, speed: float, seed: int
) -> Summary:
    now = platform.clock.now()
    firm = await load_sample(sample, platform.http, platform.issuer, seed=seed, now=now)
    platform.knows(firm.house.people)
    tell_ready(ready, platform)
    local = platform.clock.now().astimezone(PARIS)
    first = local.date() if local.time() < MORNING else local.date() + timedelta(days=1)
    on = working_day(first)
    platform.clock.freeze()
    platform.control.on_jump = Pace(speed) if speed else None
    lines: deque[tuple[datetime, str]] = deque(maxlen=SHOWN_LINES)

    def tell(at: datetime, text: str) -> None:
        lines.append((at, text))
        if not console.is_terminal:  # no board there, which would say nothing until the day's end
            console.out(f"{at.astimezone(PARIS):%H:%M}  {text}", highlight=False)

    player = Player(platform, day(on, firm, seed), tell)
    began = platform.clock.now()

    def present() -> Table:
        states = [visit["state"] for visit in player.visits]
        return board(platform.clock.now(), len(player.tickets), states, lines)

    live = Live(console=console, refresh_per_second=4, get_renderable=present)
    with live if console.is_terminal else nullcontext():
        await player.play()
    platform.control.on_jump = None
    platform.clock.release()
    prefix = os.environ.get("ASTREINTE_DATABASE_PREFIX", "astreinte")
    summary = await audit(
        platform.servers.kafka,
        platform.servers.mongodb,
        mails=platform.data / "mail.jsonl",
        texts=platform.data / "sms.jsonl",
        database_prefix=prefix,
        group_prefix=os.environ.get("ASTREINTE_GROUP_PREFIX", "astreinte"),
        since=began,
    )
    replayed = await replayed_clocks(platform.runtimes["ticket"].db, platform.servers.kafka)
    sentences = [
        f"{each.target} of {each.number}: {each.said}, not {each.computed}" for each in replayed.differences
    ]
    return summary.with_check("clock-replay", sentences)


def has_display(environment: Mapping[str, str], terminal: bool) -> bool:
    """Whether somebody sits there who would see a browser."""
    return terminal and (
        sys.platform in {"darwin", "win32"} or bool(environment.keys() & {"DISPLAY", "WAYLAND_DISPLAY"})
    )


class Pace:
    """Lets the day pass for the eye: in proportion to life, a jump never so long that it bores.

    What the services need for their work is part of the time, not added to it.
    """

    def __init__(
        self,
        speed: float,
        seconds: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._speed = speed
        self._seconds = seconds
        self._sleep = sleep
        self._due = seconds()

    async def __call__(self, now: datetime, to: datetime) -> None:
        pause = min(LONGEST_PAUSE_SECONDS, (to - now).total_seconds() / self._speed)
        present = self._seconds()
        self._due = max(self._due + pause, present)
        await self._sleep(self._due - present)


def board(
    now: datetime, requests: int, states: Iterable[str], lines: Iterable[tuple[datetime, str]]
) -> Table:
    """The day so far: how many requests, visits by their state, and what happened last."""
    counts = Counter(states)
    counted = "   ".join(f"{state} {number}" for state, number in sorted(counts.items()))
    table = Table(
        title=f"{now.astimezone(PARIS):%A %d %B %Y, %H:%M}   requests {requests}   {counted}",
        title_justify="left",
        show_header=False,
        box=None,
        padding=(0, 2, 0, 0),
    )
    for at, text in lines:
        # Sites stand in brackets, which are not meant as markup; a line that wraps would make the rest jump.
        table.add_row(f"{at.astimezone(PARIS):%H:%M}", styled.Text(text, no_wrap=True, overflow="ellipsis"))
    return table


def _show(console: Console, summary: Summary) -> None:
    console.print(
        f"\n[bold]The day:[/bold] {summary.requests} requests, {summary.visits} visits, "
        f"{summary.dispatched} dispatched, {summary.closed} closed, "
        f"{summary.notifications - summary.sms} mails, {summary.sms} SMS, "
        f"{summary.kilometres} km"
    )
    for name, sentences in summary.found.items():
        for sentence in list(sentences)[:5]:
            console.print(f"  [red]{name}[/red]: {sentence}")
    if not any(summary.violations.values()):
        console.print("  No invariant is violated: nothing was lost, nothing was done twice.")
    table = Table(box=None, padding=(0, 2, 0, 0), title_justify="left", show_header=False)
    for figure in summary.figures:
        table.add_row(f"  {figure.name.replace('_', ' ')}", shown(figure), f"[dim]{figure.means}[/dim]")
    console.print(table)


def shown(figure: Figure) -> str:
    """A figure's value as people read it."""
    value = figure.value
    if value is None:
        return "-"
    if isinstance(value, Mapping):
        return ", ".join(f"{age}: {number}" for age, number in value.items())
    return f"{value:.1%}" if figure.unit == "share" else f"{value:g} min"
