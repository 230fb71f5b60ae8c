"""A day to be planned: technicians, visits and the ways between them, as arrays of ints.

Times are whole seconds from midnight, durations whole seconds. A technician, a visit and a location
are named by their index; ``technician_ids`` and ``visit_ids`` are what a file calls them.
"""

import math
from array import array
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from services.dispatch.planning.dayahead.problem_file import (
    ProblemFile,
    TechnicianInFile,
    TravelInFile,
    VisitInFile,
)

EARTH_KILOMETRES = 6371
SAME_PLACE_KILOMETRES = 0.001
LEAST_SECONDS = 60
ROWS_AT_ONCE = 256

Window = tuple[int, int]


@dataclass(frozen=True)
class Problem:
    """Everything that a planner asks in its inner loops, by index.

    ``able[t][v]`` is 1 where the technician has the skills at their levels and the part, and no pin
    speaks against it. ``travel[a][b]`` are seconds between locations. ``windows[v]`` hold the start,
    in order and apart. ``weight[v]`` are the points that are lost when nobody serves it. ``start[t]`` is
    where the technician is when his shift starts: at home, but in what is left of a day that has begun.
    ``lunch_window[t]`` holds the start of his lunch, where ``lunches[t]``.
    """

    technician_ids: tuple[int, ...]
    home: tuple[int, ...]
    start: tuple[int, ...]
    shift: tuple[Window, ...]
    lunches: tuple[bool, ...]
    lunch_window: tuple[Window, ...]
    lunch_seconds: tuple[int, ...]
    visit_ids: tuple[int, ...]
    site: tuple[int, ...]
    duration: tuple[int, ...]
    known_at: tuple[int, ...]
    windows: tuple[tuple[Window, ...], ...]
    priority: tuple[int, ...]
    weight: tuple[int, ...]
    able: tuple[bytes, ...]
    travel: tuple["array[int]", ...]

    @property
    def technicians(self) -> range:
        """The index of every technician."""
        return range(len(self.technician_ids))

    @property
    def visits(self) -> range:
        """The index of every visit."""
        return range(len(self.visit_ids))

    @cached_property
    def visit_index(self) -> dict[int, int]:
        """The index of each visit by its id."""
        return {id: index for index, id in enumerate(self.visit_ids)}


def problem_of(file: ProblemFile) -> Problem:
    """The problem that a file describes."""
    technicians, visits = file.technicians, file.visits
    return Problem(
        technician_ids=tuple(each.id for each in technicians),
        home=tuple(each.home for each in technicians),
        start=tuple(each.home for each in technicians),
        shift=tuple(each.shift for each in technicians),
        lunches=tuple(each.lunch for each in technicians),
        lunch_window=(file.lunch.start_window,) * len(technicians),
        lunch_seconds=(file.lunch.duration,) * len(technicians),
        visit_ids=tuple(each.id for each in visits),
        site=tuple(each.site for each in visits),
        duration=tuple(each.duration for each in visits),
        known_at=tuple(each.known_at for each in visits),
        windows=tuple(each.windows for each in visits),
        priority=tuple(each.priority for each in visits),
        weight=tuple(file.weights[each.priority] for each in visits),
        able=_able(technicians, visits),
        travel=travel_seconds(file.locations, file.travel),
    )


def left_of(
    problem: Problem,
    visits: Sequence[int],
    *,
    start: Sequence[int],
    shift: Sequence[Window],
    lunches: Sequence[bool],
) -> Problem:
    """The same technicians from where they are, with some of the visits: ``visits[n]`` is the nth here."""
    return replace(
        problem,
        start=tuple(start),
        shift=tuple(shift),
        lunches=tuple(lunches),
        visit_ids=tuple(problem.visit_ids[visit] for visit in visits),
        site=tuple(problem.site[visit] for visit in visits),
        duration=tuple(problem.duration[visit] for visit in visits),
        known_at=tuple(problem.known_at[visit] for visit in visits),
        windows=tuple(problem.windows[visit] for visit in visits),
        priority=tuple(problem.priority[visit] for visit in visits),
        weight=tuple(problem.weight[visit] for visit in visits),
        able=tuple(bytes(row[visit] for visit in visits) for row in problem.able),
    )


