"""Examples of what is agreed with the client of a ticket."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from contracts.ticket import agreed, events, repairs
from contracts.values import Coverage


def agreements(ticket: Mapping[str, Any], at: Callable[..., datetime]) -> tuple[events.TicketFact, ...]:
    """One of each, of ``ticket``."""
    figures = {"quote": 1, "total": "1280.50", "currency": "EUR"}
    return (
        agreed.TimeExcluded(
            **ticket,
            excluded_from=at(9),
            excluded_to=at(11),
            reason="Site fermé par le client",
            target="response",
        ),
        agreed.CoverageCorrected(**ticket, coverage=Coverage.OUT, corrected_sites=("pasteur-nord",)),
        agreed.QuoteSent(**ticket, **figures, valid_until=at(18)),
        agreed.QuoteApproved(**ticket, **figures, purchase_order="BC-2026-118"),
        agreed.QuoteRefused(**ticket, **figures),
        repairs.RepairProgressed(
            **ticket,
            repair_id="0193a0c2-6666-7000-8000-000000000001",
            repair_number="A2026-00042",
            stage=repairs.RepairStage.RECEIVED,
            asset_id="srv-files-01",
            asset_name="SRV-FILES",
            promised_on=date(2026, 3, 6),
        ),
    )
