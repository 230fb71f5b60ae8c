"""Days planned by `astreinte plan`, as the independent checker scores them, beside what others make of them.

The peers: VROOM alone (one model of the whole day, its highest level, as long as it takes), OR-Tools
routing and PyVRP in the same time, the nearest qualified technician by priority, first come, first served.
Days whose visits come up in them stand beside insertion alone, and beside a plan that knew the whole day and
was made in the seconds that planning anew took: the gap to it is what not knowing costs.
`ASTREINTE_DATA` names the folder that holds the problems in `dispatch/`, beside which `tools/check_plan.py`
is. No servers.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from services.dispatch.planning.dayahead.plan import Routes, named
from services.dispatch.planning.dayahead.problem import Problem, problem_of
from services.dispatch.planning.dayahead.problem_file import read_problem
from services.dispatch.solvers.simulation import JOBS, Simulation, executed
from services.dispatch.solvers.solving import prepare, solve
from services.dispatch.solvers.workers import Crew, Resolve
from tests.benchmarks import pyvrp_peer, routing_peer
from tests.benchmarks.figures import Figure
from tests.benchmarks.usage import MEGABYTE
from tests.services.dispatch.days import judge_at

HIGHEST_LEVEL = 5
PATIENCE = 120.0
LOOK_EVERY_SECONDS = 0.2

SIZES = (
    ("20x100", 5, [f"fr20x100s{n}" for n in range(1, 6)], "ratio at most 0.91"),
    ("50x250", 10, [f"fr50x250s{n}" for n in range(1, 4)], "ratio at most 0.88"),
)
LARGE = "fr300x2000s1"
CHANGING = (
    ("20x100", [f"fr20x100s{n}" for n in range(1, 4)]),
    ("100x500", [f"fr100x500s{n}" for n in (1, 2)]),
)


async def measure() -> list[Figure]:
    """Points lost, and how much memory the largest day takes."""
    folder = os.environ.get("ASTREINTE_DATA")
    if folder is None:
        print("dispatch: ASTREINTE_DATA names no folder with dispatch/: nothing to plan", file=sys.stderr)
        return []
    days, check = Path(folder) / "dispatch", judge_at(Path(folder).parent / "tools" / "check_plan.py")
    return list(_figures(days, check))


def _figures(days: Path, check: Any) -> Iterator[Figure]:
    for size, seconds, names, goal in SIZES:
        files = [days / f"{name}.json" for name in names]
        ours = statistics.mean(_planned(check, file, seconds)[0] for file in files)
        alone = statistics.mean(_by_vroom_alone(check, file) for file in files)
        routing = statistics.mean(_by_peer(check, file, seconds, routing_peer.planned) for file in files)
        pyvrp = statistics.mean(_by_peer(check, file, seconds, pyvrp_peer.planned) for file in files)
        nearest = statistics.mean(_by_rote(check, file, "nearest") for file in files)
        fifo = statistics.mean(_by_rote(check, file, "fifo") for file in files)
        yield Figure(f"plan-{size}-{seconds}s", ours, "points", "VROOM alone", alone, goal)
        yield Figure(f"plan-{size}-{seconds}s", ours, "points", "OR-Tools routing", routing, "")
        yield Figure(f"plan-{size}-{seconds}s", ours, "points", "PyVRP", pyvrp, "")
        yield Figure(f"plan-{size}-{seconds}s", ours, "points", "nearest technician", nearest, "")
        yield Figure(f"plan-{size}-{seconds}s", ours, "points", "first come, first served", fifo, "")
    for size, names in CHANGING:
        files = [days / f"{name}-dynamic.json" for name in names]
        anew, seconds = map(sum, zip(*(_lived(check, file, jobs=JOBS) for file in files), strict=True))
        once = sum(_lived(check, file, jobs=0)[0] for file in files)
        each = max(1, round(seconds / len(files)))
        known = sum(_planned(check, file, each)[0] for file in files)
        yield Figure(f"day-{size}", anew, "points", "insertion alone", once, "ratio at most 0.75")
        yield Figure(f"day-{size}", anew, "points", f"knowing the whole day, {each} s each", known, "")
        yield Figure(
            f"day-{size}-gap", anew - known, "points", "insertion's", once - known, "ratio at most 0.5"
        )
    file = days / f"{LARGE}.json"
    nearest = _by_rote(check, file, "nearest")
    for seconds, most in ((6, 1350), (120, 1100)):
        ours, megabytes = _planned(check, file, seconds)
        goal = f"at most {most:,} points"
        yield Figure(f"plan-300x2000-{seconds}s", ours, "points", "nearest technician", nearest, goal)
        yield Figure(f"plan-300x2000-{seconds}s-memory", megabytes, "MiB", "the goal", 600, "at most 600")


def _planned(check: Any, file: Path, seconds: float) -> tuple[float, float]:
    """Points lost by the command, and the most memory that it and its workers had at once."""
    with tempfile.TemporaryDirectory() as folder:
        plan = Path(folder) / "plan.json"
        command = [sys.executable, "-c", "from infra.cli.main import main; main()"]
        words = ["plan", str(file), "--seconds", str(seconds), "-o", str(plan)]
        with subprocess.Popen(
            [*command, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as running:
            most = 0.0
            while True:
                try:
                    running.wait(LOOK_EVERY_SECONDS)
                    break
                except subprocess.TimeoutExpired:
                    most = max(most, _megabytes_of_family(running.pid))
        return _points(check, file, json.loads(plan.read_bytes())["routes"]), most


def _lived(check: Any, file: Path, jobs: int) -> tuple[float, float]:
    """Points lost in a day whose visits come up in it, and the seconds that its planning took."""
    problem = problem_of(read_problem(file.read_bytes()))
    began = time.monotonic()
    with Crew(problem, solve, prepared=prepare) as crew:
        simulation = Simulation(problem, crew, jobs=jobs)
        simulation.run()
    took = time.monotonic() - began
    theirs = check.Problem(str(file))
    did = {str(id): steps for id, steps in executed(problem, simulation.lived).items()}
    served, _, violations = check.score_log(theirs, did)
    return _worth(theirs, file, served, violations), took


def _by_vroom_alone(check: Any, file: Path) -> float:
    problem = problem_of(read_problem(file.read_bytes()))
    everything = Resolve(tuple(problem.technicians), tuple(problem.visits), HIGHEST_LEVEL)
    with Crew(problem, solve, size=1, patience_seconds=PATIENCE) as crew:
        routes = crew.collect(crew.give(everything), time.monotonic() + PATIENCE)
    if routes is None:
        raise AssertionError(f"VROOM alone failed: {dict(crew.failures)}")
    return _points(check, file, _by_id(problem, routes))


def _by_peer(check: Any, file: Path, seconds: int, planned: Callable[[Problem, int], Routes]) -> float:
    problem = problem_of(read_problem(file.read_bytes()))
    return _points(check, file, _by_id(problem, planned(problem, seconds)))


def _by_id(problem: Problem, routes: Routes) -> dict[str, list[int]]:
    return {str(id): route for id, route in named(problem, routes).items()}


def _by_rote(check: Any, file: Path, how: str) -> float:
    return _points(check, file, check.baseline(check.Problem(str(file)), how))


def _points(check: Any, file: Path, routes: Mapping[str, Sequence[int]]) -> float:
    problem = check.Problem(str(file))
    served, _, violations = check.score_routes(problem, routes)
    return _worth(problem, file, served, violations)


def _worth(problem: Any, file: Path, served: Collection[int], violations: Sequence[str]) -> float:
    if violations:
        raise AssertionError(f"{file.name}: {violations[0]}: what it loses does not count")
    return float(
        sum(problem.weights[visit["priority"]] for id, visit in problem.visits.items() if id not in served)
    )


def _megabytes_of_family(pid: int) -> float:
    """Resident memory of a process and its children; pages that they share count for each of them."""
    total = 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            if pid in (parent, int(entry.name)):
                total += int((entry / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        except OSError:
            continue
    return total / MEGABYTE
