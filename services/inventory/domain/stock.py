"""How many of a part one place holds, and what becomes of them."""

from dataclasses import dataclass, replace
from typing import Any

from contracts.refusal import Refusal
from contracts.text import Text
from services.inventory.domain import lots as batches
from services.inventory.domain.lots import Lot
from services.inventory.domain.movement import Journal, Movement, MovementKind
from services.inventory.domain.places import DEPOT

MOST_UNEXPLAINED = 50


@dataclass(frozen=True)
class StockLevel:
    """One part at one place. ``on_hand`` and ``reserved`` are never negative.

    ``serials`` are the pieces last seen here by their numbers: after an issue that did not say
    which piece went, there may be more of them than pieces, until somebody counts.
    ``discrepancy`` counts pieces that were used though none was on hand; a count settles it.
    ``lots`` are those of the pieces whose lot is known. ``unexplained`` are the lines of counts that
    differed and whose reason nobody has said, the last of them.
    """

    id: str
    location: str
    sku: str
    on_hand: int = 0
    reserved: int = 0
    moves: int = 0
    serials: tuple[str, ...] = ()
    discrepancy: int = 0
    lots: tuple[Lot, ...] = ()
    unexplained: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.on_hand < 0 or self.reserved < 0:
            raise ValueError(f"{self.id}: {self.on_hand} on hand, {self.reserved} reserved")

    @property
    def available(self) -> int:
        """Pieces that nobody has set aside."""
        return max(0, self.on_hand - self.reserved)

    @property
    def overdrawn(self) -> int:
        """Pieces set aside that are not there any more."""
        return max(0, self.reserved - self.on_hand)

    @property
    def is_depot(self) -> bool:
        return self.location.startswith(DEPOT)

    def receive(
        self, quantity: int, serials: tuple[str, ...], by: Journal, lots: tuple[Lot, ...] = ()
    ) -> "Moved":
        """New pieces from outside the firm."""
        return self.come(MovementKind.RECEIVED, quantity, serials, by, lots)

    def come(
        self,
        kind: MovementKind,
        quantity: int,
        serials: tuple[str, ...],
        by: Journal,
        lots: tuple[Lot, ...] = (),
    ) -> "Moved":
        """Pieces come from outside the firm's stock."""
        self._named(quantity, serials)
        return self._moved(kind, quantity, by, came=serials, lots=lots)

    def send(
        self, quantity: int, serials: tuple[str, ...], to: str, by: Journal, lot: str | None = None
    ) -> "Moved":
        """Pieces leave for another place; those set aside for a visit stay."""
        lots = None if lot is None else (Lot(lot, quantity),)
        return self.leave(MovementKind.SENT, quantity, serials, by, lots, to)

    def leave(
        self,
        kind: MovementKind,
        quantity: int,
        serials: tuple[str, ...],
        by: Journal,
        lots: tuple[Lot, ...] | None = None,
        to: str | None = None,
    ) -> "Moved":
        """Pieces that nobody has set aside leave; without ``lots``, of those that expire first."""
        self._named(quantity, serials)
        if quantity > self.available:
            raise Refusal(
                "not-enough-stock",
                Text(
                    f"{self.location} can give {self.available} {self.sku}, not {quantity}: "
                    f"{self.on_hand} on hand, {self.reserved} set aside for visits.",
                    f"{self.location} peut donner {self.available} {self.sku}, et non {quantity} : "
                    f"{self.on_hand} en stock, dont {self.reserved} mis de côté pour des visites.",
                ),
                location=self.location,
                sku=self.sku,
                on_hand=self.on_hand,
                reserved=self.reserved,
                available=self.available,
            )
        if unknown := sorted(set(serials) - set(self.serials)):
            raise Refusal(
                "unknown-serial",
                Text(
                    f"{', '.join(unknown)}: no {self.sku} with that serial at {self.location}; "
                    "count it first.",
                    f"{', '.join(unknown)} : aucune pièce {self.sku} de ce numéro à {self.location} ; "
                    "comptez d'abord cet endroit.",
                ),
                serials=unknown,
            )
        if lots is None:
            from_lots = batches.taken(self.lots, quantity)
        else:
            from_lots = tuple(one for each in lots for one in self._of_lot(each))
        return self._moved(kind, -quantity, by, went=serials, other=to, lots=from_lots)

    def arrive(
        self, quantity: int, serials: tuple[str, ...], origin: str, by: Journal, lots: tuple[Lot, ...] = ()
    ) -> "Moved":
        """Pieces come from another place of the firm's."""
        return self._moved(MovementKind.ARRIVED, quantity, by, came=serials, other=origin, lots=lots)

    def count(
        self,
        quantity: int,
        serials: tuple[str, ...] | None,
        by: Journal,
        lots: tuple[Lot, ...] | None = None,
    ) -> "Moved":
        """Somebody looked: there are ``quantity``, whatever we believed. Settles discrepancies.

        ``serials`` and ``lots`` None: nobody read them, those known before stay as far as there are
        pieces. A difference without a reason waits to be explained.
        """
        found = self.serials[:quantity] if serials is None else serials
        if len(found) > quantity:
            raise _wrong_serials(quantity, serials or ())
        if lots is not None and batches.pieces(lots) > quantity:
            raise Refusal(
                "lots-do-not-match",
                Text(
                    f"The lots hold {batches.pieces(lots)} pieces, more than the {quantity} counted.",
                    f"Les lots comptent {batches.pieces(lots)} pièces, plus que les {quantity} comptées.",
                ),
                quantity=quantity,
            )
        gone = max(0, batches.pieces(self.lots) - quantity)
        kept = batches.without(self.lots, batches.taken(self.lots, gone)) if lots is None else lots
        level, movement = self._moved(MovementKind.COUNTED, quantity - self.on_hand, by, lots=None)
        waiting = self.unexplained
        if movement.quantity and by.reason is None:
            waiting = (*waiting, movement.id)[-MOST_UNEXPLAINED:]
        return (
            replace(level, serials=found, discrepancy=0, lots=batches.added((), kept), unexplained=waiting),
            replace(movement, serials=serials or (), lots=lots or ()),
        )

    def explain(self, movement_id: str, by: Journal) -> "Moved":
        """Say afterwards why a count differed: a line of its own, since lines never change."""
        if movement_id not in self.unexplained:
            raise Refusal(
                "nothing-to-explain",
                Text(
                    f"{movement_id} is no count of {self.id} that waits for a reason.",
                    f"{movement_id} n'est pas un comptage de {self.id} en attente d'un motif.",
                ),
                waiting=list(self.unexplained),
            )
        level, movement = self._moved(MovementKind.EXPLAINED, 0, replace(by, reference=movement_id), lots=())
        waiting = tuple(each for each in self.unexplained if each != movement_id)
        return replace(level, unexplained=waiting), movement

    def issue(self, quantity: int, serials: tuple[str, ...], by: Journal) -> "Moved":
        """Pieces were used at a visit; of lots, those that expire first."""
        from_lots = batches.taken(self.lots, quantity)
        return self._moved(MovementKind.ISSUED, -quantity, by, went=serials, lots=from_lots)

    def owe(self, quantity: int) -> "StockLevel":
        """Pieces were used here that were not on hand: the stock-keeper has to find out why."""
        return replace(self, discrepancy=self.discrepancy + quantity)

    def reserve(self, quantity: int) -> "StockLevel":
        return replace(self, reserved=self.reserved + quantity)

    def release(self, quantity: int) -> "StockLevel":
        return replace(self, reserved=self.reserved - quantity)

    def _of_lot(self, wanted: Lot) -> tuple[Lot, ...]:
        found = batches.taken(self.lots, wanted.quantity, wanted.lot)
        if batches.pieces(found) < wanted.quantity:
            raise Refusal(
                "unknown-lot",
                Text(
                    f"{self.location} holds {batches.pieces(found)} {self.sku} of the lot {wanted.lot}, "
                    f"not {wanted.quantity}.",
                    f"{self.location} contient {batches.pieces(found)} {self.sku} du lot {wanted.lot}, "
                    f"et non {wanted.quantity}.",
                ),
                location=self.location,
                lot=wanted.lot,
                available=batches.pieces(found),
            )
        return found

    def _named(self, quantity: int, serials: tuple[str, ...]) -> None:
        if serials and (len(serials) != quantity or len(set(serials)) != quantity):
            raise _wrong_serials(quantity, serials)

    def _moved(
        self,
        kind: MovementKind,
        change: int,
        by: Journal,
        *,
        came: tuple[str, ...] = (),
        went: tuple[str, ...] = (),
        other: str | None = None,
        lots: tuple[Lot, ...] | None = (),
    ) -> "Moved":
        """``lots`` of the pieces that come or go; None leaves those here as they are."""
        n = self.moves + 1
        kept = tuple(serial for serial in self.serials if serial not in went)
        if lots is None:
            left = self.lots
        else:
            left = batches.added(self.lots, lots) if change > 0 else batches.without(self.lots, lots)
        level = replace(self, on_hand=self.on_hand + change, moves=n, serials=kept + came, lots=left)
        movement = Movement(
            id=f"{self.id}#{n}",
            level_id=self.id,
            location=self.location,
            sku=self.sku,
            kind=kind,
            quantity=change,
            at=by.at,
            recorded_at=by.recorded_at,
            actor=by.actor,
            visit_id=by.visit_id,
            other=other,
            serials=came or went,
            lots=lots or (),
            reason=by.reason,
            note=by.note,
            reference=by.reference,
        )
        return level, movement


