"""Visits as the access codes of their sites go by them, and the days that preventive work is put on."""

from typing import Any

from infra.chassis.store.collection import A_STRING, Collection, Index
from services.inventory.domain.planned_visit import PlannedVisit


def _searched_by(visit: PlannedVisit) -> dict[str, Any]:
    return {"day": visit.day}


PlannedVisits = Collection(
    "planned_visits",
    PlannedVisit,
    indexes=(
        Index((("technician_id", 1), ("site_id", 1), ("end_at", -1)), name="of_technician_at_site"),
        Index((("day", 1),), partial={"day": A_STRING}, name="of_day"),
    ),
    schema=2,
    searched_by=_searched_by,
    customer=lambda visit: visit.customer_id,
)
