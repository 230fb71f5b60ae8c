"""`astreinte events tail`: what a topic says, as it says it."""

import asyncio
import json
import os
import sys
from contextlib import aclosing
from typing import Annotated, Any

import typer

from infra.chassis.failed import Failed
from infra.chassis.ops.commands import finish, servers
from infra.chassis.ops.options import AsJson, DataDir

app = typer.Typer(no_args_is_help=True, help="Follow what a topic says.")


@app.callback()
def _events() -> None:
    """Follow what a topic says."""


@app.command()
def tail(
    topic: Annotated[str, typer.Argument(help="For instance ticket.lifecycle.v1.")],
    data: DataDir,
    from_start: Annotated[bool, typer.Option("--from-start", help="Begin with the oldest record.")] = False,
    limit: Annotated[int, typer.Option(help="End after so many records (0: never).")] = 0,
    as_json: AsJson = False,
) -> None:
    """Print a topic's events as they come, until Ctrl-C."""
    from contracts.catalogue import CATALOGUE

    names = [each.name for each in CATALOGUE.topics]
    if topic not in names:
        raise Failed(f"There is no topic {topic}; these are: {', '.join(names)}.")
    try:
        finish(_follow(servers(data, "kafka")["kafka"], topic, from_start, limit, as_json))
    except KeyboardInterrupt:
        raise typer.Exit from None


async def _follow(kafka: str, topic: str, from_start: bool, limit: int, as_json: bool) -> None:
    from infra.chassis.events.browsing import follow

    seen = 0
    async with aclosing(follow(kafka, topic, from_start=from_start)) as records:
        try:
            async for record in records:
                if not _printed(_line(record, as_json)):
                    return
                seen += 1
                if seen == limit:
                    return
        except asyncio.CancelledError:
            return


def _printed(line: str) -> bool:
    """Whether somebody still reads: ``| head`` goes away once it has enough, and that is no error."""
    try:
        print(line, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what Python flushes at its end
        return False
    return True


def _line(record: Any, as_json: bool) -> str:
    why = _unreadable(record)
    headers = {name: (value or b"").decode("utf-8", "backslashreplace") for name, value in record.headers}
    body = None if record.value is None else record.value.decode("utf-8", "backslashreplace")
    if as_json:
        key = None if record.key is None else record.key.decode("utf-8", "backslashreplace")
        return json.dumps(
            {
                "topic": record.topic,
                "partition": record.partition,
                "offset": record.offset,
                "key": key,
                "headers": headers,
                "value": body,
                "unreadable": why,
            },
            ensure_ascii=False,
        )
    if why is not None:
        return f"{record.place} cannot be read: {why}" + ("" if body is None else f"  {body}")
    return (
        f"{headers.get('ce_time', '?')}  {headers.get('ce_type', '?'):24} {headers.get('ce_id', '?')}  {body}"
    )


def _unreadable(record: Any) -> str | None:
    """Why no reader can take in what a record says; copies of dead letters are for people only."""
    from contracts.catalogue import CATALOGUE
    from infra.chassis.events.parser import read

    if record.unparsable is None and CATALOGUE.topic_named(record.topic).kind == "dead":
        return None
    incoming = read(record)
    if incoming.reason is not None:
        return f"{incoming.reason.slug}: {incoming.reason.detail}"
    if incoming.envelope is not None and record.value is not None:
        try:
            CATALOGUE.decode(incoming.envelope, record.value)
        except Exception as error:
            return f"invalid-body: {error}"
    return None
