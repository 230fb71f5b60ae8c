"""What the stock tells: parts that a visit needs are not there."""

from collections.abc import Iterable

from contracts.envelope import Envelope
from contracts.inventory.events import PartsShort
from services.dispatch.usecases.replan_for_parts import ReplanForParts


def on_parts_short(event: PartsShort, envelope: Envelope) -> Iterable[ReplanForParts]:
    """Without a technician the shortage is nobody's van: there is nothing to plan anew."""
    if event.technician_id is None:
        return []
    return [ReplanForParts(event.visit_id, event.technician_id)]
