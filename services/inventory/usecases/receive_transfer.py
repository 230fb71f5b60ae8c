"""Receive what was sent, whole or short; or call it back."""

from dataclasses import dataclass, replace
from datetime import datetime

from contracts.refusal import NotFound, Refusal
from contracts.text import Text
from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.lots import Lot
from services.inventory.domain.movement import Journal, MovementKind, VarianceReason
from services.inventory.domain.places import TRANSIT
from services.inventory.domain.transfer import Transfer, TransferLine
from services.inventory.store.stock import Transfers
from services.inventory.usecases.setting_aside import journal, keep, keep_promises, level_at


@dataclass(frozen=True)
class Came:
    sku: str
    quantity: int
    serials: tuple[str, ...] | None = None


@dataclass(frozen=True)
class ReceiveTransfer:
    """``lines`` None: all of it came. What did not come stays on the way with ``more_to_come``.

    Else it is written off with ``reason`` and ``note``, which are needed then.
    """

    id: str
    lines: tuple[Came, ...] | None = None
    more_to_come: bool = False
    reason: VarianceReason | None = None
    note: str | None = None
    occurred_at: datetime | None = None
    expected: Expected = None

    def loads(self) -> Loads:
        return (Ref(Transfers, self.id),)

    def decide(self, unit: Unit) -> None:
        transfer = _open(unit, self.id, self.expected)
        by = journal(unit, self.occurred_at, reference=self.id)
        touched: set[str] = set()
        lines = {each.sku: each for each in transfer.lines}
        came = self.lines
        if came is None:
            came = tuple(Came(each.sku, each.open) for each in transfer.lines)
        for each in came:
            if each.sku not in lines:
                raise Refusal(
                    "not-in-transfer",
                    Text(
                        f"The transfer holds no {each.sku}.", f"Le transfert ne contient pas de {each.sku}."
                    ),
                    sku=each.sku,
                )
            line = lines[each.sku]
            serials, lots = line.part(each.quantity, each.serials)
            if each.quantity:
                touched |= _moved_on(unit, line.sku, each.quantity, serials, lots, transfer.destination, by)
            lines[each.sku] = replace(line.less(serials, lots), received=line.received + each.quantity)
        missing = [each for each in lines.values() if each.open]
        if missing and not self.more_to_come:
            if self.reason is None or self.note is None:
                raise Refusal(
                    "reason-needed",
                    Text(
                        "Less came than was sent: give `reason` and `note`, or `more_to_come`.",
                        "Il en est arrivé moins qu'envoyé : donnez `reason` et `note`, ou `more_to_come`.",
                    ),
                    missing={each.sku: each.open for each in missing},
                )
            why = replace(by, reason=self.reason, note=self.note)
            for line in missing:
                way = level_at(unit, TRANSIT, line.sku)
                gone = way.leave(MovementKind.COUNTED, line.open, line.serials, why, line.lots)
                touched.add(keep(unit, gone).id)
                lines[line.sku] = replace(line.less(line.serials, line.lots), lost=line.lost + line.open)
            transfer = replace(transfer, reason=self.reason, note=self.note)
        unit.save(Transfers, transfer.with_lines(lines).ended(by.at, by.actor))
        keep_promises(unit, touched)


@dataclass(frozen=True)
class CancelTransfer:
    """What is on the way goes back to where it came from."""

    id: str
    note: str | None = None
    expected: Expected = None

    def loads(self) -> Loads:
        return (Ref(Transfers, self.id),)

    def decide(self, unit: Unit) -> None:
        transfer = _open(unit, self.id, self.expected)
        by = journal(unit, None, reference=self.id, note=self.note)
        touched: set[str] = set()
        for line in transfer.lines:
            if line.open:
                back = (line.sku, line.open, line.serials, line.lots)
                touched |= _moved_on(unit, *back, transfer.origin, by)
        lines = {each.sku: _gone_back(each) for each in transfer.lines}
        called_off = replace(transfer.with_lines(lines), note=self.note or transfer.note)
        unit.save(Transfers, called_off.ended(by.at, by.actor, cancelled=True))
        keep_promises(unit, touched)


def _open(unit: Unit, id: str, expected: Expected) -> Transfer:
    transfer = unit.get(Transfers, id)
    if transfer is None:
        raise NotFound("transfer", id)
    check_version(unit.version(Transfers, id), expected)
    transfer.require_open()
    return transfer


def _moved_on(
    unit: Unit,
    sku: str,
    quantity: int,
    serials: tuple[str, ...],
    lots: tuple[Lot, ...],
    to: str,
    by: Journal,
) -> set[str]:
    left = level_at(unit, TRANSIT, sku).leave(MovementKind.SENT, quantity, serials, by, lots, to)
    came = level_at(unit, to, sku).arrive(quantity, serials, TRANSIT, by, lots)
    return {keep(unit, left).id, keep(unit, came).id}


def _gone_back(line: TransferLine) -> TransferLine:
    return replace(line.less(line.serials, line.lots), called_back=line.open)
