"""`astreinte dead`: events that a service could not take in."""

import getpass
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from contracts.catalogue import SERVICES
from contracts.refusal import NotFound
from infra.chassis.clock import SystemClock
from infra.chassis.events import dead
from infra.chassis.events.parked import Parked
from infra.chassis.failed import Failed
from infra.chassis.ops.commands import finish, servers
from infra.chassis.ops.options import AsJson, DataDir, Prefix
from infra.chassis.store.mongo import Client, Database, close, database, open_client

app = typer.Typer(no_args_is_help=True, help="See, replay or drop the events that could not be handled.")
OfService = Annotated[
    str | None, typer.Option("--service", metavar="NAME", help="Whose letter, where several have it.")
]
LetterId = Annotated[str, typer.Argument(metavar="ID", help="As `astreinte dead list` shows it.")]


@app.command("list")
def list_(data: DataDir, prefix: Prefix = "astreinte", as_json: AsJson = False) -> None:
    """List the dead letters of all services, the oldest of each first."""

    async def work() -> list[tuple[str, Parked]]:
        async with _databases(data, prefix) as (_, found):
            return [(name, letter) for name, db in found.items() for letter in await dead.listed(db, limit=0)]

    letters = finish(work())
    if as_json:
        print(json.dumps([_as_json(name, letter) for name, letter in letters], ensure_ascii=False))
        return
    if not letters:
        print("No dead letters: every event was taken in.")
        return
    table = Table("service", "id", "reason", "detail", "since", box=None, padding=(0, 2, 0, 0))
    for name, letter in letters:
        since = letter.first_at.isoformat(timespec="seconds")
        table.add_row(name, letter.id, letter.reason.slug, letter.reason.detail[:80], since)
    Console().print(table)
    print("Look at one with `astreinte dead show ID`, then `dead replay ID` or `dead drop ID --reason WHY`.")


@app.command()
def show(
    id: LetterId,
    data: DataDir,
    service: OfService = None,
    prefix: Prefix = "astreinte",
    as_json: AsJson = False,
) -> None:
    """Show one dead letter with its record, and what waits behind it."""

    async def look(name: str, client: Client, db: Database) -> dict[str, Any]:
        letter, behind = await dead.shown(db, id)
        return {**_as_json(name, letter), "behind": [each.id for each in behind]}

    found = finish(_on_its_service(data, prefix, id, service, look))
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        Console().print_json(json.dumps(found))


@app.command()
def replay(
    id: LetterId,
    data: DataDir,
    service: OfService = None,
    prefix: Prefix = "astreinte",
    as_json: AsJson = False,
) -> None:
    """Let the service try a dead letter again, with what waits behind it."""

    async def again(name: str, client: Client, db: Database) -> str:
        await dead.replay(db, id, SystemClock().now())
        return name

    name = finish(_on_its_service(data, prefix, id, service, again))
    print(json.dumps({"replayed": id, "service": name}) if as_json else f"{name} tries {id} again.")


@app.command()
def drop(
    id: LetterId,
    data: DataDir,
    reason: Annotated[str, typer.Option(help="Why this event may be lost. Kept with your name.")],
    service: OfService = None,
    prefix: Prefix = "astreinte",
    as_json: AsJson = False,
) -> None:
    """Give a dead letter up and let what waits behind it go on."""

    async def give_up(name: str, client: Client, db: Database) -> str:
        await dead.drop(client, db, id, reason=reason, by=getpass.getuser(), now=SystemClock().now())
        return name

    name = finish(_on_its_service(data, prefix, id, service, give_up))
    print(json.dumps({"dropped": id, "service": name}) if as_json else f"{name} goes on without {id}.")


@asynccontextmanager
async def _databases(data: Any, prefix: str) -> AsyncIterator[tuple[Client, dict[str, Database]]]:
    client = open_client(servers(data, "mongodb")["mongodb"], application="astreinte-dead")
    try:
        yield client, {name: database(client, f"{prefix}_{name}") for name in SERVICES}
    finally:
        await close(client)


async def _on_its_service(
    data: Any,
    prefix: str,
    id: str,
    service: str | None,
    work: Callable[[str, Client, Database], Awaitable[Any]],
) -> Any:
    """An event that several services read may be dead in each of them, and each decides apart."""
    async with _databases(data, prefix) as (client, found):
        holding = []
        for name, db in found.items():
            if service in (None, name):
                with suppress(NotFound):
                    await dead.shown(db, id)
                    holding.append(name)
        if not holding:
            raise NotFound("dead letter", id)
        if len(holding) > 1:
            raise Failed(f"{id} is a dead letter of {' and '.join(holding)}: name one with --service.")
        return await work(holding[0], client, found[holding[0]])


def _as_json(service: str, letter: Parked) -> dict[str, Any]:
    record = letter.record
    return {
        "service": service,
        "id": letter.id,
        "key": letter.key,
        "reason": {
            "slug": letter.reason.slug,
            "detail": letter.reason.detail,
            "handler": letter.reason.handler,
        },
        "attempts": letter.attempts,
        "since": letter.first_at.isoformat(),
        "record": {
            "topic": record.topic,
            "partition": record.partition,
            "offset": record.offset,
            "headers": {
                name: (value or b"").decode("utf-8", "backslashreplace") for name, value in record.headers
            },
            "value": None if record.value is None else record.value.decode("utf-8", "backslashreplace"),
        },
    }