Moved = tuple[StockLevel, Movement]


def shown(level: StockLevel) -> dict[str, Any]:
    """What callers are told of a level, JSON-ready."""
    return {
        "location": level.location,
        "sku": level.sku,
        "on_hand": level.on_hand,
        "reserved": level.reserved,
        "available": level.available,
        "discrepancy": level.discrepancy,
        "serials": list(level.serials),
        "lots": [
            {"lot": each.lot, "quantity": each.quantity, "expires_on": each.expires_on} for each in level.lots
        ],
        "unexplained": list(level.unexplained),
    }


def level_id(location: str, sku: str) -> str:
    return f"{location}/{sku}"


def empty_level(location: str, sku: str) -> StockLevel:
    """A place that never held the part."""
    return StockLevel(id=level_id(location, sku), location=location, sku=sku)


def _wrong_serials(quantity: int, serials: tuple[str, ...]) -> Refusal:
    return Refusal(
        "serials-do-not-match",
        Text(
            f"{len(set(serials))} different serials for {quantity} pieces: give each piece its own, or none.",
            f"{len(set(serials))} numéros différents pour {quantity} pièces : "
            "donnez à chaque pièce le sien, ou n'en donnez aucun.",
        ),
        quantity=quantity,
        serials=list(serials),
    )
