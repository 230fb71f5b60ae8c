"""``python -m services.ticket``: the ticket service alone."""

from infra.chassis.ops.interpreter import loading

with loading():
    from infra.chassis.clock import SystemClock
    from infra.chassis.service import run_alone
    from services.ticket.app import build
    from services.ticket.settings import Settings

if __name__ == "__main__":
    run_alone(build, Settings, SystemClock())
