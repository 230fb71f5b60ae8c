"""Plans of a whole day: what they are worth, what fits into one, and which files are none."""

import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.dispatch.planning.dayahead.construction import inserted
from services.dispatch.planning.dayahead.day import Day
from services.dispatch.planning.dayahead.plan import named, score
from services.dispatch.planning.dayahead.problem import Problem, problem_of, seconds_between
from services.dispatch.planning.dayahead.problem_file import BadFile, ProblemFile, read_plan, read_problem
from services.dispatch.planning.dayahead.route import travel_of
from tests.services.dispatch.days import can_be_lived, day, document, judge_at, random_routes

DATA = "ASTREINTE_DATA"
DAYS = sorted((Path(os.environ.get(DATA, "")) / "dispatch").glob("fr*.json")) if DATA in os.environ else []
JUDGE = Path(os.environ.get(DATA, "")).parent / "tools" / "check_plan.py"
PLANS = 10_000

Wrong = Callable[[dict[str, Any]], None]


@pytest.mark.parametrize("seed", range(8))
def test_a_day_can_be_lived_when_some_place_for_lunch_lets_it(seed: int) -> None:
    problem, pick = day(seed), random.Random(seed)
    lived = 0
    for _ in range(60):
        technician = pick.choice(problem.technicians)
        visits = pick.sample(problem.visits, pick.randrange(6))
        road = travel_of(problem, technician, visits)
        assert (road is not None) == can_be_lived(problem, technician, visits)
        lived += road is not None and len(visits) > 1
    assert lived


@pytest.mark.parametrize("seed", range(8))
def test_an_insertion_is_the_shortest_detour_of_all_places(seed: int) -> None:
    problem, pick = day(seed, visits=40), random.Random(seed)
    for technician in problem.technicians:
        mine = Day(problem, technician)
        for visit in problem.visits:
            places = range(len(mine.visits) + 1)
            tried = [(travel_of(problem, technician, _with(mine.visits, visit, k)), k) for k in places]
            fits = [(road - mine.road, k) for road, k in tried if road is not None]
            able = problem.able[technician][visit]
            found = mine.fit(visit)
            assert found == (min(fits) if fits and able else None)
            if found is not None:
                mine.insert(visit, found[1])
            if mine.visits and pick.random() < 0.2:
                mine.remove(pick.choice(mine.visits))
        assert mine.visits == [] or travel_of(problem, technician, mine.visits) == mine.road


def _with(visits: list[int], visit: int, position: int) -> list[int]:
    return [*visits[:position], visit, *visits[position:]]


@pytest.mark.parametrize("seed", range(8))
def test_best_insertion_makes_a_plan_that_keeps_every_rule(seed: int) -> None:
    problem = day(seed, technicians=6, visits=40)
    routes = inserted(problem, [[] for _ in problem.technicians], problem.visits)
    said = score(problem, named(problem, routes))
    assert said.violations == ()
    assert said.unserved == len(problem.visits) - sum(map(len, routes))
    assert sum(map(len, routes)) > 10


def test_what_makes_no_sense_is_named_and_the_rest_counts() -> None:
    problem = day(1)
    technician, visit = next(
        (t, v) for t in problem.technicians for v in problem.visits if not problem.able[t][v]
    )
    id = problem.technician_ids[technician]
    said = score(problem, {id: [problem.visit_ids[visit], 999], 55: []})
    assert said.violations == (
        f"technician {id} may not serve visit {problem.visit_ids[visit]}",
        "unknown visit 999",
        "unknown technician 55",
    )
    assert said.unserved == len(problem.visits)


def test_a_way_takes_as_long_as_everybody_says() -> None:
    file = ProblemFile.model_validate(document(3))
    travel = problem_of(file).travel
    for a, here in enumerate(file.locations):
        assert list(travel[a]) == [seconds_between(here, there, file.travel) for there in file.locations]


def test_next_door_is_a_minute_away_and_the_same_door_is_not() -> None:
    said = document(3)
    said["locations"][1] = [said["locations"][0][0] + 1e-4, said["locations"][0][1]]
    problem = problem_of(ProblemFile.model_validate(said))
    assert (problem.travel[0][0], problem.travel[0][1]) == (0, 60)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda said: said.pop("lunch"), "lunch: Field required"),
        (lambda said: said["visits"][3].update(site=99), "visit 3: there is no location 99"),
        (lambda said: said["visits"][3].update(id=2), "visit 2 is there twice"),
        (lambda said: said["visits"][3].update(priority=9), "visit 3: priority 9 has no weight"),
        (lambda said: said["visits"][3].update(windows=[[9, 5]]), "visits.3.windows.0: 5 is before 9"),
        (
            lambda said: said["visits"][3].update(windows=[[7, 9], [1, 2]]),
            "opens before the one until 9 closes",
        ),
        (lambda said: said["technicians"][0].update(home=-1), "technician 100: there is no location -1"),
    ],
)
def test_a_file_that_is_no_problem_says_where(wrong: Wrong, says: str) -> None:
    said = document(1)
    wrong(said)
    with pytest.raises(BadFile) as bad:
        read_problem(json.dumps(said).encode())
    assert says in str(bad.value)


def test_what_is_no_json_is_no_plan() -> None:
    with pytest.raises(BadFile, match="Invalid JSON"):
        read_plan(b"{")


@pytest.fixture(scope="module")
def judge() -> Any:
    if not DAYS or not JUDGE.exists():
        pytest.skip(f"{DATA} names no folder with dispatch/fr*.json beside tools/{JUDGE.name}")
    return judge_at(JUDGE)


def test_the_independent_judge_says_the_same_of_real_days(judge: Any) -> None:
    """Small days more often than large ones: the rules are the same, and a plan of theirs costs less."""
    small = [path for path in DAYS if "x100" in path.name]
    each = PLANS // (2 * len(small))
    count = 0
    for path in DAYS:
        problem, theirs = problem_of(read_problem(path.read_bytes())), judge.Problem(path)
        pick = random.Random(path.name)
        plans = each if path in small else 3
        for _ in range(plans):
            _agree(judge, problem, theirs, random_routes(pick, problem))
        count += plans * len(problem.technicians)
    assert count >= PLANS


def _agree(judge: Any, problem: Problem, theirs: Any, routes: dict[int, list[int]]) -> None:
    served, travel, violations = judge.score_routes(theirs, {str(id): route for id, route in routes.items()})
    said = score(problem, routes)
    assert said.violations == tuple(violations)
    assert said.travel_seconds == travel
    assert said.unserved == len(problem.visits) - len(served)
    lost = [visit for id, visit in theirs.visits.items() if id not in served]
    assert said.lost_points == sum(theirs.weights[visit["priority"]] for visit in lost)
