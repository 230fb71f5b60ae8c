"""`astreinte sla`: clocks worked out without a server."""

import json
import sys
from typing import Annotated

import typer

from services.ticket.cli.cases import answers

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
        print(json.dumps(answer, ensure_ascii=False))
        count += 1
        senseless += "error" in answer
    if senseless:
        print(f"Cases that make no sense: {senseless} of {count}; their `error` says why.", file=sys.stderr)
