"""Days lived with a planner that learns of each visit only when it comes up."""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.dispatch.planning.dayahead.living import Step, at_home, live
from services.dispatch.planning.dayahead.problem import Problem, problem_of
from services.dispatch.planning.dayahead.problem_file import ProblemFile, read_problem
from services.dispatch.solvers.simulation import Simulation, executed
from services.dispatch.solvers.solving import solve
from services.dispatch.solvers.workers import Crew, Resolve
from tests.benchmarks.anticipation import WAYS
from tests.services.dispatch.at_once import AtOnce
from tests.services.dispatch.days import document

DATA = Path(os.environ.get("ASTREINTE_DATA", "/nowhere"))
REAL = DATA / "dispatch" / "fr20x100s1-dynamic.json"
JUDGE = DATA.parent / "tools" / "check_plan.py"


def changing(seed: int, *, technicians: int = 4, visits: int = 24) -> dict[str, Any]:
    """A day of which half the visits come up while it is lived."""
    said, pick = document(seed, technicians=technicians, visits=visits), random.Random(seed)
    for visit in said["visits"]:
        if pick.random() < 0.5:
            visit["known_at"] = pick.randrange(28_800, 50_000)
            visit["windows"] = [[visit["known_at"], visit["known_at"] + 14_400]]
    return said


def day(seed: int) -> Problem:
    return problem_of(ProblemFile.model_validate(changing(seed)))


def lived(problem: Problem, *, seed: int = 0, jobs: int = 4) -> Simulation:
    with AtOnce(problem, solve) as crew:
        simulation = Simulation(problem, crew, seed, jobs)
        simulation.run()
    assert crew.failures == {}
    return simulation


def wrong_in(problem: Problem, technician: int, steps: Sequence[Mapping[str, Any]]) -> list[str]:
    """What cannot have been, told from the steps alone."""
    now, place, eaten = problem.shift[technician][0], problem.start[technician], False
    wrong, lunch_until = [], 0
    for step in steps:
        if "lunch" in step:
            opens, closes = problem.lunch_window[technician]
            if eaten or not max(opens, now) <= step["lunch"] <= closes:
                wrong.append(f"lunch at {step['lunch']}")
            eaten, lunch_until = True, step["lunch"] + problem.lunch_seconds[technician]
            continue
        visit = problem.visit_index[step["visit"]]
        way = problem.travel[place][problem.site[visit]]
        if step["depart"] < max(now, problem.known_at[visit]):
            wrong.append(f"leaves for {visit} too early")
        if step["start"] < max(step["depart"] + way, lunch_until):
            wrong.append(f"begins {visit} too early")
        if (
            lunch_until > step["depart"]
            and lunch_until - problem.lunch_seconds[technician] < step["depart"] + way
        ):
            wrong.append(f"eats on the way to {visit}")
        if not any(opens <= step["start"] <= closes for opens, closes in problem.windows[visit]):
            wrong.append(f"{visit} outside its windows")
        if not problem.able[technician][visit]:
            wrong.append(f"may not serve {visit}")
        now, place, lunch_until = step["start"] + problem.duration[visit], problem.site[visit], 0
    home_at = max(now, lunch_until) + problem.travel[place][problem.home[technician]]
    if home_at > problem.shift[technician][1]:
        wrong.append("home too late")
    if problem.lunches[technician] and not eaten:
        wrong.append("no lunch")
    return wrong


@pytest.mark.parametrize("seed", range(6))
def test_nobody_does_what_cannot_be_done_or_was_not_known(seed: int) -> None:
    problem = day(seed)
    simulation = lived(problem)
    told = executed(problem, simulation.lived)
    assert [wrong_in(problem, t, told[id]) for t, id in enumerate(problem.technician_ids)] == [
        [] for _ in problem.technicians
    ]
    made = [step["visit"] for steps in told.values() for step in steps if "visit" in step]
    assert len(set(made)) == len(made) > 6
    lost = [visit for visit in problem.visits if problem.visit_ids[visit] not in made]
    assert simulation.lost_points == sum(problem.weight[visit] for visit in lost)


