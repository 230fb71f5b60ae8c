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
from infra.chassis.ops.options import DataDir
from infra.kafka_address import Address
from infra.local.platform import Platform, clear_private, running, write_private


def _one_or_three(brokers: int) -> int:
    if brokers not in {1, 3}:
        raise typer.BadParameter("a cluster has 1 broker or 3")
    return brokers


Port = Annotated[int, typer.Option(help="The address's port; 0 takes any free one.")]
Ready = Annotated[
    Path | None, typer.Option("--ready", metavar="FILE", help="Write addresses and tokens there when ready.")
]
ClockStart = Annotated[
    str | None, typer.Option("--clock", metavar="START", help="Where the domain clock starts (RFC 3339).")
]
Sample = Annotated[
    str | None,
    typer.Option(
        "--sample", metavar="firm|internal", help="Fill in a services firm, or a company's IT department."
    ),
]
Brokers = Annotated[int, typer.Option(metavar="1|3", help="How many Kafka brokers.", callback=_one_or_three)]


def up(
    data: DataDir,
    port: Port = 8000,
    ready: Ready = None,
    sample: Sample = None,
    clock: ClockStart = None,
    brokers: Brokers = 1,
) -> None:
    """Run Kafka, MongoDB and the four services here, on one address, until Ctrl-C or SIGTERM."""
    check_sample(sample)
    asyncio.run(_up(data, port, ready, sample, clock_of(clock), brokers))


def check_sample(sample: str | None) -> None:
    """Wrong usage for a sample that does not exist."""
    if sample not in {None, "firm", "internal"}:
        raise typer.BadParameter("the samples that exist are firm and internal", param_hint="--sample")


def clock_of(text: str | None) -> datetime | None:
    """The instant of ``--clock``; wrong usage when it is none."""
    try:
        return None if text is None else parse_rfc3339(text)
    except ValueError as error:
        raise typer.BadParameter(
            f"{error}; for instance 2026-03-02T08:00:00+01:00", param_hint="--clock"
        ) from error


def tell_ready(ready: Path | None, platform: Platform) -> None:
    """Write ``--ready FILE``: everything answers, and what was asked to be there is there."""
    if ready is not None:
        write_private(ready, json.dumps(platform.ready()))


def _check_ready(ready: Path | None) -> None:
    """What an earlier run wrote there is not true any more; ``Failed`` where nothing can be written."""
    if ready is None:
        return
    try:
        clear_private(ready)
    except OSError as error:
        raise Failed(
            f"The file of --ready, {ready}, cannot be written ({error.strerror}); "
            "name one in a folder that exists."
        ) from error


async def _up(
    data: Path, port: int, ready: Path | None, sample: str | None, clock: datetime | None, brokers: int
) -> None:
    console = Console(stderr=True)
    async with foreground(
        data, port=port, ready=ready, clock=clock, brokers=brokers, console=console
    ) as platform:
        if sample is not None:
            from infra.sample.loading import load_sample

            now = platform.clock.now()
            there = await load_sample(sample, platform.http, platform.issuer, seed=1, now=now)
            platform.knows(there.house.people)
        tell_ready(ready, platform)
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
    """The platform until its body ends, Ctrl-C, SIGTERM, or the death of one of its servers.

    The body calls ``tell_ready``; until then there is no file at ``ready``.
    """
    _check_ready(ready)
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
    for screen, address in platform.entrances.items():
        console.print(f"  [link={address}]{screen:<8}[/link] {address}", soft_wrap=True)
    for path, what in (
        ("/docs", "the API, to read and to try"),
        ("/asyncapi", "the event streams"),
        ("/mail", "every mail and SMS that was sent"),
    ):
        console.print(f"  {platform.http}{path:<10} {what}")
    console.print(f"  Kafka {Address.of(platform.servers.kafka).shown}   MongoDB {platform.servers.mongodb}")
    console.print(f"  logs {platform.data / 'services.log'}")
    console.print("A token: [bold]astreinte token agent[/bold] (roles: astreinte token --help)\n")
