"""Hand a machine back to its client, or dispose of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from infra.chassis.store.unit import Unit
from services.inventory.domain.asset import Asset, Disposal
from services.inventory.domain.history import Difference, Happening
from services.inventory.domain.repair_order import HandOver, RepairOrder
from services.inventory.store.assets import Assets
from services.inventory.usecases.asset_lines import keep_asset
from services.inventory.usecases.keep_repair import keep_repair
from services.inventory.usecases.lend_meanwhile import end_loan
from services.inventory.usecases.take_in import RepairCommand


@dataclass(frozen=True, kw_only=True)
class GiveBack(RepairCommand):
    """``loan_to`` is where the loan unit was put that came back for it; without, it is asked back."""

    hand_over: HandOver
    loan_to: str | None = None

    def decide(self, unit: Unit) -> None:
        before = self.known(unit)
        after = before.given_back(self.hand_over, unit.now, unit.cause.actor)
        end_loan(unit, after, self.loan_to)
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
        end_loan(unit, after, None)
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
