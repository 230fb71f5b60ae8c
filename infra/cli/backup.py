"""`astreinte backup` and `astreinte restore`: the four databases and the groups' offsets, in one file."""

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from pymongo.errors import PyMongoError

from contracts.values import rfc3339
from infra.backup.restoring import Restored
from infra.backup.restoring import restore as bring_back
from infra.backup.taking import Source, Taken, keep_newest, take
from infra.chassis.clock import SystemClock
from infra.chassis.events.browsing import AWAY
from infra.chassis.failed import Failed
from infra.chassis.ops.commands import finish, servers
from infra.chassis.ops.options import AsJson, DataDir, Prefix
from infra.chassis.store.mongo import close, open_client
from infra.cli.up import Brokers
from infra.local.clock_control import CLOCK_FILE, ClockFile
from infra.local.stack import LocalStack

SCHEDULED = "astreinte-*.backup"
_SPAN = re.compile(r"([1-9][0-9]*)(s|m|h|d)")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

GroupPrefix = Annotated[
    str,
    typer.Option(
        "--group-prefix",
        metavar="NAME",
        envvar="ASTREINTE_GROUP_PREFIX",
        help="How the services' groups begin.",
    ),
]


def _span(text: str | None) -> timedelta | None:
    if text is None:
        return None
    match = _SPAN.fullmatch(text)
    if match is None:
        raise typer.BadParameter("a number with s, m, h or d, for instance 15m", param_hint="--every")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def backup(
    target: Annotated[Path, typer.Argument(metavar="FILE", help="The file; with --every, a folder.")],
    data: DataDir,
    every: Annotated[
        str | None, typer.Option("--every", metavar="15m", help="Go on, with a backup every so often.")
    ] = None,
    keep: Annotated[int, typer.Option(min=1, help="With --every: how many of them stay.")] = 96,
    prefix: Prefix = "astreinte",
    group_prefix: GroupPrefix = "astreinte",
    as_json: AsJson = False,
) -> None:
    """Back up the four databases and how far each service has read, while they work.

    What was done after the last backup is what a disaster costs: `--every 15m` bounds that to a quarter of
    an hour and the time that a backup takes.
    """
    span = _span(every)
    found = servers(data, "kafka", "mongodb")

    async def once(path: Path) -> Taken:
        client = open_client(found["mongodb"], application="astreinte-backup")
        try:
            source = Source(client, found["kafka"], prefix, group_prefix)
            clock = ClockFile(data.expanduser() / CLOCK_FILE)
            about = {"clock_offset_seconds": clock.read().total_seconds()} if clock.exists else {}
            return await take(
                source, path, version=version("astreinte"), now=SystemClock().now(), about=about
            )
        finally:
            await close(client)

    def show(taken: Taken) -> None:
        if as_json:
            print(json.dumps(asdict(taken)), flush=True)
        else:
            print(
                f"{taken.file}: {taken.documents} documents and {taken.records} unread records, "
                f"{taken.bytes / 2**20:.1f} MiB in {taken.seconds} s",
                flush=True,
            )

    if span is None:
        show(finish(once(target)))
        return
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Failed(f"{target} cannot be a folder of backups ({error.strerror}); name another.") from error

    async def for_ever() -> None:
        loop = asyncio.get_running_loop()
        while True:
            next_at = loop.time() + span.total_seconds()
            name = f"astreinte-{SystemClock().now():%Y%m%dT%H%M%SZ}.backup"
            try:
                show(await once(target / name))
                keep_newest(target, SCHEDULED, keep)
            except (Failed, PyMongoError, *AWAY) as error:
                # The next one may succeed, and until then the last one is what there is.
                print(f"No backup at this turn: {error}", file=sys.stderr, flush=True)
            await asyncio.sleep(max(0.0, next_at - loop.time()))

    finish(for_ever())


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file of `astreinte backup`.")],
    data: DataDir,
    replace: Annotated[
        bool, typer.Option("--replace", help="Drop what the databases hold; otherwise they must be empty.")
    ] = False,
    brokers: Brokers = 1,
    prefix: Prefix = "astreinte",
    group_prefix: GroupPrefix = "astreinte",
    as_json: AsJson = False,
) -> None:
    """Bring a backup back, the services being stopped; the embedded servers are started for it.

    Its checksum is verified before anything is touched. Kafka may be the one of the backup, whatever it
    holds by now, or an empty one.
    """

    async def work() -> Restored:
        async with _servers(data, brokers) as (kafka, mongodb):
            client = open_client(mongodb, application="astreinte-restore")
            try:
                source = Source(client, kafka, prefix, group_prefix)
                return await bring_back(source, file, now=SystemClock().now(), replace_all=replace)
            finally:
                await close(client)

    done = finish(work())
    clock = ClockFile(data.expanduser() / CLOCK_FILE)
    if done.clock_offset_seconds is not None and not clock.exists and data.expanduser().is_dir():
        clock.write(timedelta(seconds=done.clock_offset_seconds))
    if as_json:
        print(json.dumps({**asdict(done), "made_at": rfc3339(done.made_at)}))
        return
    _tell(done)


def _tell(done: Restored) -> None:
    log = "the same Kafka" if done.same_log else "an empty Kafka"
    print(f"{done.documents} documents of {_when(done.made_at)} are back, with {log}, in {done.seconds} s.")
    if done.taken_back:
        print(f"{done.taken_back} events of after that will not be applied: what they tell of is gone.")
    if done.appended:
        print(f"{done.appended} events that had not been read yet are in Kafka again.")
    print(
        "Now start the services: they build their indexes and send their present states again; "
        "`astreinte doctor` says when all is well. Then take a backup, and tell clients and technicians "
        "that what was done after that time has to be done again."
    )


def _when(at: datetime) -> str:
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")


@asynccontextmanager
async def _servers(data: Path, brokers: int) -> AsyncIterator[tuple[str, str]]:
    """Those of the environment; the others are the embedded ones, which a running `up` has in use."""
    async with LocalStack(data, brokers=brokers, environment=os.environ) as found:
        yield found.kafka, found.mongodb
