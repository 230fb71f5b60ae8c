"""`astreinte rota`: labour rules judged without a server."""

import json
import sys
from typing import Annotated

import typer

from services.dispatch.cli.cases import answers

app = typer.Typer(no_args_is_help=True, help="Judge rotas by labour law.")


@app.callback()
def _rota() -> None: ...


@app.command()
def check(
    as_json: Annotated[bool, typer.Option("--json", help="What is printed is JSON in any case.")] = False,
) -> None:
    """Judge rota cases: one JSON object a line from standard input, an answer a line, in their order.

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
