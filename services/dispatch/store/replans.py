"""Days planned anew as documents."""

from datetime import timedelta

from infra.chassis.store.collection import IN_ORDER, Collection, Index
from services.dispatch.domain.replan import Replan

KEPT = timedelta(days=90)

Replans = Collection(
    "replans",
    Replan,
    indexes=(
        Index((("state", 1), *IN_ORDER)),
        Index((("visit_id", 1), *IN_ORDER)),
        Index((("updated_at", 1),), expire_after_seconds=int(KEPT.total_seconds()), name="kept"),
    ),
)
