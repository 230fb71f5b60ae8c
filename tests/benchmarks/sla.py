"""SLA cases as `astreinte sla compute` answers them, each with targets and calendars of its own.

The peer is the second implementation, which walks through the minutes. One core; no servers.
"""

import json
import time
from collections.abc import Callable
from random import Random

from services.ticket.cli.cases import answers, computed
from tests.benchmarks.figures import Figure
from tests.services.ticket.minute_by_minute import answer
from tests.services.ticket.random_cases import EVENTS, a_case

CASES = 5_000
WALKED = 200
SEED = 4


async def measure() -> list[Figure]:
    """Cases a second, from a line to a line; the goal is 100,000 in 60 s."""
    chance = Random(SEED)
    lines = [_line(chance) for _ in range(CASES)]
    ours = _rate(CASES, lambda: [json.dumps(each) for each in answers(lines)])
    walked = lines[:WALKED]
    theirs = _rate(WALKED, lambda: [json.dumps(answer(json.loads(line))) for line in walked])
    differing = sum(computed(line) != answer(json.loads(line)) for line in walked)
    if differing:
        raise AssertionError(f"{differing} of {WALKED} cases are answered differently: neither speed counts")
    return [Figure("sla-cases", ours, "cases/s", "minute by minute", theirs, "at least 1,667 cases/s")]


def _line(chance: Random) -> bytes:
    events = [(chance.choice(EVENTS), chance) for _ in range(chance.randint(2, 12))]
    return json.dumps(a_case(chance, events)).encode()


def _rate(count: int, work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return count / (time.perf_counter() - begun)
