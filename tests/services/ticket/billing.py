"""Billing terms, and what the ledger makes of work under them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from services.ticket.domain.billing import Billing, billing_of
from services.ticket.domain.consumption import Line, lines_in, totals_of
from services.ticket.domain.ledger import LedgerEntry
from services.ticket.store.contracts import ContractRevisions
from services.ticket.store.ledger import Ledger
from tests.world import World

REGIE: dict[str, Any] = {
    "model": "regie",
    "unit_minutes": 15,
    "minimum_minutes": 30,
    "rates": {"default": "60.00", "phone": "48.00"},
    "travel": {"mode": "trip", "price": "35.00"},
    "coefficients": {
        "evening": {"from": "18:00", "to": "22:00", "percent": 125},
        "night": {"from": "22:00", "to": "06:00", "percent": 150},
        "sunday": 175,
        "holiday": 200,
    },
    "parts": {"psu-550": "89.90"},
}
FORFAIT: dict[str, Any] = {"model": "forfait", "included": 120, "rates": {"default": "60.00"}}
PREPAID: dict[str, Any] = {
    "model": "prepaid",
    "included": 600,
    "expiry": "2026-12-31",
    "rates": {"default": "60.00"},
}


def terms_of(written: dict[str, Any], **changes: Any) -> Billing:
    found = billing_of({**written, **changes})
    assert found is not None
    return found


def entries(world: World) -> list[LedgerEntry]:
    """The ledger, in the order of the work."""
    return sorted(world.all(Ledger), key=lambda each: (each.began_at, each.id))


def month(world: World, contract_id: str, month: str = "2026-03") -> list[Line]:
    """The lines of a contract's month, as the API would work them out."""
    of_it = [each for each in world.all(Ledger) if each.contract_id == contract_id]
    revisions = [each for each in world.all(ContractRevisions) if each.contract_id == contract_id]
    return lines_in(month, of_it, revisions)


def due(lines: Iterable[Line]) -> int:
    """In cents."""
    return totals_of(lines).due_cents


def on(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    """A time of 2026 in UTC; Monday 2 March is one hour behind Paris."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)
