"""What it is worth to plan a day for what may still come up in it, and how well that is foretold.

Each of the days of 20 technicians whose visits come up in them is lived by each way of planning with a few
seeds. Beside each stand fifteen jobs a moment that think of nothing to come; the interval is of the
difference, days drawn with replacement. Learnt from is every other day, never the one that is lived.
`ASTREINTE_DATA` names the folder that holds them in `dispatch/`. No servers.
"""

import os
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random

from services.dispatch.planning.dayahead.problem import problem_of
from services.dispatch.planning.dayahead.problem_file import ProblemFile, read_problem
from services.dispatch.solvers.simulation import JOBS, Simulation
from services.dispatch.solvers.solving import prepare, solve
from services.dispatch.solvers.workers import Crew
from tests.benchmarks.arrivals import WEEKDAY, fit_of, learnt, past_day
from tests.benchmarks.figures import Figure
from tests.benchmarks.foresight import Choice, Foresight, WithFutures, agreed, cheapest, last
from tests.benchmarks.putting_off import PuttingOff, released_at

SEEDS = range(2)
LIVED = tuple(f"fr20x100s{n}-dynamic" for n in (1, 2, 3))
LEARNT_FROM = (*LIVED, *(f"fr100x500s{n}-dynamic" for n in (1, 2)))
DRAWS = 2000

Days = Mapping[str, ProblemFile]
Way = Callable[[Days, str, Crew, int], Simulation]


async def measure() -> list[Figure]:
    """How well each day is foretold by the others, and what each way of planning loses."""
    folder = os.environ.get("ASTREINTE_DATA")
    if folder is None:
        print("anticipation: ASTREINTE_DATA names no folder with dispatch/: no days", file=sys.stderr)
        return []
    files = {name: Path(folder) / "dispatch" / f"{name}.json" for name in LEARNT_FROM}
    return list(_figures({name: read_problem(file.read_bytes()) for name, file in files.items()}))


def _figures(days: Days) -> Iterator[Figure]:
    fit = fit_of([past_day(day) for day in days.values()])
    yield Figure(
        "arrivals-deviance", fit.deviance, "", "a constant rate", fit.constant_deviance, f"{fit.days} days"
    )
    yield Figure("arrivals-dispersion", fit.dispersion, "", "Poisson", 1, "")
    nothing = _lost(days, _myopic)
    for name, way in WAYS.items():
        lost = _lost(days, way)
        low, high = _interval([mine - theirs for mine, theirs in zip(lost, nothing, strict=True)])
        goal = f"difference {low:+.0f} to {high:+.0f} in 95 of 100"
        ours, theirs = statistics.mean(lost), statistics.mean(nothing)
        yield Figure(f"day-{name}", ours, "points", "no foresight", theirs, goal)


def _lost(days: Days, way: Way) -> list[float]:
    """Of each day, the points lost, the mean of the seeds."""
    lost = []
    for name in LIVED:
        with Crew(problem_of(days[name]), solve, prepared=prepare) as crew:
            lost.append(statistics.mean(_lived(way(days, name, crew, seed)) for seed in SEEDS))
    return lost


def _lived(simulation: Simulation) -> int:
    simulation.run()
    return simulation.lost_points


def _interval(differences: Sequence[float]) -> tuple[float, float]:
    chance = Random(0)
    means = sorted(statistics.mean(chance.choices(differences, k=len(differences))) for _ in range(DRAWS))
    return means[DRAWS // 40], means[-DRAWS // 40]


def _others(days: Days, name: str) -> list[ProblemFile]:
    return [day for other, day in days.items() if other != name]


def _myopic(days: Days, name: str, crew: Crew, seed: int) -> Simulation:
    return Simulation(problem_of(days[name]), crew, seed)


def _more_jobs(days: Days, name: str, crew: Crew, seed: int) -> Simulation:
    """As many as the dearest of the ways below takes."""
    return Simulation(problem_of(days[name]), crew, seed, jobs=3 * JOBS)


def _putting_off(*, lowest: bool = True, forward: bool = True) -> Way:
    def way(days: Days, name: str, crew: Crew, seed: int) -> Simulation:
        rates = learnt([past_day(each) for each in _others(days, name)])
        moment = released_at(rates, WEEKDAY) if lowest else 0
        return PuttingOff(problem_of(days[name]), crew, seed, lowest_from=moment, forward=forward)

    return way


def _with_futures(choose: Choice, *, futures: int = 4, jobs: int = 6, worth: float = 1.0) -> Way:
    def way(days: Days, name: str, crew: Crew, seed: int) -> Simulation:
        foresight = Foresight(days[name], _others(days, name))
        return WithFutures(
            foresight.problem,
            crew,
            seed,
            foresight=foresight,
            futures=futures,
            future_jobs=jobs,
            worth=worth,
            choose=choose,
        )

    return way


WAYS: Mapping[str, Way] = {
    "more-jobs": _more_jobs,
    "forward": _putting_off(lowest=False),
    "lowest-later": _putting_off(forward=False),
    "lowest-later-and-forward": _putting_off(),
    "one-future": _with_futures(last, futures=1, jobs=JOBS),
    "one-faint-future": _with_futures(last, futures=1, jobs=JOBS, worth=0.02),
    "consensus-of-futures": _with_futures(agreed),
    "cheapest-of-futures": _with_futures(cheapest),
}
