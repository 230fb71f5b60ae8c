"""`astreinte sla`: clocks worked out without a server."""

import json
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from infra.chassis.ops.commands import finish, servers
from infra.chassis.ops.options import AsJson, DataDir, Prefix
from infra.chassis.store.mongo import close, database, open_client
from services.ticket.cli.cases import answers
from services.ticket.cli.replaying import Replayed, replayed

app = typer.Typer(no_args_is_help=True, help="Work out SLA clocks.")


@app.callback()
def _sla() -> None: ...


@app.command()
def compute(
    as_json: Annotated[bool, typer.Option("--json", help="What is printed is JSON in any case.")] = False,
) -> None:
    """Answer SLA cases: one JSON object a line from standard input, an answer a line, in their order.

    A case that makes no sense is answered with an error, and the run goes on.
    """
    count = senseless = 0
    for answer in answers(sys.stdin.buffer):
        # In ASCII, so that an id comes back whatever is in it and wherever the output goes.
        print(json.dumps(answer))
        count += 1
        senseless += "error" in answer
    if senseless:
        print(f"Cases that make no sense: {senseless} of {count}; their `error` says why.", file=sys.stderr)


@app.command()
def replay(data: DataDir, prefix: Prefix = "astreinte", as_json: AsJson = False) -> None:
    """Work out every clock again from its log, and report each difference from what was said of it.

    Where Kafka is known, what stands on ticket.sla.v1 is compared too. Exit code 1 when there are any.
    """

    async def work() -> Replayed:
        at = servers(data, "mongodb")
        client = open_client(at["mongodb"], application="astreinte-sla")
        try:
            return await replayed(database(client, f"{prefix}_ticket"), at.get("kafka"))
        finally:
            await close(client)

    found = finish(work())
    if as_json:
        print(json.dumps(found.as_json(), ensure_ascii=False))
    else:
        _show(found)
    if found.differences:
        raise typer.Exit(1)


def _show(found: Replayed) -> None:
    beside = "" if found.facts is None else f", {found.facts} facts on the stream"
    print(f"{found.clocks} clocks of {found.tickets} tickets worked out again{beside}.")
    if not found.differences:
        print("Each is as it was said.")
        return
    table = Table("ticket", "site", "target", "said", "by the log", box=None, padding=(0, 2, 0, 0))
    for each in found.differences:
        table.add_row(each.number, each.site_id, each.target, each.said, each.computed)
    Console().print(table)
    print(
        f"Differences: {len(found.differences)}. GET /v1/tickets/ID/sla?explain=true gives the reasons; the "
        "ticket's next step or deadline corrects what was said."
    )
