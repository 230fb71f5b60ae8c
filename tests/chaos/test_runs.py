"""Half a minute of faults breaks no promise, and what is taken away is noticed."""

from pathlib import Path

import pytest

from tests.chaos.live import Nobody
from tests.chaos.run import Options, Result, run

pytestmark = [pytest.mark.servers, pytest.mark.timeout(400)]

SEED = 1


async def ran(folder: Path, asked: Options) -> Result:
    return await run(folder, asked, Nobody())


async def test_a_minute_of_faults_breaks_no_promise(tmp_path: Path) -> None:
    """``make chaos`` goes on for longer."""
    result = await ran(tmp_path, Options(seconds=60, seed=SEED))
    assert result.found == {}
    assert len(result.happened) >= 2
    assert result.figures["commands"]["ticket"]["done"] > 50
    assert result.figures["refused"]["outside"] == 0


@pytest.mark.parametrize(("mutation", "violated"), [("lease", "message"), ("inbox", "order-at-readers")])
async def test_a_run_notices_what_is_taken_away(tmp_path: Path, mutation: str, violated: str) -> None:
    """Two protections here; ``make chaos-mutations`` takes away each."""
    result = await ran(tmp_path, Options(10, SEED, mutation=mutation, rest_seconds=10))
    assert result.violations[violated] > 0
