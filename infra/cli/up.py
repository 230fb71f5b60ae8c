"""`astreinte up`: the whole platform in the foreground."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from contracts.values import parse_rfc3339
from infra.chassis.failed import Failed
from infra.cli.options import DataDir
from infra.local.platform import Platform, running, write_private

Port = Annotated[int, typer.Option(help="The address's port; 0 takes any free one.")]
Ready = Annotated[
    Path | None, typer.Option("--ready", metavar="FILE", help="Write addresses and tokens there when ready.")
]
ClockStart = Annotated[
    str | None, typer.Option("--clock", metavar="START", help="Where the domain clock starts (RFC 3339).")
]
Brokers = Annotated[int, typer.Option(help="How many Kafka brokers: 1 or 3.", min=1, max=3)]


def up(
    data: DataDir,
    port: Port = 8000,
    ready: Ready = None,
    sample: Annotated[
        str | None, typer.Option(metavar="firm|internal", help="Fill in a sample firm at the start.")
    ] = None,
    clock: ClockStart = None,
    brokers: Brokers = 1,
) -> None:
    """Run Kafka, MongoDB and the four services here, on one address, until Ctrl-C or SIGTERM."""
    if sample not in {None, "firm"}:
        raise typer.BadParameter("the sample that exists is firm", param_hint="--sample")
    asyncio.run(_up(data, port, ready, sample, clock_of(clock), brokers))


def clock_of(text: str | None) -> datetime | None:
    """The instant of ``--clock``; wrong usage when it is none."""
    try:
        return None if text is None else parse_rfc3339(text)
    except ValueError as error:
        raise typer.BadParameter(
            f"{error}; for instance 2026-03-02T08:00:00+01:00", param_hint="--clock"
        ) from error


async def _up(
    data: Path, port: int, ready: Path | None, sample: str | None, clock: datetime | None, brokers: int
) -> None:
    console = Console(stderr=True)
    async with foreground(
        data, port=port, ready=ready, clock=clock, brokers=brokers, console=console
    ) as platform:
        if sample == "firm":
            from infra.sample.loading import load_firm

            await load_firm(platform.http, platform.issuer, seed=1)
        say_addresses(console, platform)
        console.print("Ctrl-C stops all of it; the data stay.")
        await asyncio.Event().wait()


@asynccontextmanager
async def foreground(
    data: Path,
    *,
    port: int,
    ready: Path | None,
    clock: datetime | None,
    brokers: int,
    console: Console,
) -> AsyncIterator[Platform]:
    """The platform until its body ends, Ctrl-C, SIGTERM, or the death of one of its servers."""
    loop, main = asyncio.get_running_loop(), asyncio.current_task()
    assert main is not None
    asked = False

    def stop() -> None:
        nonlocal asked
        asked = True
        main.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        async with running(
            data, port=port, brokers=brokers, clock_start=clock, progress=lambda text: console.print(text)
        ) as platform:
            if ready is not None:
                write_private(ready, json.dumps(platform.ready()))
            watch = asyncio.create_task(platform.servers.failure())
            died: list[Exception] = []

            def ended(task: "asyncio.Task[Exception]") -> None:
                if not task.cancelled():
                    died.append(task.result())
                    main.cancel()

            watch.add_done_callback(ended)
            try:
                yield platform
            except asyncio.CancelledError:
                if died:
                    raise Failed(str(died[0])) from died[0]
                if not asked:
                    raise
                console.print("Stopping…")
            finally:
                watch.cancel()
    except asyncio.CancelledError:
        if not asked:
            raise


def say_addresses(console: Console, platform: Platform) -> None:
    """Where to look and how to go on."""
    console.print(f"\n[bold]Astreinte answers at {platform.http}[/bold]")
    for path, what in (
        ("/docs", "the API, to read and to try"),
        ("/asyncapi", "the event streams"),
        ("/mail", "every mail that was sent"),
    ):
        console.print(f"  {platform.http}{path:<10} {what}")
    console.print(f"  Kafka {platform.servers.kafka}   MongoDB {platform.servers.mongodb}")
    console.print(f"  logs {platform.data / 'services.log'}")
    console.print("A token: [bold]astreinte token agent[/bold] (roles: astreinte token --help)\n")
