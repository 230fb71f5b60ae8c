"""How the driver is opened."""

import subprocess
import sys

import pytest

FAULT = pytest.mark.xfail(raises=AssertionError, strict=True)


@pytest.mark.parametrize(
    "before",
    [
        pytest.param("", id="sound"),
        pytest.param("import motor.motor_asyncio", id="fault-motor-first", marks=FAULT),
    ],
)
def test_the_driver_has_threads_for_64_commands_at_once(before: str) -> None:
    """It reads the number when it is imported, and takes five a processor where nobody gave one."""
    program = f"""
import os
os.environ.pop("MOTOR_MAX_WORKERS", None)
os.cpu_count = lambda: 2
import multiprocessing
multiprocessing.cpu_count = lambda: 2
{before}
import infra.chassis.runtime
from motor.frameworks.asyncio import _EXECUTOR
print(_EXECUTOR._max_workers)
"""
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(said.stdout) >= 64
