"""A day while it is lived: what each technician has done by now, and what is left of it to plan.

Nobody leaves before he has to: who would wait at the next site waits where he is, because another visit may
come up meanwhile. What he has left for he makes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from services.dispatch.planning.dayahead.problem import Problem
from services.dispatch.planning.dayahead.route import NEVER, started


@dataclass(frozen=True)
class Step:
    """A visit that was left for at ``depart`` and begun at ``start``; or lunch, which is no visit and has a
    ``depart`` only where it is had on arrival."""

    start: int
    visit: int | None = None
    depart: int | None = None

    @property
    def decided(self) -> int:
        """When it could no longer be planned anew."""
        return self.start if self.depart is None else self.depart


@dataclass(frozen=True)
class Standing:
    """Where a technician is free next and when, and whether he still has to have lunch."""

    place: int
    free: int
    hungry: bool


@dataclass
class Lived:
    """What one technician has done so far."""

    standing: Standing
    steps: list[Step] = field(default_factory=list)


def at_home(problem: Problem, technician: int) -> Lived:
    """Before his day has begun."""
    begins = problem.shift[technician][0]
    return Lived(Standing(problem.start[technician], begins, problem.lunches[technician]))


def live(problem: Problem, technician: int, lived: Lived, route: Sequence[int], until: int) -> list[int]:
    """Do what of the route is decided before ``until``; the visits that are left of it come back.

    ``problem`` is the whole day, the route one that can be lived from where he stands.
    """
    left = list(route)
    for step, standing in steps(problem, technician, lived.standing, route):
        if step.decided >= until:
            break
        lived.steps.append(step)
        lived.standing = standing
        if step.visit is not None:
            left.remove(step.visit)
    return left


def steps(
    problem: Problem, technician: int, standing: Standing, route: Sequence[int]
) -> Iterator[tuple[Step, Standing]]:
    """Each step and where it leaves him, with lunch where he is home soonest."""
    places = range(2 * len(route) + 1) if standing.hungry else (-1,)
    tried = [list(_with_lunch_at(problem, technician, standing, route, place)) for place in places]
    ends = [_home_at(problem, technician, standing, steps, route) for steps in tried]
    return iter(tried[ends.index(min(ends))])


def _with_lunch_at(
    problem: Problem, technician: int, standing: Standing, route: Sequence[int], lunch_at: int
) -> Iterator[tuple[Step, Standing]]:
    """Lunch before leaving for visit k (``2 * k``), on arriving there (``2 * k + 1``), last, or not at all.

    It ends early where something would come too late.
    """
    for k, visit in enumerate(route):
        if lunch_at == 2 * k:
            lunch, standing = _lunch(problem, technician, standing, standing.free)
            if lunch is None:
                return
            yield lunch, standing
        way = problem.travel[standing.place][problem.site[visit]]
        arrive, lunch = standing.free + way, None
        if lunch_at == 2 * k + 1:
            lunch, standing = _lunch(problem, technician, standing, arrive)
            if lunch is None:
                return
            arrive = standing.free
        start = started(problem.windows[visit], arrive)
        if start == NEVER:
            return
        depart = start - way if lunch is None else lunch.start - way
        if lunch is not None:
            # What he eats there is decided when he leaves.
            yield replace(lunch, depart=depart), standing
        standing = Standing(problem.site[visit], start + problem.duration[visit], standing.hungry)
        yield Step(start, visit, depart), standing
    if lunch_at == 2 * len(route):
        lunch, standing = _lunch(problem, technician, standing, standing.free)
        if lunch is not None:
            yield lunch, standing


def _lunch(problem: Problem, technician: int, standing: Standing, now: int) -> tuple[Step | None, Standing]:
    opens, closes = problem.lunch_window[technician]
    start = max(now, opens)
    if start > closes:
        return None, standing
    return Step(start), replace(standing, free=start + problem.lunch_seconds[technician], hungry=False)


def _home_at(
    problem: Problem,
    technician: int,
    standing: Standing,
    steps: Sequence[tuple[Step, Standing]],
    route: Sequence[int],
) -> int:
    """When he is home after all of it; ``NEVER`` where something is missing."""
    if len(steps) < len(route) + standing.hungry:
        return NEVER
    last = steps[-1][1] if steps else standing
    return last.free + problem.travel[last.place][problem.home[technician]]
