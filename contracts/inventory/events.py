"""Facts of reservations, on ``inventory.reservations.v1``, keyed by the visit that the parts are for."""

from typing import Annotated, ClassVar

from pydantic import Field

from contracts.envelope import Fact
from contracts.values import Id, Location, PartNeed, PartUsed, Quantity, Value


class ReservationFact(Fact):
    """Until major 1 of each, a place was a depot or a van."""

    visit_id: Id
    ticket_id: Id
    customer_id: Id
    technician_id: Id | None = None


class PartsReserved(ReservationFact):
    """Parts are set aside at ``location``; where a visit's parts come from two places, one such fact each.

    It is published only once every part that the visit needs is set aside.
    """

    TYPE: ClassVar[str] = "parts-reserved"
    MAJOR: ClassVar[int] = 2

    location: Location
    parts: tuple[PartNeed, ...]


class MissingPart(Value):
    """A need that neither the van (it has ``available``) nor a place near meets, but vans ``elsewhere``."""

    sku: Id
    quantity: Quantity
    available: Annotated[int, Field(ge=0)]
    elsewhere: tuple[Location, ...] = ()


class PartsShort(ReservationFact):
    """Neither the technician's van, ``location``, nor a depot can give all; nothing was set aside."""

    TYPE: ClassVar[str] = "parts-short"
    MAJOR: ClassVar[int] = 2

    location: Location
    missing: tuple[MissingPart, ...]


class PartsIssued(ReservationFact):
    """Parts left ``location`` with the closing. ``discrepancies`` were used but not on hand."""

    TYPE: ClassVar[str] = "parts-issued"
    MAJOR: ClassVar[int] = 2

    location: Location
    parts: tuple[PartUsed, ...]
    discrepancies: tuple[PartNeed, ...] = ()


class PartsReleased(ReservationFact):
    """What was set aside and not used is available again."""

    TYPE: ClassVar[str] = "parts-released"
    MAJOR: ClassVar[int] = 2

    location: Location
    parts: tuple[PartNeed, ...]
