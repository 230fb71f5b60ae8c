"""Preventive work that was asked for."""

from infra.chassis.store.collection import Collection, Index
from services.ticket.domain.asked_work import AskedWork

AskedWorks = Collection(
    "asked_works",
    AskedWork,
    indexes=(Index((("state", 1), ("try_at", 1)), name="waiting"),),
    customer=lambda work: work.customer_id,
)
