"""Take a client's machine into the workshop, and hand it back or dispose of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from contracts.refusal import NotFound
from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.asset import Asset, Disposal
from services.inventory.domain.history import Difference, Happening
from services.inventory.domain.repair_order import (
    HandOver,
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


@dataclass(frozen=True, kw_only=True)
class GiveBack(RepairCommand):
    hand_over: HandOver

    def decide(self, unit: Unit) -> None:
        before = self.known(unit)
        after = before.given_back(self.hand_over, unit.now, unit.cause.actor)
        keep_repair(unit, after)
        leave_workshop(unit, after, Happening.GIVEN_BACK)


@dataclass(frozen=True, kw_only=True)
class DisposeInWorkshop(RepairCommand):
    """Its client does not want it back: it leaves the park, with the recycler's certificate."""

    certificate: str
    how: str
    recipient: str | None = None

    def decide(self, unit: Unit) -> None:
        after = self.known(unit).disposed(self.certificate, unit.now, unit.cause.actor)
        keep_repair(unit, after)
        gone = Disposal(unit.now, self.how, self.certificate, self.recipient)
        leave_workshop(unit, after, Happening.DISPOSED, gone)


def leave_workshop(
    unit: Unit, order: RepairOrder, happening: Happening, disposal: Disposal | None = None
) -> None:
    """What was done to it goes into the machine's history."""
    asset = unit.get(Assets, order.asset_id)
    if asset is None:
        return
    outside: Asset = asset.out_of_workshop()
    if disposal is not None:
        outside = outside.disposed(disposal)
    keep_asset(unit, asset, outside, happening, more=tuple(_done(order)), ticket_id=order.ticket_id)


def _done(order: RepairOrder) -> Iterable[Difference]:
    yield Difference("workshop", order.number, None)
    if order.diagnosis is not None:
        yield Difference("diagnosis", None, order.diagnosis.findings)
    if order.is_repaired:
        yield Difference("repair", None, f"{order.minutes} min")
    for each in order.fitted:
        yield Difference("part", None, f"{each.quantity} × {each.sku} {' '.join(each.serials)}".strip())
