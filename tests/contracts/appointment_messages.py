"""One hand-written message of every fact about appointments."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from contracts.dispatch.events import (
    AppointmentChosen,
    AppointmentDeclined,
    AppointmentOffered,
    AppointmentReminded,
    NoSlot,
    SlotOffered,
    VisitFact,
)
from contracts.values import Priority

A_DAY = timedelta(days=1)
SUMMARY = "Serveur de fichiers injoignable"


def appointments(visit: dict[str, Any], at: Callable[..., datetime]) -> tuple[VisitFact, ...]:
    """``at`` hours and minutes of its day."""
    tomorrow = {"arrival_from": at(9) + A_DAY, "arrival_to": at(11) + A_DAY}
    slots = (SlotOffered(slot="1", arrival_from=at(14), arrival_to=at(16)), SlotOffered(slot="2", **tomorrow))
    until = at(9) + A_DAY
    return (
        AppointmentOffered(**visit, slots=slots, expires_at=at(14), link_until=until, summary=SUMMARY),
        AppointmentChosen(**visit, **tomorrow, summary=SUMMARY),
        AppointmentDeclined(
            **visit,
            reason=NoSlot.SUITS,
            priority=Priority.P3,
            summary=SUMMARY,
            technician_id="tech-lea",
        ),
        AppointmentReminded(
            **visit, **tomorrow, technician_id="tech-lea", duration_minutes=90, summary=SUMMARY
        ),
    )
