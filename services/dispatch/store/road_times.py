"""What a road service said, as documents: one for each place that visits were asked for at."""

from infra.chassis.store.collection import Collection, Index
from services.dispatch.domain.road_times import KEPT, RoadTimes

RoadTimesKept = Collection(
    "road_times",
    RoadTimes,
    indexes=(Index((("since_at", 1),), expire_after_seconds=int(KEPT.total_seconds()), name="kept"),),
)
