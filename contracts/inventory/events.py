"""Facts of reservations, on ``inventory.reservations.v1``, keyed by the visit that the parts are for."""

from typing import Annotated, ClassVar

from pydantic import Field

from contracts.envelope import Fact
from contracts.values import Id, Location, PartNeed, PartUsed, Quantity, Value


class ReservationFact(Fact):
    visit_id: Id
    ticket_id: Id
    customer_id: Id
    technician_id: Id | None = None


class PartsReserved(ReservationFact):
    """Every part that the visit needs is set aside at ``location``."""

    TYPE: ClassVar[str] = "parts-reserved"

    location: Location
    parts: tuple[PartNeed, ...]


class MissingPart(Value):
    """``available`` is what the visit's location could give; ``elsewhere`` names who has enough."""

    sku: Id
    quantity: Quantity
    available: Annotated[int, Field(ge=0)]
    elsewhere: tuple[Location, ...] = ()


class PartsShort(ReservationFact):
    """The technician's location cannot give what the visit needs; nothing was set aside."""

    TYPE: ClassVar[str] = "parts-short"

    location: Location
    missing: tuple[MissingPart, ...]


class PartsIssued(ReservationFact):
    """Parts left the stock with the closing. ``discrepancies`` were used but not on hand."""

    TYPE: ClassVar[str] = "parts-issued"

    location: Location
    parts: tuple[PartUsed, ...]
    discrepancies: tuple[PartNeed, ...] = ()


class PartsReleased(ReservationFact):
    """What was set aside and not used is available again."""

    TYPE: ClassVar[str] = "parts-released"

    location: Location
    parts: tuple[PartNeed, ...]
