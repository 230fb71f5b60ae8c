"""What is set aside for a visit, from its planning to its closing."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from contracts.inventory.events import MissingPart, PartsIssued, PartsReleased, PartsReserved, PartsShort
from contracts.values import PartNeed, PartUsed
from services.inventory.domain.places import van_of
from services.inventory.domain.stock import level_id


class ReservationState(StrEnum):
    NOTHING = "nothing"
    RESERVED = "reserved"
    SHORT = "short"
    ISSUED = "issued"
    RELEASED = "released"


@dataclass(frozen=True)
class Held:
    """Pieces set aside at one place; ``instead_of`` the part that was wanted, where they replace it."""

    location: str
    sku: str
    quantity: int
    instead_of: str | None = None


@dataclass(frozen=True)
class Issue:
    """A part that left one place with the closing."""

    location: str
    used: PartUsed


@dataclass(frozen=True)
class Position:
    """Where a fact stands among its visit's: a later one has a higher position."""

    epoch: int
    sequence: int


@dataclass(frozen=True)
class Reservation:
    """One per visit, with the visit's id; whether it is here at all depends on parts being wanted.

    ``epoch`` (of the visit's facts) and ``sequence`` are those of the last fact applied: an older
    one, come late, changes no plan. After ``closed`` only history is left. ``level_ids`` repeats what
    ``held`` names, for queries; ``short_of`` are the parts whose coming may end the shortage. What is
    ``missing`` may outlast the plan that fell short of it: nobody goes, and the parts are to be bought.
    """

    id: str
    ticket_id: str
    customer_id: str
    technician_id: str | None = None
    planned_start: datetime | None = None
    state: ReservationState = ReservationState.NOTHING
    wanted: tuple[PartNeed, ...] = ()
    held: tuple[Held, ...] = ()
    missing: tuple[MissingPart, ...] = ()
    issued: tuple[Issue, ...] = ()
    discrepancies: tuple[PartNeed, ...] = ()
    closed: bool = False
    visit_epoch: int = 0
    visit_sequence: int = 0
    level_ids: tuple[str, ...] = ()
    short_of: tuple[str, ...] = ()
    site_id: str | None = None

    def precedes(self, position: Position) -> bool:
        """Whether a fact at ``position`` is news to this reservation."""
        return (self.visit_epoch, self.visit_sequence) < (position.epoch, position.sequence)

    def at(self, position: Position) -> "Reservation":
        """The same, having seen the fact at ``position``; never goes back."""
        if not self.precedes(position):
            return self
        return replace(self, visit_epoch=position.epoch, visit_sequence=position.sequence)

    def suits(self, technician_id: str, wanted: tuple[PartNeed, ...]) -> bool:
        """Whether what is set aside is already what this technician needs."""
        return (
            self.state is ReservationState.RESERVED
            and self.technician_id == technician_id
            and self.wanted == wanted
        )

    def planned(
        self, technician_id: str, start: datetime, wanted: tuple[PartNeed, ...], site_id: str | None = None
    ) -> "Reservation":
        """Who goes where and when, and what he has to bring; what is held is decided apart."""
        return replace(
            self,
            technician_id=technician_id,
            planned_start=start,
            wanted=wanted,
            site_id=site_id or self.site_id,
        )

    def reserve(self, held: tuple[Held, ...]) -> tuple["Reservation", tuple[PartsReserved, ...]]:
        """Everything wanted is set aside: one fact for each place that gives something."""
        reserved = replace(
            self,
            state=ReservationState.RESERVED,
            held=held,
            level_ids=tuple(sorted({level_id(each.location, each.sku) for each in held})),
            missing=(),
            short_of=(),
        )
        facts = tuple(
            PartsReserved(
                visit_id=self.id,
                ticket_id=self.ticket_id,
                customer_id=self.customer_id,
                technician_id=self.technician_id,
                location=location,
                parts=parts,
            )
            for location, parts in _by_location(held)
        )
        return reserved, facts

    def fall_short(
        self, missing: tuple[MissingPart, ...], substitutes: Iterable[str] = ()
    ) -> tuple["Reservation", PartsShort]:
        """Nothing is set aside, because some of it is not to be had, nor any of its ``substitutes``."""
        assert self.technician_id is not None
        short = replace(
            self,
            state=ReservationState.SHORT,
            held=(),
            level_ids=(),
            missing=missing,
            short_of=tuple(sorted({*(each.sku for each in missing), *substitutes})),
        )
        fact = PartsShort(
            visit_id=self.id,
            ticket_id=self.ticket_id,
            customer_id=self.customer_id,
            technician_id=self.technician_id,
            location=van_of(self.technician_id),
            missing=missing,
        )
        return short, fact

    def still_short(self, missing: tuple[MissingPart, ...], substitutes: Iterable[str] = ()) -> "Reservation":
        """The same shortage, of which other parts may be the end."""
        waited_for = tuple(sorted({*(each.sku for each in missing), *substitutes}))
        return self if waited_for == self.short_of else replace(self, missing=missing, short_of=waited_for)

    def release(self, *, awaited: bool = False) -> tuple["Reservation", tuple[PartsReleased, ...]]:
        """What is held is free again. Its parts that are missing are waited for no more, unless ``awaited``.

        ``awaited``: the visit itself is still to be made, by whoever is found once they are there.
        """
        over = self.state in (ReservationState.RESERVED, ReservationState.SHORT)
        released = replace(
            self,
            state=ReservationState.RELEASED if over else self.state,
            held=(),
            level_ids=(),
            missing=self.missing if awaited else (),
            short_of=(),
        )
        return released, self._released(self.held)

    def close(
        self,
        technician_id: str,
        issued: tuple[Issue, ...],
        unused: tuple[Held, ...],
        discrepancies: tuple[PartNeed, ...],
    ) -> tuple["Reservation", tuple[PartsIssued | PartsReleased, ...]]:
        """The visit is over: ``issued`` left the stock, ``unused`` is free again.

        ``discrepancies`` were used though no stock had them: they are the technician's van's.
        """
        state = self.state
        if issued or discrepancies:
            state = ReservationState.ISSUED
        elif state in (ReservationState.RESERVED, ReservationState.SHORT):
            state = ReservationState.RELEASED
        closed = replace(
            self,
            technician_id=technician_id,
            state=state,
            held=(),
            level_ids=(),
            missing=(),
            short_of=(),
            issued=issued,
            discrepancies=discrepancies,
            closed=True,
        )
        return closed, (*closed._issued(van_of(technician_id)), *closed._released(unused))

    def _issued(self, van: str) -> tuple[PartsIssued, ...]:
        places = sorted({each.location for each in self.issued} | ({van} if self.discrepancies else set()))
        return tuple(
            PartsIssued(
                visit_id=self.id,
                ticket_id=self.ticket_id,
                customer_id=self.customer_id,
                technician_id=self.technician_id,
                location=place,
                parts=tuple(each.used for each in self.issued if each.location == place),
                discrepancies=self.discrepancies if place == van else (),
            )
            for place in places
        )

    def _released(self, held: tuple[Held, ...]) -> tuple[PartsReleased, ...]:
        return tuple(
            PartsReleased(
                visit_id=self.id,
                ticket_id=self.ticket_id,
                customer_id=self.customer_id,
                technician_id=self.technician_id,
                location=location,
                parts=parts,
            )
            for location, parts in _by_location(held)
        )


def in_all(needs: Iterable[PartNeed]) -> tuple[PartNeed, ...]:
    """The same needs with each part named once, by SKU."""
    totals: dict[str, int] = {}
    for need in needs:
        totals[need.sku] = totals.get(need.sku, 0) + need.quantity
    return tuple(PartNeed(sku=sku, quantity=totals[sku]) for sku in sorted(totals))


def _by_location(held: tuple[Held, ...]) -> list[tuple[str, tuple[PartNeed, ...]]]:
    places = sorted({each.location for each in held})
    return [
        (place, in_all(PartNeed(sku=h.sku, quantity=h.quantity) for h in held if h.location == place))
        for place in places
    ]
