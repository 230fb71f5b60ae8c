"""One hand-written message of every fact about service reports."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from contracts.dispatch.events import VisitFact
from contracts.dispatch.reports import MadeBecause, ServiceReportMade, ServiceReportReminded, Signing
from contracts.values import Outcome

SUMMARY = "Serveur de fichiers injoignable"


def service_reports(visit: dict[str, Any], at: Callable[..., datetime]) -> tuple[VisitFact, ...]:
    """``at`` hours and minutes of its day."""
    named = {"technician_id": "tech-lea", "version": 1, "summary": SUMMARY}
    until = at(11, 40) + timedelta(days=30)
    return (
        ServiceReportMade(
            **visit,
            **named,
            link_until=until,
            digest="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            signing=Signing.AWAITED,
            because=MadeBecause.CLOSED,
            outcome=Outcome.FIXED,
        ),
        ServiceReportReminded(**visit, **named, link_until=until),
    )
