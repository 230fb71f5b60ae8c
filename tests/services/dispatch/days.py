"""Small days to be planned, made by chance, and a second judge of what can be lived, in other words."""

import importlib.util
import random
from pathlib import Path
from typing import Any

from services.dispatch.planning.dayahead.problem import Problem, problem_of
from services.dispatch.planning.dayahead.problem_file import ProblemFile

NOON_WINDOW = (41400, 48600)
SKILLS = ("network", "printing", "server")


def document(seed: int, *, technicians: int = 4, visits: int = 16) -> dict[str, Any]:
    """A day around Lyon as its file says it; the same for the same seed."""
    pick = random.Random(seed)
    count = technicians + visits
    return {
        "name": f"day {seed}",
        "lunch": {"duration": 2700, "start_window": list(NOON_WINDOW)},
        "weights": {"1": 100, "2": 30, "3": 8, "4": 2},
        "travel": {"kind": "great_circle", "detour": 1.3, "kmh": 50},
        "locations": [[45.7 + pick.uniform(0, 0.4), 4.8 + pick.uniform(0, 0.4)] for _ in range(count)],
        "technicians": [
            {
                "id": 100 + number,
                "home": number,
                "skills": {skill: pick.randint(1, 3) for skill in SKILLS if pick.random() < 0.8},
                "parts": pick.sample(range(4), 3),
                "shift": pick.choice([[28800, 61200], [25200, 50400], [43200, 72000]]),
                "lunch": pick.random() < 0.8,
            }
            for number in range(technicians)
        ],
        "visits": [_visit(pick, number, technicians, count) for number in range(visits)],
    }


def _visit(pick: random.Random, number: int, technicians: int, locations: int) -> dict[str, Any]:
    opens = pick.randrange(28800, 50000)
    windows = (
        [[28800, 63000]] if pick.random() < 0.5 else [[opens, opens + 5400], [opens + 7200, opens + 9000]]
    )
    return {
        "id": number,
        "site": pick.randrange(technicians, locations),
        "skills": {pick.choice(SKILLS): pick.randint(1, 2)},
        "part": pick.choice([None, None, None, 0, 1, 2, 3]),
        "duration": pick.choice([900, 1800, 3600, 7200]),
        "priority": pick.choice([1, 2, 3, 3, 4, 4]),
        "windows": windows,
        "known_at": 0,
        "technician": 100 + pick.randrange(technicians) if pick.random() < 0.1 else None,
    }


def day(seed: int, **sizes: int) -> Problem:
    return problem_of(ProblemFile.model_validate(document(seed, **sizes)))


def random_routes(pick: random.Random, problem: Problem, *, longest: int = 8) -> dict[int, list[int]]:
    """A plan by ids: mostly sensible, sometimes not."""
    left = list(problem.visits)
    pick.shuffle(left)
    routes = {}
    for technician, id in enumerate(problem.technician_ids):
        pool = left if pick.random() < 0.05 else [v for v in left if problem.able[technician][v]]
        chosen = pool[: pick.randrange(longest + 1)]
        if pick.random() < 0.6:
            chosen.sort(key=lambda visit: problem.windows[visit][-1][1])
        if pick.random() < 0.95:
            left = [visit for visit in left if visit not in chosen]
        routes[id] = [problem.visit_ids[visit] for visit in chosen]
    if pick.random() < 0.1:
        routes[problem.technician_ids[0]].append(987_654)
        routes[987_654] = []
    return routes


def can_be_lived(problem: Problem, technician: int, visits: list[int]) -> bool:
    """Tries every place for lunch, second by second from the shift's start: slow, and in other words."""
    home, (starts, ends) = problem.home[technician], problem.shift[technician]
    opens, closes = problem.lunch_window[technician]

    def goes(lunch_before: int | None, *, on_arrival: bool) -> bool:
        clock, place, lunch_had = starts, home, lunch_before is None
        for step, visit in enumerate([*visits, None]):
            target = home if visit is None else problem.site[visit]
            eats = step == lunch_before
            if eats and not on_arrival:
                clock = max(clock, opens)
                lunch_had = clock <= closes
                clock += problem.lunch_seconds[technician]
            clock += problem.travel[place][target]
            if eats and on_arrival:
                if visit is None:
                    return False
                clock = max(clock, opens)
                lunch_had = clock <= closes
                clock += problem.lunch_seconds[technician]
            place = target
            if visit is not None:
                starts_at = [max(clock, a) for a, b in problem.windows[visit] if clock <= b]
                if not starts_at:
                    return False
                clock = min(starts_at) + problem.duration[visit]
        return lunch_had and clock <= ends

    if not problem.lunches[technician]:
        return goes(None, on_arrival=False)
    return any(goes(k, on_arrival=late) for k in range(len(visits) + 1) for late in (False, True))


def judge_at(path: Path) -> Any:
    """The independent checker of plans, which is a script beside the data."""
    spec = importlib.util.spec_from_file_location("check_plan", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
