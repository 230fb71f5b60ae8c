"""What happens to days while the solvers fail: nothing, and it is counted."""

import asyncio
import logging
from datetime import timedelta

import pytest

from contracts.values import Priority
from infra.chassis.ops.metrics import Metrics
from services.dispatch.planning.today.groups import neighbours
from services.dispatch.planning.travel import DEFAULT_TRAVEL
from services.dispatch.replanner import Replanner
from services.dispatch.solvers.solving import solve
from services.dispatch.solvers.workers import Solver
from services.dispatch.usecases.assign_visit import AssignVisit
from tests.services.dispatch import broken_solvers
from tests.services.dispatch.sample import Firm, need
from tests.world import MONDAY_NINE


@pytest.mark.servers
@pytest.mark.parametrize(
    ("solver", "outcome"),
    [
        (broken_solvers.crashes, "crashed"),
        (broken_solvers.hangs, "hung"),
        (broken_solvers.refuses, "refused"),
        (broken_solvers.eats_memory, "refused"),
        (broken_solvers.gives_everything_to_the_first, "wrong-answer"),
        (broken_solvers.gives_everything_twice, "wrong-answer"),
        (broken_solvers.gives_nothing, "wrong-answer"),
    ],
)
async def test_a_solver_that_fails_changes_nothing_and_is_counted(solver: Solver, outcome: str) -> None:
    firm = Firm()
    for n in range(4):
        firm.ask(need(f"v{n}", duration_minutes=150), ticket_id=f"t{n}", priority=Priority.P4)
        start = MONDAY_NINE + timedelta(hours=2 + 3 * (n // 2))
        firm.do(AssignVisit(f"v{n}", ("anna", "bruno")[n % 2], start, DEFAULT_TRAVEL))
    roster, now = firm.roster(), firm.clock.now()
    patience = 0.3 if outcome == "hung" else 60.0
    replanner = Replanner(roster, asyncio.Event(), 60.0, solver=solver, patience_seconds=patience)
    metrics = Metrics("dispatch")
    crew = replanner.begin(logging.getLogger("test"), metrics)
    try:
        found = await replanner.look(neighbours(roster, "anna", now), [], now)
    finally:
        crew.dismiss()
    assert found is None
    labels = {"why": "asked", "outcome": outcome}
    assert metrics.registry.get_sample_value("dispatch_replans_total", labels) == 1


async def test_nothing_is_looked_at_before_there_is_a_crew() -> None:
    firm = Firm()
    roster, now = firm.roster(), firm.clock.now()
    replanner = Replanner(roster, asyncio.Event(), 60.0, solver=solve)
    assert await replanner.look(neighbours(roster, "anna", now), [], now) is None
    assert not replanner.is_free
