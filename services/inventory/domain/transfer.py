"""Pieces sent from one place to another, from their leaving to their receipt."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from contracts.refusal import Refusal
from contracts.text import Text
from services.inventory.domain import lots as batches
from services.inventory.domain.lots import Lot
from services.inventory.domain.movement import VarianceReason


class TransferState(StrEnum):
    ON_THE_WAY = "on-the-way"
    RECEIVED = "received"
    SHORT = "short"
    """Received, and some of it never came."""
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class TransferLine:
    """``quantity`` left; ``received`` came, ``lost`` never will, ``called_back`` is where it was.

    ``serials`` and ``lots`` are of what is open.
    """

    sku: str
    quantity: int
    serials: tuple[str, ...] = ()
    lots: tuple[Lot, ...] = ()
    received: int = 0
    lost: int = 0
    called_back: int = 0

    @property
    def open(self) -> int:
        return self.quantity - self.received - self.lost - self.called_back

    def part(self, quantity: int, serials: tuple[str, ...] | None) -> tuple[tuple[str, ...], tuple[Lot, ...]]:
        """The serials and lots of ``quantity`` of the open pieces; which serials, if any are known.

        Where all of them come nobody has to read them.
        """
        if quantity > self.open:
            raise Refusal(
                "more-than-sent",
                Text(
                    f"{self.open} {self.sku} are on the way, not {quantity}: count what is more, afterwards.",
                    f"{self.open} {self.sku} sont en transit, et non {quantity} : "
                    "comptez ensuite ce qui est en plus.",
                ),
                sku=self.sku,
                on_the_way=self.open,
            )
        chosen = serials or (self.serials if quantity == self.open else ())
        known = len(self.serials) == self.open
        if set(chosen) - set(self.serials) or (known and len(set(chosen)) != quantity):
            raise Refusal(
                "serials-do-not-match",
                Text(
                    f"Say which {quantity} of {', '.join(self.serials)} came.",
                    f"Indiquez lesquels de {', '.join(self.serials)} sont arrivés ({quantity}).",
                ),
                quantity=quantity,
                serials=list(self.serials),
            )
        return chosen, batches.taken(self.lots, quantity)

    def less(self, serials: tuple[str, ...], lots: tuple[Lot, ...]) -> "TransferLine":
        left = tuple(each for each in self.serials if each not in serials)
        return replace(self, serials=left, lots=batches.without(self.lots, lots))


@dataclass(frozen=True)
class Transfer:
    """``places`` are both ends, for queries; ``reason`` and ``note`` say why it came short."""

    id: str
    origin: str
    destination: str
    lines: tuple[TransferLine, ...]
    places: tuple[str, ...]
    sent_at: datetime
    sent_by: str
    state: TransferState = TransferState.ON_THE_WAY
    ended_at: datetime | None = None
    ended_by: str | None = None
    reason: VarianceReason | None = None
    note: str | None = None

    def require_open(self) -> None:
        if self.state is not TransferState.ON_THE_WAY:
            raise Refusal(
                "transfer-over",
                Text(
                    f"The transfer is {self.state.value}: nothing of it is on the way.",
                    f"Le transfert est terminé ({self.state.value}) : plus rien n'est en transit.",
                ),
                state=self.state.value,
            )

    def with_lines(self, lines: Mapping[str, TransferLine]) -> "Transfer":
        return replace(self, lines=tuple(lines.get(each.sku, each) for each in self.lines))

    def ended(self, at: datetime, by: str, *, cancelled: bool = False) -> "Transfer":
        """The same once nothing of it is on the way any more; as it is until then."""
        if cancelled:
            state = TransferState.CANCELLED
        elif any(each.open for each in self.lines):
            return self
        else:
            short = any(each.lost for each in self.lines)
            state = TransferState.SHORT if short else TransferState.RECEIVED
        return replace(self, state=state, ended_at=at, ended_by=by)