@pytest.mark.parametrize("way", ["lowest-later-and-forward", "consensus-of-futures", "cheapest-of-futures"])
def test_who_thinks_of_what_may_come_up_does_nothing_else_than_what_can_be_done(way: str) -> None:
    days = {str(seed): ProblemFile.model_validate(changing(seed)) for seed in range(3)}
    with AtOnce(problem_of(days["0"]), solve) as crew:
        simulation = WAYS[way](days, "0", crew, 0)
        simulation.run()
    problem = day(0)
    told = executed(problem, simulation.lived)
    assert [wrong_in(problem, t, told[id]) for t, id in enumerate(problem.technician_ids)] == [
        [] for _ in problem.technicians
    ]
    assert simulation.lost_points < sum(problem.weight) / 2


def test_planning_anew_loses_less_than_insertion_alone() -> None:
    days = [day(seed) for seed in range(4)]
    anew, inserted = (sum(lived(each, jobs=jobs).lost_points for each in days) for jobs in (6, 0))
    assert anew < inserted


def test_a_seed_says_everything_of_a_day_that_solvers_have_one_answer_to() -> None:
    one, again = (lived(day(2), seed=5).lived for _ in range(2))
    assert one == again


def test_who_would_wait_leaves_late_and_what_he_left_for_he_makes() -> None:
    problem = replace(day(1), lunches=(False,) * 4)
    technician, visit = next(
        (t, v)
        for t in problem.technicians
        for v in problem.visits
        if problem.able[t][v] and problem.windows[v][0][0] > problem.shift[t][0] + 7_200
    )
    way = problem.travel[problem.home[technician]][problem.site[visit]]
    opens = problem.windows[visit][0][0]
    before, after = at_home(problem, technician), at_home(problem, technician)
    assert live(problem, technician, before, [visit], opens - way) == [visit]
    assert live(problem, technician, after, [visit], opens - way + 1) == []
    assert (before.steps, after.steps) == ([], [Step(opens, visit, opens - way)])


@pytest.mark.servers
def test_a_crew_that_turns_to_another_problem_answers_about_that() -> None:
    with Crew(day(1), solve, size=1) as crew:
        crew.give(Resolve((0, 1), (0, 1, 2), level=0))
        other = day(3)
        crew.turn_to(other)
        visits = tuple(visit for visit in other.visits if other.able[2][visit])
        answer = crew.collect(crew.give(Resolve((2,), visits, level=1)), time.monotonic() + 60)
    assert crew.failures == {}
    assert answer is not None
    assert set(answer[0]) <= set(visits)
    assert answer[0]


@pytest.mark.servers
def test_the_command_says_what_was_made_and_what_was_lost(tmp_path: Path) -> None:
    problem, said_there = tmp_path / "day.json", tmp_path / "executed.json"
    problem.write_text(json.dumps(changing(1)))
    command = [sys.executable, "-c", "from infra.cli.main import main; main()", "simulate"]
    done = subprocess.run(
        [*command, str(problem), "-o", str(said_there), "--json"], capture_output=True, check=True
    )
    said = json.loads(done.stdout)
    steps = [step for steps in json.loads(said_there.read_text())["executed"].values() for step in steps]
    assert said["made"] == sum("visit" in step for step in steps) > 6
    assert said["failures"] == {}


@pytest.mark.skipif(
    not (REAL.exists() and JUDGE.exists()), reason="ASTREINTE_DATA names no dispatch/*-dynamic"
)
def test_the_independent_judge_finds_nothing_wrong_in_a_real_day(tmp_path: Path) -> None:
    problem = problem_of(read_problem(REAL.read_bytes()))
    simulation = lived(problem)
    log = tmp_path / "executed.json"
    log.write_text(json.dumps({"executed": executed(problem, simulation.lived)}))
    judged = subprocess.run(
        [sys.executable, str(JUDGE), str(REAL), str(log)], capture_output=True, check=False
    )
    said = json.loads(judged.stdout)
    assert (said["violations"], said["lost_points"]) == ([], simulation.lost_points)
