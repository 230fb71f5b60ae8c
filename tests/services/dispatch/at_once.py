"""A crew without processes, for tests of what is asked of it."""

from typing import Self

from services.dispatch.planning.dayahead.plan import Routes
from services.dispatch.planning.dayahead.problem import Problem
from services.dispatch.solvers.workers import Crew, Job


class AtOnce(Crew):
    """A crew without processes: each job is done when it is given."""

    def __enter__(self) -> Self:
        self.answers: list[Routes] = []
        return self

    def give(self, job: Job) -> int:
        self.answers.append(self.solver(self.problem, job))
        return len(self.answers) - 1

    def turn_to(self, problem: Problem) -> None:
        self.problem = problem

    def collect(self, ticket: int, until: float) -> Routes | None:
        return self.answers[ticket]
