"""What a road service said is kept, so that it is not asked again after a restart or by another replica."""

from dataclasses import dataclass

from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.dispatch.domain.road_times import RoadTimes
from services.dispatch.store.road_times import RoadTimesKept


@dataclass(frozen=True)
class KeepRoadTimes:
    """Adds to what is kept of the same place."""

    said: RoadTimes

    def loads(self) -> Loads:
        return (Ref(RoadTimesKept, self.said.id),)

    def decide(self, unit: Unit) -> None:
        known = unit.get(RoadTimesKept, self.said.id)
        unit.put(RoadTimesKept, self.said if known is None else known.joined(self.said))
