"""Examples of what is agreed with the client of a ticket."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from contracts.ticket import agreed, events
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
    )
