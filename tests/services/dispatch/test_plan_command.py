"""`astreinte plan`: a problem in, a plan out, whatever happens in between."""

import json
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from services.dispatch.cli.interrupt import interruptible
from services.dispatch.planning.dayahead.plan import score
from services.dispatch.planning.dayahead.problem_file import read_plan
from tests.services.dispatch.days import day, document

pytestmark = pytest.mark.servers

COMMAND = (sys.executable, "-c", "from infra.cli.main import main; main()", "plan")


def test_a_day_is_planned_and_what_it_is_worth_said(tmp_path: Path) -> None:
    problem, plan = tmp_path / "day.json", tmp_path / "plan.json"
    problem.write_text(json.dumps(document(1)))
    done = subprocess.run(
        [*COMMAND, str(problem), "--seconds", "0.5", "-o", str(plan), "--json"],
        capture_output=True,
        check=True,
    )
    said = json.loads(done.stdout)
    found = score(day(1), read_plan(plan.read_bytes()).routes)
    assert said["violations"] == []
    assert found.violations == ()
    assert (said["lost_points"], said["unserved"]) == (found.lost_points, found.unserved)


def test_a_file_that_is_no_problem_is_refused_with_where_it_is_wrong(tmp_path: Path) -> None:
    problem, plan = tmp_path / "day.json", tmp_path / "plan.json"
    said = document(1)
    said["visits"][2]["duration"] = "long"
    problem.write_text(json.dumps(said))
    done = subprocess.run(
        [*COMMAND, str(problem), "-o", str(plan)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert f"{problem} is no planning problem: visits.2.duration: " in done.stderr
    assert "Traceback" not in done.stderr
    assert not plan.exists()


def test_ctrl_c_ends_it_with_the_best_plan_so_far(tmp_path: Path) -> None:
    problem, plan = tmp_path / "day.json", tmp_path / "plan.json"
    problem.write_text(json.dumps(document(1)))
    with subprocess.Popen(
        [*COMMAND, str(problem), "--seconds", "60", "-o", str(plan)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stderr is not None
        assert "points lost" in running.stderr.readline()
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=30)
    assert running.returncode == 0
    assert "Traceback" not in errors
    assert score(day(1), read_plan(plan.read_bytes()).routes).violations == ()


def test_a_ctrl_c_lost_in_a_finalizer_is_heard_at_the_next_step() -> None:
    class Finalized:
        def __del__(self) -> None:
            with suppress(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)

    with interruptible() as check:
        check()
        Finalized()
        with pytest.raises(KeyboardInterrupt):
            check()


def test_a_ctrl_c_that_was_blocked_before_is_heard() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        with interruptible(), pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def test_a_service_starts_without_the_solvers() -> None:
    script = "import sys, services.dispatch.app; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not {"vroom", "ortools", "pandas"} & set(loaded.stdout.split())
    assert "services.dispatch.planning.insertion" in loaded.stdout
