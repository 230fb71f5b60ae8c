"""One technician's day: whether it can be lived, what it costs, where one more visit fits.

A day can be lived in time exactly when it can with every step as early as possible, so two clocks say
everything: when he is free again if he has not had lunch yet (``hungry``), and if he has (``fed``).
Lunch is eaten before leaving for a visit or on arriving there; a technician without lunch is fed from
the start. Seconds from midnight; ``NEVER`` and ``-NEVER`` where there is no such time.
"""

from collections.abc import Sequence

from services.dispatch.planning.dayahead.problem import Problem, Window

NEVER = 1 << 40


def travel_of(problem: Problem, technician: int, visits: Sequence[int]) -> int | None:
    """Seconds on the road of a day that serves all the visits in this order; None when it cannot."""
    here, home = problem.start[technician], problem.home[technician]
    end_of_shift = problem.shift[technician][1]
    hungry, fed = clocks_at_start(problem, technician)
    road = 0
    for visit in visits:
        site = problem.site[visit]
        way = problem.travel[here][site]
        latest_end = end_of_shift - problem.travel[site][home]
        hungry, fed = clocks_after(problem, technician, visit, way, latest_end, hungry, fed)
        if hungry == fed == NEVER:
            return None
        road += way
        here = site
    way = problem.travel[here][home]
    return road + way if fed_here(problem, technician, hungry, fed) + way <= end_of_shift else None


def clocks_at_start(problem: Problem, technician: int) -> tuple[int, int]:
    """Hungry and fed when the shift starts."""
    starts = problem.shift[technician][0]
    return (starts, NEVER) if problem.lunches[technician] else (NEVER, starts)


def clocks_after(
    problem: Problem, technician: int, visit: int, way: int, latest_end: int, hungry: int, fed: int
) -> tuple[int, int]:
    """Hungry and fed after a visit that is ``way`` seconds off and has to end by ``latest_end``.

    Both are ``NEVER`` when it cannot be served.
    """
    arrive = fed + way
    lunch_from, lunch_until = problem.lunch_window[technician]
    if hungry <= lunch_until:
        lunch = problem.lunch_seconds[technician]
        arrive = min(arrive, max(hungry, lunch_from) + lunch + way)
        if hungry + way <= lunch_until:
            arrive = min(arrive, max(hungry + way, lunch_from) + lunch)
    windows, work = problem.windows[visit], problem.duration[visit]
    hungry = started(windows, hungry + way) + work
    fed = started(windows, arrive) + work
    return (NEVER if hungry > latest_end else hungry, NEVER if fed > latest_end else fed)


def fed_here(problem: Problem, technician: int, hungry: int, fed: int) -> int:
    """When he is fed at the latest place, with lunch there where that is sooner."""
    lunch_from, lunch_until = problem.lunch_window[technician]
    return (
        min(fed, max(hungry, lunch_from) + problem.lunch_seconds[technician])
        if hungry <= lunch_until
        else fed
    )


def started(windows: Sequence[Window], arrive: int) -> int:
    """When a visit starts if one is there at ``arrive``; ``NEVER`` when its last window is over."""
    for opens, closes in windows:
        if arrive <= closes:
            return max(arrive, opens)
    return NEVER


def latest_arrival(windows: Sequence[Window], start_by: int) -> int:
    """The last moment to be there and start by ``start_by``; ``-NEVER`` when all windows open later."""
    for opens, closes in reversed(windows):
        if opens <= start_by:
            return min(closes, start_by)
    return -NEVER


def lived(problem: Problem, technician: int, visits: Sequence[int]) -> tuple[list[int], int]:
    """The visits that are lost when he tries this order, and the seconds on the road for the others.

    A visit that he would reach too late is passed over. Lunch is where it loses the fewest points, then
    the least road. Without room for lunch anywhere he stays at home and everything is lost.
    """
    road = travel_of(problem, technician, visits)
    if road is not None:
        return [], road
    best: tuple[int, int, list[int]] | None = None
    for lunch_at in range(2 * len(visits) + 1) if problem.lunches[technician] else (-1,):
        tried = _with_lunch_at(problem, technician, visits, lunch_at)
        if tried is not None:
            lost, road = tried
            points = sum(problem.weight[visit] for visit in lost)
            if best is None or (points, road) < best[:2]:
                best = (points, road, lost)
    return (list(visits), 0) if best is None else (best[2], best[1])


def _with_lunch_at(
    problem: Problem, technician: int, visits: Sequence[int], lunch_at: int
) -> tuple[list[int], int] | None:
    """Lunch is before leaving for visit k (``2 * k``), on arriving there (``2 * k + 1``), last, or never."""
    lunch_from, lunch_until = problem.lunch_window[technician]
    now, end_of_shift = problem.shift[technician]
    here, home = problem.start[technician], problem.home[technician]
    road, lost = 0, []
    for step, visit in enumerate(visits):
        if lunch_at == 2 * step:
            now = max(now, lunch_from)
            if now > lunch_until:
                return None
            now += problem.lunch_seconds[technician]
        site = problem.site[visit]
        way = problem.travel[here][site]
        arrive = now + way
        if lunch_at == 2 * step + 1:
            arrive = max(arrive, lunch_from)
            if arrive > lunch_until:
                return None
            arrive += problem.lunch_seconds[technician]
        end = started(problem.windows[visit], arrive) + problem.duration[visit]
        if end + problem.travel[site][home] > end_of_shift:
            lost.append(visit)
            continue
        road, now, here = road + way, end, site
    return _home_again(problem, technician, now, here, road, lost, hungry=lunch_at == 2 * len(visits))


def _home_again(
    problem: Problem, technician: int, now: int, here: int, road: int, lost: list[int], *, hungry: bool
) -> tuple[list[int], int] | None:
    if hungry:
        now = max(now, problem.lunch_window[technician][0])
        if now > problem.lunch_window[technician][1]:
            return None
        now += problem.lunch_seconds[technician]
    way = problem.travel[here][problem.home[technician]]
    return None if now + way > problem.shift[technician][1] else (lost, road + way)
