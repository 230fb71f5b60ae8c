"""Trainings of users."""

from infra.chassis.store.collection import IN_ORDER, Collection, Index
from services.inventory.domain.training import Training

Trainings = Collection(
    "trainings",
    Training,
    indexes=(
        Index((("customer_id", 1), *IN_ORDER), name="of_customer"),
        Index((("site_id", 1), *IN_ORDER), name="at_site"),
        Index((("state", 1), *IN_ORDER), name="in_state"),
        Index((("held_at", 1),), partial={"state": "held"}, name="held"),
    ),
    customer=lambda training: training.customer_id,
    next_due=lambda training: training.look_at,
)
