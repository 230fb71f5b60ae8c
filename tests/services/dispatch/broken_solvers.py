"""Solvers that crash, hang or talk nonsense, for worker processes to run."""

import os
import sys
import time

from services.dispatch.planning.dayahead.plan import Routes
from services.dispatch.planning.dayahead.problem import Problem
from services.dispatch.solvers.workers import Job, Pack


def crashes(problem: Problem, job: Job) -> Routes:
    os.abort()


def hangs(problem: Problem, job: Job) -> Routes:
    time.sleep(3600)
    return []


def refuses(problem: Problem, job: Job) -> Routes:
    raise ValueError("infeasible")


def eats_memory(problem: Problem, job: Job) -> Routes:
    return [[1] * (1 << 33)]


def gives_everything_to_the_first(problem: Problem, job: Job) -> Routes:
    return [list(problem.visits), *([] for _ in problem.technicians[1:])]


def gives_everything_twice(problem: Problem, job: Job) -> Routes:
    group = problem.technicians if isinstance(job, Pack) else job.technicians
    return [[1, 1] for _ in group]


def gives_nothing(problem: Problem, job: Job) -> Routes:
    return []


def minds_the_program(problem: Problem, job: Job) -> Routes:
    if hasattr(sys.modules["__main__"], "minds_the_program"):
        raise ImportError("the program was imported")
    return [[] for _ in problem.technicians]


def cannot_be_prepared() -> None:
    raise ImportError("vroom")
