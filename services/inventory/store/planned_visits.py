"""Visits as the access codes of their sites go by them."""

from infra.chassis.store.collection import Collection, Index
from services.inventory.domain.planned_visit import PlannedVisit

PlannedVisits = Collection(
    "planned_visits",
    PlannedVisit,
    indexes=(Index((("technician_id", 1), ("site_id", 1), ("end_at", -1)), name="of_technician_at_site"),),
    customer=lambda visit: visit.customer_id,
)
