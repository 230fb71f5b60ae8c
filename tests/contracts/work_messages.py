"""Messages about time that was spent, and about the volumes that it uses up."""

from datetime import UTC, date, datetime
from typing import Any

from contracts.ticket import agreed
from contracts.ticket.events import TicketFact
from contracts.values import WorklogKind


def work(ticket: dict[str, Any]) -> tuple[TicketFact, ...]:
    spent: dict[str, Any] = {
        "worklog_id": "t:4",
        "person_id": "agent-paul",
        "began_at": datetime(2026, 3, 2, 9, tzinfo=UTC),
        "kind": WorklogKind.PHONE,
        "billable": True,
    }
    return (
        agreed.WorkLogged(**ticket, **spent, ended_at=datetime(2026, 3, 2, 9, 25, tzinfo=UTC)),
        agreed.WorkCorrected(**ticket, **spent, ended_at=datetime(2026, 3, 2, 9, 20, tzinfo=UTC)),
        agreed.VolumeReached(
            **ticket,
            contract_id="pasteur-2026",
            period="book",
            threshold=80,
            included_minutes=600,
            used_minutes=495,
            expiry=date(2026, 12, 31),
        ),
    )
