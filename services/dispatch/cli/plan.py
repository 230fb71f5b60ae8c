"""`astreinte plan`: a whole day planned without a server."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from infra.chassis.failed import Failed
from services.dispatch.cli.interrupt import interruptible
from services.dispatch.planning.dayahead.plan import Score, named, score
from services.dispatch.planning.dayahead.problem import Problem, problem_of
from services.dispatch.planning.dayahead.problem_file import BadFile, PlanFile, read_problem
from services.dispatch.solvers.dayahead import Search
from services.dispatch.solvers.solving import prepare, solve
from services.dispatch.solvers.workers import Crew


def plan(
    problem: Annotated[
        Path, typer.Argument(metavar="PROBLEM.json", help="Technicians, visits and places of a day.")
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="PLAN.json", dir_okay=False, help="Where it is written.")
    ],
    seconds: Annotated[float, typer.Option(min=0, help="How long to look for a better plan.")] = 10,
    seed: Annotated[int, typer.Option(help="Another seed looks elsewhere.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Plan a day: who serves which visits in which order, so that the fewest points are lost.

    Ctrl-C ends it early with the best plan so far.
    """
    until = time.monotonic() + seconds
    day = read(problem)
    with interruptible() as check, Crew(day, solve, prepared=prepare) as crew:
        search = Search(day, crew, seed=seed, told=_progress(until, check))
        try:
            search.run(until)
        except KeyboardInterrupt:
            print("Ended early; the best plan so far is written.", file=sys.stderr)
    found = PlanFile(routes=named(day, search.routes))
    try:
        output.write_text(found.model_dump_json(), encoding="utf-8")
    except OSError as error:
        raise Failed(f"{output} cannot be written: {error.strerror}.") from error
    _print(output, score(day, found.routes), dict(crew.failures), as_json=as_json)


def read(path: Path) -> Problem:
    try:
        return problem_of(read_problem(path.read_bytes()))
    except OSError as error:
        raise Failed(f"{path} cannot be read: {error.strerror}.") from error
    except BadFile as bad:
        raise Failed(f"{path} is no planning problem: {bad}") from bad


def _progress(until: float, check: Callable[[], None]) -> Callable[[Search], None]:
    """Says about once a second what is lost so far, and does what ``check`` does each time."""
    say_at = time.monotonic() + 1

    def told(search: Search) -> None:
        nonlocal say_at
        check()
        now = time.monotonic()
        if now >= say_at:
            say_at = now + 1
            lost, road = search.best
            print(
                f"{lost} points lost, {road / 3600:.1f} h on the road; {max(0, until - now):.0f} s to go",
                file=sys.stderr,
            )

    return told


def _print(output: Path, found: Score, failures: dict[str, int], *, as_json: bool) -> None:
    said: dict[str, Any] = {
        "lost_points": found.lost_points,
        "unserved": found.unserved,
        "by_priority": found.by_priority,
        "travel_hours": round(found.travel_seconds / 3600, 2),
        "violations": found.violations,
        "failures": failures,
    }
    if as_json:
        print(json.dumps(said))
        return
    print(
        f"{output}: {found.lost_points} points lost with {found.unserved} visits not served in time, "
        f"{said['travel_hours']} h on the road"
    )
    for why, count in failures.items():
        print(
            f"Solvers failed {count} times ({why}); what they were asked stayed as it was.", file=sys.stderr
        )
