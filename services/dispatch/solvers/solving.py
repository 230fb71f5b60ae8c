"""What a worker does with a job. The solvers are imported in its process, and only there."""

from importlib import import_module

from services.dispatch.planning.dayahead.plan import Routes
from services.dispatch.planning.dayahead.problem import Problem
from services.dispatch.solvers.workers import Job, Pack, Solver, bound_memory


def solve(problem: Problem, job: Job) -> Routes:
    """The answer to a job, by VROOM or by CP-SAT."""
    if isinstance(job, Pack):
        from services.dispatch.solvers.packing import packed

        return packed(problem, job.seen)
    from services.dispatch.solvers.vroom import solved

    return solved(problem, job.technicians, job.visits, level=job.level)


def within_bounds(solver: Solver, problem: Problem, job: Job) -> Routes:
    """The answer of a solver to which this process belongs: it has no more memory from now on."""
    bound_memory()
    return solver(problem, job)


def prepare() -> None:
    """Import what most jobs need, while whoever will ask has other things to do."""
    import_module("services.dispatch.solvers.vroom")
