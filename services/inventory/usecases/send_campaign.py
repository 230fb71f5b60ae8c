"""A tip is sent: an event for each customer whose people it is for."""

from dataclasses import dataclass

from contracts.inventory.assets import TipSent
from infra.chassis.store.collection import Loads
from infra.chassis.store.unit import Unit
from services.inventory.domain.campaign import Campaign
from services.inventory.store.campaigns import Campaigns


@dataclass(frozen=True)
class SendCampaign:
    campaign: Campaign

    def loads(self) -> Loads:
        return ()

    def decide(self, unit: Unit) -> None:
        sent = self.campaign
        facts = (
            TipSent(
                campaign_id=sent.id,
                customer_id=each.customer_id,
                contact_ids=each.contact_ids,
                title=sent.title,
                text=sent.text,
            )
            for each in sent.packets
        )
        unit.add(Campaigns, sent, *facts)
