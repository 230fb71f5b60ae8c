"""Hand-written messages of the facts about those who are not heard of."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from contracts.dispatch.events import SignOfLifeMissed, SilenceTold, WorkNotReported
from contracts.values import Priority


def silence(visit: dict[str, Any], at: Callable[..., datetime]) -> SignOfLifeMissed:
    """``at`` hours and minutes of its day."""
    return SignOfLifeMissed(
        **visit,
        technician_id="tech-lea",
        last_sign=at(9, 12),
        told=SilenceTold.DISPATCHER,
        priority=Priority.P1,
        summary="Serveur de fichiers injoignable",
    )


def not_reported(visit: dict[str, Any], at: Callable[..., datetime]) -> WorkNotReported:
    return WorkNotReported(
        **visit,
        technician_id="tech-lea",
        shift_ended=at(17),
        numbers=("INC-000041", "INC-000042"),
        summary="Serveur de fichiers injoignable",
    )
