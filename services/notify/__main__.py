"""``python -m services.notify``: the notify service alone."""

from infra.chassis.ops.interpreter import loading

with loading():
    from infra.chassis.clock import SystemClock
    from infra.chassis.service import run_alone
    from services.notify.app import build
    from services.notify.settings import Settings

if __name__ == "__main__":
    run_alone(build, Settings, SystemClock())
