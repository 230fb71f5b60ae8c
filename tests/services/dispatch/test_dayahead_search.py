"""Days planned by solvers: better than insertion where they work, and insertion where they do not."""

import sys
import time

import pytest

from services.dispatch.planning.dayahead.construction import inserted
from services.dispatch.planning.dayahead.plan import named, score
from services.dispatch.planning.dayahead.problem import Problem
from services.dispatch.solvers.dayahead import Search, Settings
from services.dispatch.solvers.packing import packed
from services.dispatch.solvers.solving import solve
from services.dispatch.solvers.vroom import solved
from services.dispatch.solvers.workers import Crew, Resolve, Solver
from tests.services.dispatch import broken_solvers
from tests.services.dispatch.at_once import AtOnce
from tests.services.dispatch.days import day

LONG = 60.0


def searched(problem: Problem, *, seed: int = 0, jobs: int = 14) -> Search:
    settings = Settings(block=4, block_level=1, level=1, per_pack=8)
    with AtOnce(problem, solve) as crew:
        search = Search(problem, crew, seed=seed, settings=settings)
        search.run(time.monotonic() + LONG, most_jobs=jobs)
    assert crew.failures == {}
    return search


@pytest.mark.parametrize("seed", range(2))
def test_a_plan_keeps_every_rule_and_is_better_than_insertion(seed: int) -> None:
    problem = day(seed, technicians=8, visits=60)
    search = searched(problem)
    at_once = inserted(problem, [[] for _ in problem.technicians], problem.visits)
    said, before = (score(problem, named(problem, routes)) for routes in (search.routes, at_once))
    assert said.violations == ()
    assert (said.lost_points, said.travel_seconds) == search.best
    assert said.unserved == len(problem.visits) - sum(map(len, search.routes))
    assert said.lost_points < before.lost_points


def test_a_seed_says_everything_when_no_time_limit_cuts() -> None:
    problem = day(1, technicians=8, visits=60)
    assert searched(problem, seed=3).routes == searched(problem, seed=3).routes


def test_a_day_without_technicians_or_without_visits_is_planned_too() -> None:
    assert searched(day(1, technicians=1, visits=0)).routes == [[]]
    nobody = day(1, technicians=0, visits=0)
    assert searched(nobody).routes == []


def test_nobody_and_nothing_is_no_model_for_vroom() -> None:
    problem = day(1)
    assert solved(problem, [], [0], level=0) == []
    assert solved(problem, [0, 1], [], level=0) == [[], []]


def test_the_packer_takes_the_routes_that_lose_least() -> None:
    problem = day(2, technicians=6, visits=40)
    routes = solved(problem, list(problem.technicians), list(problem.visits), level=1)
    seen = [[(), tuple(route)] for route in routes]
    assert [set(route) for route in packed(problem, seen)] == [set(route) for route in routes]


@pytest.mark.servers
@pytest.mark.parametrize(
    ("solver", "why"),
    [
        (broken_solvers.crashes, "crashed"),
        (broken_solvers.hangs, "hung"),
        (broken_solvers.refuses, "ValueError"),
        (broken_solvers.eats_memory, "MemoryError"),
    ],
)
def test_a_worker_that_fails_leaves_insertions_plan_and_is_counted(solver: Solver, why: str) -> None:
    problem = day(1)
    # Whoever dies may take his time for it; who hangs is not waited for.
    patience = 0.1 if why == "hung" else LONG
    with Crew(problem, solver, size=1, patience_seconds=patience) as crew:
        search = Search(problem, crew)
        search.run(time.monotonic() + LONG, most_jobs=2)
    assert search.routes == inserted(problem, [[] for _ in problem.technicians], problem.visits)
    assert crew.failures == {why: 2}


@pytest.mark.parametrize(
    "solver",
    [
        broken_solvers.gives_everything_to_the_first,
        broken_solvers.gives_everything_twice,
        broken_solvers.gives_nothing,
    ],
)
def test_a_wrong_answer_is_never_taken(solver: Solver) -> None:
    problem = day(1)
    with AtOnce(problem, solver) as crew:
        search = Search(problem, crew, settings=Settings(per_pack=2))
        search.run(time.monotonic() + LONG, most_jobs=6)
    assert search.routes == inserted(problem, [[] for _ in problem.technicians], problem.visits)
    assert set(crew.failures) == {"wrong answer"}


@pytest.mark.servers
def test_answers_come_in_the_order_in_which_they_were_asked_for() -> None:
    problem = day(1)
    with Crew(problem, solve) as crew:
        jobs = [Resolve((0, 1), tuple(problem.visits), level=5), Resolve((2,), (0, 1), level=0)]
        tickets = [crew.give(job) for job in jobs]
        answers = [crew.collect(ticket, time.monotonic() + LONG) for ticket in tickets]
    assert [len(answer or []) for answer in answers] == [2, 1]


@pytest.mark.servers
def test_who_cannot_be_prepared_says_why_with_each_job() -> None:
    with Crew(day(1), broken_solvers.refuses, size=1, prepared=broken_solvers.cannot_be_prepared) as crew:
        tickets = [crew.give(Resolve((0,), (0,), level=0)) for _ in range(2)]
        assert [crew.collect(ticket, time.monotonic() + LONG) for ticket in tickets] == [None, None]
    assert crew.failures == {"ValueError": 2}


@pytest.mark.servers
def test_a_worker_does_not_import_the_program_that_hired_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would take a second of each core before the first job."""
    monkeypatch.setattr(sys.modules["__main__"], "__spec__", None)
    monkeypatch.setattr(sys.modules["__main__"], "__file__", broken_solvers.__file__, raising=False)
    with Crew(day(1), broken_solvers.minds_the_program, size=1) as crew:
        crew.collect(crew.give(Resolve((0,), (0,), level=0)), time.monotonic() + LONG)
    assert crew.failures == {}


@pytest.mark.servers
def test_waiting_ends_in_time() -> None:
    with Crew(day(1), broken_solvers.hangs, size=1) as crew:
        ticket = crew.give(Resolve((0,), (0,), level=0))
        with pytest.raises(TimeoutError):
            crew.collect(ticket, time.monotonic())
