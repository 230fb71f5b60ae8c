"""Which verbs make sense in which states."""

from collections.abc import Mapping

from contracts.values import TicketState

OPEN = frozenset(
    {
        TicketState.NEW,
        TicketState.TRIAGED,
        TicketState.SCHEDULED,
        TicketState.IN_PROGRESS,
        TicketState.ON_HOLD,
    }
)
SOLVED = frozenset({TicketState.RESOLVED, TicketState.CLOSED})

ALLOWED: Mapping[str, frozenset[TicketState]] = {
    "take": OPEN,
    "hand-over": OPEN,
    "triage": OPEN,
    "requalify": OPEN | {TicketState.RESOLVED},
    "start": OPEN - {TicketState.ON_HOLD},
    "restore": OPEN,
    "hold": OPEN,
    "resume": OPEN,
    "resolve": OPEN,
    "close": frozenset({TicketState.RESOLVED}),
    "reopen": SOLVED,
    "cancel": OPEN,
    "notes": frozenset(TicketState),
    "worklogs": frozenset(TicketState),
}
"""The states in which each verb makes sense; ``resume`` and ``start`` ask for more (``possible``)."""
