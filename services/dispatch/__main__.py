"""``python -m services.dispatch``: the dispatch service alone."""

from infra.chassis.ops.interpreter import loading

with loading():
    from infra.chassis.clock import SystemClock
    from infra.chassis.service import run_alone
    from services.dispatch.app import build
    from services.dispatch.settings import Settings

if __name__ == "__main__":
    run_alone(build, Settings, SystemClock())
