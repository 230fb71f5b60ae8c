"""A hand-written message of the fact about those who work alone."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from contracts.dispatch.events import SignOfLifeMissed, SilenceTold
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
