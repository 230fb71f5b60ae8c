"""What was observed of travel, as documents: one for an area in one part of the day."""

from infra.chassis.store.collection import Collection
from services.dispatch.domain.observed_travel import ObservedTravel

ObservedTravels = Collection("observed_travel", ObservedTravel)
