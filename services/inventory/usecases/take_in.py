"""Take a client's machine into the workshop."""

from dataclasses import dataclass

from contracts.refusal import NotFound
from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.history import Difference, Happening
from services.inventory.domain.repair_order import (
    Intake,
    RepairNumbers,
    RepairOrder,
    RepairState,
    RepairStep,
)
from services.inventory.store.assets import Assets
from services.inventory.store.repairs import RepairNumberings, RepairOrders
from services.inventory.usecases.asset_lines import keep_asset
from services.inventory.usecases.keep_repair import keep_repair
from services.inventory.usecases.setting_aside import refuse_twice


@dataclass(frozen=True)
class TakeIn:
    """``promised_on`` is a day (``YYYY-MM-DD``). An unknown asset is an ``UnknownReference``."""

    id: str
    asset_id: str
    intake: Intake
    ticket_id: str | None = None
    promised_on: str | None = None

    def loads(self) -> Loads:
        return (Ref(Assets, self.asset_id),)

    def decide(self, unit: Unit) -> None:
        refuse_twice(unit, RepairOrders, self.id)
        asset = unit.require(Assets, self.asset_id, as_="asset")
        inside = asset.sent_in(self.id)
        year = str(unit.now.year)
        numbers = (unit.get(RepairNumberings, year) or RepairNumbers(year)).next()
        unit.put(RepairNumberings, numbers)
        order = RepairOrder(
            id=self.id,
            number=numbers.number,
            asset_id=asset.id,
            asset_name=asset.name,
            customer_id=asset.customer_id,
            site_id=asset.site_id,
            intake=self.intake,
            state=RepairState.RECEIVED,
            steps=(RepairStep("take-in", RepairState.RECEIVED, unit.now, unit.cause.actor),),
            ticket_id=self.ticket_id,
            promised_on=self.promised_on,
        )
        keep_repair(unit, order)
        note = (Difference("workshop", None, order.number),)
        keep_asset(unit, asset, inside, Happening.SENT_IN, more=note, ticket_id=self.ticket_id)


@dataclass(frozen=True, kw_only=True)
class RepairCommand:
    id: str
    expected: Expected = None

    def loads(self) -> Loads:
        return (Ref(RepairOrders, self.id),)

    def known(self, unit: Unit) -> RepairOrder:
        order = unit.get(RepairOrders, self.id)
        if order is None:
            raise NotFound("repair-order", self.id)
        check_version(unit.version(RepairOrders, self.id), self.expected)
        return order
