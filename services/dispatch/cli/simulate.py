"""`astreinte simulate`: a whole day lived without a server, each visit known only from its moment on."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from infra.chassis.failed import Failed
from services.dispatch.cli.interrupt import interruptible
from services.dispatch.cli.plan import read
from services.dispatch.solvers.simulation import Simulation, executed
from services.dispatch.solvers.solving import prepare, solve
from services.dispatch.solvers.workers import Crew


def simulate(
    problem: Annotated[
        Path, typer.Argument(metavar="PROBLEM-dynamic.json", help="A day with visits that come up in it.")
    ],
    output: Annotated[
        Path,
        typer.Option("-o", "--output", metavar="EXECUTED.json", dir_okay=False, help="Where it is written."),
    ],
    seed: Annotated[int, typer.Option(help="Another seed looks elsewhere.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Live a day: at each new visit what nobody has begun is planned anew.

    Ctrl-C ends it with the day so far.
    """
    day = read(problem)
    with interruptible() as check, Crew(day, solve, prepared=prepare) as crew:
        lives = Simulation(day, crew, seed, told=_progress(check))
        try:
            lives.run()
        except KeyboardInterrupt:
            print("Ended early; the day so far is written.", file=sys.stderr)
    try:
        output.write_text(json.dumps({"executed": executed(day, lives.lived)}), encoding="utf-8")
    except OSError as error:
        raise Failed(f"{output} cannot be written: {error.strerror}.") from error
    made = sum(step.visit is not None for each in lives.lived for step in each.steps)
    if as_json:
        print(json.dumps({"lost_points": lives.lost_points, "made": made, "failures": dict(crew.failures)}))
    else:
        print(f"{output}: {made} of {len(day.visits)} visits made, {lives.lost_points} points lost")


def _progress(check: Callable[[], None]) -> Callable[[int], None]:
    def told(moment: int) -> None:
        check()
        print(f"{moment // 3600:02d}:{moment % 3600 // 60:02d} planned anew", file=sys.stderr)

    return told
