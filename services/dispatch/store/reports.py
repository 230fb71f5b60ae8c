"""Service reports as documents: they are kept and erased by their own term, apart from the visits."""

from infra.chassis.store.collection import Collection, Index
from services.dispatch.domain.report import Report

Reports = Collection(
    "reports",
    Report,
    indexes=(
        Index((("ticket_id", 1),)),
        Index((("technician_id", 1), ("ended_at", 1))),
        Index((("companions", 1), ("ended_at", 1))),
        Index((("apprentices", 1), ("ended_at", 1))),
    ),
)
