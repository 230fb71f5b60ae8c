"""What the ticket service adds to `astreinte`; infra/cli/main.py says how such a table is read."""

from collections.abc import Mapping

COMMANDS: Mapping[str, tuple[str, str]] = {
    "sla": ("services.ticket.cli.sla:app", "Work out SLA clocks."),
}
