"""Technicians with skills, tools and parts: a minute for each of Pillac's instances, beside the best known.

Two processes search for 51 seconds, CP-SAT packs what both saw, and the plan is judged from the instance
alone. `ASTREINTE_DATA` names the folder that holds the instances in `dispatch/pillac-trsp/`. No servers; half
an hour. `ASTREINTE_PILLAC_SECONDS` and `ASTREINTE_PILLAC_ONLY` (how the instances' names begin) shorten it.
"""

import csv
import os
import statistics
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from tests.benchmarks.figures import Figure
from tests.benchmarks.pillac_problem import Instance, faults, read, working_time
from tests.benchmarks.pillac_search import Plan, Seen, packed, searched

PROCESSES = 2
PACKING_SHARE = 0.15
CLASSES = ("C1", "R1", "RC1")
GOAL = "ratio at most 1.02"


async def measure() -> list[Figure]:
    """Working time by class of instances, and of all of them, means of the ratios to the best known."""
    data = os.environ.get("ASTREINTE_DATA")
    if data is None:
        print("pillac: ASTREINTE_DATA names no folder with dispatch/pillac-trsp/", file=sys.stderr)
        return []
    return list(_figures(Path(data) / "dispatch" / "pillac-trsp"))


def _figures(folder: Path) -> Iterator[Figure]:
    seconds = float(os.environ.get("ASTREINTE_PILLAC_SECONDS", "60"))
    only = os.environ.get("ASTREINTE_PILLAC_ONLY", "")
    with (folder / "best-known-2013.csv").open(encoding="utf-8") as rows:
        best = {row["instance"]: float(row["working_time"]) for row in csv.DictReader(rows)}
    ratios: dict[str, list[float]] = {each: [] for each in CLASSES}
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as processes:
        for name, known in best.items():
            file = folder / f"{name}.txt"
            if not name.startswith(only) or not file.exists():
                continue
            instance = read(file)
            plan = planned(instance, seconds, processes)
            if wrong := list(faults(instance, plan)):
                raise SystemExit(f"{name}: {wrong[0]}")
            took = sum(working_time(instance, *route) for route in plan.items())
            yield Figure(f"pillac-{name.split('.')[0]}", took, "", "best known", known, "")
            ratios[next(each for each in CLASSES if name.startswith(each))].append(took / known)
    for each, of_class in ratios.items():
        if of_class:
            yield Figure(f"pillac-{each}", statistics.mean(of_class), "ratio", "best known", 1, GOAL)
    together = [ratio for of_class in ratios.values() for ratio in of_class]
    yield Figure("pillac", statistics.mean(together), "ratio", "best known", 1, GOAL)


def planned(instance: Instance, seconds: float, processes: ProcessPoolExecutor) -> Plan:
    """The best of what so many processes find in this time."""
    search = partial(searched, instance, seconds * (1 - PACKING_SHARE))
    found: list[tuple[Plan, Seen]] = list(processes.map(search, range(PROCESSES)))
    return packed(instance, found, seconds * PACKING_SHARE, workers=PROCESSES)
