"""Technician-days as documents."""

from infra.chassis.store.collection import Collection, Index
from services.dispatch.domain.day import TechnicianDay

Days = Collection(
    "technician_days",
    TechnicianDay,
    indexes=(Index((("date", 1),)), Index((("technician_id", 1), ("date", 1)))),
    next_due=lambda day: day.chase_at,
)
