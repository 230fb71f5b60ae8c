"""Days planned anew as documents."""

from infra.chassis.store.collection import IN_ORDER, Collection, Index
from services.dispatch.domain.replan import Replan

Replans = Collection(
    "replans",
    Replan,
    indexes=(Index((("state", 1), *IN_ORDER)), Index((("visit_id", 1), *IN_ORDER))),
)
