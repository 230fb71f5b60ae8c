"""Technicians with skills, tools and parts (Pillac, Guéret and Medaglia, 2013), and what their days cost.

A technician starts at home with the tools and parts that he has. Once, whenever he likes, he may call at the
depot, and has every tool and parts without end from then on. What is to be small is the working time of all
together: from leaving home to being back there, waiting included. Times and ways are in the instance's unit.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

DEPOT = -1
"""In a route: the call at the depot."""
TOLERANCE = 1e-6


@dataclass(frozen=True)
class Place:
    x: float
    y: float
    opens: float
    closes: float
    service: float
    skills: frozenset[int] = frozenset()
    tools: frozenset[int] = frozenset()
    parts: tuple[int, ...] = ()

    def way(self, other: "Place") -> float:
        return math.hypot(self.x - other.x, self.y - other.y)


@dataclass(frozen=True)
class Instance:
    """Requests are counted from 0; a route is a technician's requests in order, ``DEPOT`` at most once."""

    name: str
    depot: Place
    technicians: tuple[Place, ...]
    requests: tuple[Place, ...]


def read(file: Path) -> Instance:
    """An instance as its authors wrote it."""
    lines = file.read_text(encoding="utf-8").splitlines()
    crew = int(lines[next(n for n, line in enumerate(lines) if line.startswith("CREW")) + 1].split()[0])
    places = [place for line in lines if (place := _place(line)) is not None]
    return Instance(file.stem, places[0], tuple(places[1 : 1 + crew]), tuple(places[1 + crew :]))


def _place(line: str) -> Place | None:
    lists = re.findall(r"\[([\d,]*)\]", line)
    if len(lists) != 3:
        return None
    skills, tools, parts = ([int(each) for each in text.split(",") if each] for text in lists)
    numbers = [float(each) for each in line.split("[", maxsplit=1)[0].split()]
    x, y, opens, closes, service = numbers[1:6]
    return Place(x, y, opens, closes, service, frozenset(skills), frozenset(tools), tuple(parts))


def faults(instance: Instance, routes: Mapping[int, Sequence[int]]) -> Iterator[str]:
    """What is wrong with a plan, told from the instance alone."""
    made = sorted(each for route in routes.values() for each in route if each != DEPOT)
    if made != list(range(len(instance.requests))):
        yield "not every request is made once"
    for technician, route in routes.items():
        he, kept = instance.technicians[technician], list(instance.technicians[technician].parts)
        supplied = False
        for each in route:
            if each == DEPOT:
                if supplied:
                    yield f"{technician} is twice at the depot"
                supplied = True
                continue
            asked = instance.requests[each]
            if not asked.skills <= he.skills:
                yield f"{technician} cannot do {each}"
            if not supplied and not asked.tools <= he.tools:
                yield f"{technician} has no tool for {each}"
            kept = [have - need for have, need in zip(kept, asked.parts, strict=True)]
            if not supplied and min(kept) < 0:
                yield f"{technician} has no part for {each}"
        if math.isinf(working_time(instance, technician, route)):
            yield f"{technician} comes too late"


def working_time(instance: Instance, technician: int, route: Sequence[int]) -> float:
    """From leaving home as late as costs nothing to being back; infinite where a window cannot be kept."""
    if not route:
        return 0.0
    he = instance.technicians[technician]
    stops = [he, *(instance.depot if each == DEPOT else instance.requests[each] for each in route), he]
    latest = stops[-1].closes
    for before, after in zip(reversed(stops[:-1]), reversed(stops[1:]), strict=True):
        latest = min(before.closes, latest - before.service - before.way(after))
    # Leaving at the latest possible moment, nobody waits longer than for any earlier one.
    now = latest
    if now < he.opens - TOLERANCE:
        return math.inf
    for before, after in pairwise(stops):
        now = max(after.opens, now + before.service + before.way(after))
        if now > after.closes + TOLERANCE:
            return math.inf
    return now - latest
