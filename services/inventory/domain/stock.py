"""How many of a part one place holds, and the ledger that proves it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from contracts.refusal import Refusal
from contracts.text import Text

DEPOT = "depot:"


class MovementKind(StrEnum):
    RECEIVED = "received"
    SENT = "sent"
    ARRIVED = "arrived"
    COUNTED = "counted"
    ISSUED = "issued"


@dataclass(frozen=True)
class Movement:
    """One line of a level's ledger: pieces that came (positive) or went (negative).

    Lines are numbered without a gap, ``<location>/<sku>#<n>``, and never change: what is on hand
    is their sum. ``other`` is where a transfer came from or went to.
    """

    id: str
    level_id: str
    location: str
    sku: str
    kind: MovementKind
    quantity: int
    at: datetime
    recorded_at: datetime
    actor: str
    visit_id: str | None = None
    other: str | None = None
    serials: tuple[str, ...] = ()


@dataclass(frozen=True)
class Journal:
    """Who moves pieces and when: ``at`` it happened, ``recorded_at`` we learned it."""

    at: datetime
    recorded_at: datetime
    actor: str
    visit_id: str | None = None


@dataclass(frozen=True)
class StockLevel:
    """One part at one place. ``on_hand`` and ``reserved`` are never negative.

    ``serials`` are the pieces last seen here by their numbers: after an issue that did not say
    which piece went, there may be more of them than pieces, until somebody counts.
    ``discrepancy`` counts pieces that were used though none was on hand; a count settles it.
    """

    id: str
    location: str
    sku: str
    on_hand: int = 0
    reserved: int = 0
    moves: int = 0
    serials: tuple[str, ...] = ()
    discrepancy: int = 0

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

    def receive(self, quantity: int, serials: tuple[str, ...], by: Journal) -> "Moved":
        """New pieces from outside the firm."""
        self._named(quantity, serials)
        return self._moved(MovementKind.RECEIVED, quantity, by, came=serials)

    def send(self, quantity: int, serials: tuple[str, ...], to: str, by: Journal) -> "Moved":
        """Pieces leave for another place; those set aside for a visit stay."""
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
        return self._moved(MovementKind.SENT, -quantity, by, went=serials, other=to)

    def arrive(self, quantity: int, serials: tuple[str, ...], origin: str, by: Journal) -> "Moved":
        """Pieces come from another place of the firm's."""
        return self._moved(MovementKind.ARRIVED, quantity, by, came=serials, other=origin)

    def count(self, quantity: int, serials: tuple[str, ...] | None, by: Journal) -> "Moved":
        """Somebody looked: there are ``quantity``, whatever we believed. Settles discrepancies.

        ``serials`` None: nobody read them, those known before stay as far as there are pieces.
        """
        found = self.serials[:quantity] if serials is None else serials
        if len(found) > quantity:
            raise _wrong_serials(quantity, serials or ())
        level, movement = self._moved(MovementKind.COUNTED, quantity - self.on_hand, by)
        return replace(level, serials=found, discrepancy=0), replace(movement, serials=serials or ())

    def issue(self, quantity: int, serials: tuple[str, ...], by: Journal) -> "Moved":
        """Pieces were used at a visit."""
        return self._moved(MovementKind.ISSUED, -quantity, by, went=serials)

    def owe(self, quantity: int) -> "StockLevel":
        """Pieces were used here that were not on hand: the stock-keeper has to find out why."""
        return replace(self, discrepancy=self.discrepancy + quantity)

    def reserve(self, quantity: int) -> "StockLevel":
        return replace(self, reserved=self.reserved + quantity)

    def release(self, quantity: int) -> "StockLevel":
        return replace(self, reserved=self.reserved - quantity)

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
    ) -> "Moved":
        n = self.moves + 1
        kept = tuple(serial for serial in self.serials if serial not in went)
        level = replace(self, on_hand=self.on_hand + change, moves=n, serials=kept + came)
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
    }


def level_id(location: str, sku: str) -> str:
    return f"{location}/{sku}"


def empty_level(location: str, sku: str) -> StockLevel:
    """A place that never held the part."""
    return StockLevel(id=level_id(location, sku), location=location, sku=sku)


def van_of(technician_id: str) -> str:
    return f"van:{technician_id}"


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
