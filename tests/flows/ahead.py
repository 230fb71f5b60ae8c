"""``python -m tests.flows.ahead SERVICE SECONDS``: one service, its clock ahead of the machine's."""

import sys
from datetime import timedelta
from importlib import import_module

from infra.chassis.clock import SteppedClock, SystemClock
from infra.chassis.service import run_alone

if __name__ == "__main__":
    name, seconds = sys.argv[1:]
    clock = SteppedClock(SystemClock().now() + timedelta(seconds=float(seconds)))
    parts = import_module(f"services.{name}.app"), import_module(f"services.{name}.settings")
    run_alone(parts[0].build, parts[1].Settings, clock)
