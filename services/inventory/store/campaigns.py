"""Tips that were sent."""

from infra.chassis.store.collection import Collection
from services.inventory.domain.campaign import Campaign

Campaigns = Collection("campaigns", Campaign)