def _able(technicians: Sequence[TechnicianInFile], visits: Sequence[VisitInFile]) -> tuple[bytes, ...]:
    """Who may serve what; visits that ask for the same are looked at once."""
    same: dict[Hashable, list[int]] = {}
    for index, visit in enumerate(visits):
        same.setdefault((frozenset(visit.skills.items()), visit.part, visit.technician), []).append(index)
    rows = [bytearray(len(visits)) for _ in technicians]
    for indices in same.values():
        for technician, row in zip(technicians, rows, strict=True):
            if technician.can_serve(visits[indices[0]]):
                for index in indices:
                    row[index] = 1
    return tuple(map(bytes, rows))


def travel_seconds(
    locations: Sequence[tuple[float, float]], travel: TravelInFile
) -> tuple["array[int]", ...]:
    """Seconds between any two of n locations (degrees of latitude and longitude): n rows of n.

    The last bit of a sine differs between libraries, and rounding up can make a second of it. What lies
    so near a whole second is therefore computed again, one by one, the way everybody does.
    """
    degrees = np.radians(np.array(locations, dtype=np.float64).reshape(-1, 2))
    latitude, longitude = degrees[:, 0], degrees[:, 1]
    rows: list[array[int]] = []
    for first in range(0, len(locations), ROWS_AT_ONCE):
        chunk = slice(first, first + ROWS_AT_ONCE)
        exact = _exact_seconds(latitude[chunk, None], longitude[chunk, None], latitude, longitude, travel)
        seconds = np.ceil(exact).astype(np.intc)
        kilometres = exact * (travel.kmh / 3600)
        apart = kilometres > SAME_PLACE_KILOMETRES
        seconds[apart] = np.maximum(seconds[apart], LEAST_SECONDS)
        doubtful = np.abs(exact - np.rint(exact)) < 1e-6
        doubtful |= np.abs(kilometres - SAME_PLACE_KILOMETRES) < 1e-6
        for row, column in np.argwhere(doubtful):
            seconds[row, column] = seconds_between(locations[first + row], locations[column], travel)
        rows.extend(array("i", row.tobytes()) for row in seconds)
    return tuple(rows)


def seconds_between(a: tuple[float, float], b: tuple[float, float], travel: TravelInFile) -> int:
    """Great circle × detour at kmh, rounded up; at least a minute between two distinct points."""
    (lat_a, lon_a), (lat_b, lon_b) = (map(math.radians, point) for point in (a, b))
    h = (
        math.sin((lat_b - lat_a) / 2) ** 2
        + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    )
    kilometres = 2 * EARTH_KILOMETRES * math.asin(math.sqrt(min(1, h))) * travel.detour
    seconds = math.ceil(kilometres / travel.kmh * 3600)
    return max(seconds, LEAST_SECONDS) if kilometres > SAME_PLACE_KILOMETRES else seconds


def _exact_seconds(
    lat_a: npt.NDArray[np.float64],
    lon_a: npt.NDArray[np.float64],
    lat_b: npt.NDArray[np.float64],
    lon_b: npt.NDArray[np.float64],
    travel: TravelInFile,
) -> npt.NDArray[np.float64]:
    h = np.sin((lat_b - lat_a) / 2) ** 2 + np.cos(lat_a) * np.cos(lat_b) * np.sin((lon_b - lon_a) / 2) ** 2
    angle: npt.NDArray[np.float64] = np.arcsin(np.sqrt(np.minimum(1, h)))
    return 2 * EARTH_KILOMETRES * angle * (travel.detour / travel.kmh * 3600)
