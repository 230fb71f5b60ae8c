"""``python -m services.inventory``: the inventory service alone."""

from infra.chassis.ops.interpreter import loading

with loading():
    from infra.chassis.clock import SystemClock
    from infra.chassis.service import run_alone
    from services.inventory.app import build
    from services.inventory.settings import Settings

if __name__ == "__main__":
    run_alone(build, Settings, SystemClock())
