"""Take parts back into quarantine, claim them from their supplier, and write down how that ended."""

from dataclasses import dataclass
from datetime import datetime

from contracts.refusal import NotFound, Refusal
from contracts.text import Text
from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.movement import MovementKind
from services.inventory.domain.places import QUARANTINE
from services.inventory.domain.returned import ClaimKind, Returned, ReturnState, Step
from services.inventory.store.parts import Parts
from services.inventory.store.returns import Returns
from services.inventory.usecases.receive_stock import refuse_known_serials, refuse_quarantined, refuse_transit
from services.inventory.usecases.setting_aside import (
    check_owners,
    journal,
    keep,
    keep_promises,
    level_at,
    owner_refs,
    refuse_twice,
)

COMES_BACK = frozenset({ReturnState.REPLACED, ReturnState.REPAIRED, ReturnState.KEPT})


@dataclass(frozen=True)
class TakeBack:
    """A part that no visit announced, or, with ``origin``, one of the stock's that turned out defective."""

    id: str
    sku: str
    quantity: int
    location: str
    serial: str | None = None
    fault: str | None = None
    origin: str | None = None
    visit_id: str | None = None
    occurred_at: datetime | None = None

    def loads(self) -> Loads:
        return (Ref(Parts, self.sku), *(() if self.origin is None else owner_refs(self.origin)))

    def decide(self, unit: Unit) -> None:
        """An unknown part is an ``UnknownReference``."""
        refuse_twice(unit, Returns, self.id)
        part = unit.require(Parts, self.sku, as_="part")
        part.require_stocked()
        _require_quarantine(self.location)
        by = journal(unit, self.occurred_at, note=self.fault, reference=self.id, visit_id=self.visit_id)
        step = Step(ReturnState.QUARANTINED, by.at, by.actor)
        back = Returned(
            self.id,
            self.sku,
            self.quantity,
            (step,),
            ReturnState.QUARANTINED,
            serial=self.serial,
            fault=self.fault,
            location=self.location,
            visit_id=self.visit_id,
            supplier=part.supplier,
        )
        target = level_at(unit, self.location, self.sku)
        if self.origin is None:
            refuse_known_serials(unit, self.sku, back.serials)
            keep(unit, target.come(MovementKind.RETURNED, self.quantity, back.serials, by))
            unit.add(Returns, back)
            return
        refuse_transit(self.origin)
        check_owners(unit, self.origin)
        if self.origin == self.location:
            raise Refusal(
                "same-place",
                Text(
                    f"{self.origin} is the quarantine itself: name where it was found.",
                    f"{self.origin} est la quarantaine elle-même : nommez où elle a été trouvée.",
                ),
            )
        origin = level_at(unit, self.origin, self.sku)
        refuse_quarantined(unit, origin, self.quantity, back.serials)
        left = origin.send(self.quantity, back.serials, self.location, by)
        touched = keep(unit, left).id
        keep(unit, target.arrive(self.quantity, back.serials, self.origin, by, left[1].lots))
        unit.add(Returns, back)
        keep_promises(unit, {touched})


@dataclass(frozen=True)
class QuarantineReturn:
    """A technician brings what he took out at a visit."""

    id: str
    location: str
    note: str | None = None
    expected: Expected = None

    def loads(self) -> Loads:
        return (Ref(Returns, self.id),)

    def decide(self, unit: Unit) -> None:
        back = _known(unit, self.id, self.expected)
        _require_quarantine(self.location)
        by = journal(unit, None, note=self.note or back.fault, reference=self.id, visit_id=back.visit_id)
        after = back.quarantine(self.location, Step(ReturnState.QUARANTINED, by.at, by.actor, self.note))
        refuse_known_serials(unit, back.sku, back.serials)
        level = level_at(unit, self.location, back.sku)
        keep(unit, level.come(MovementKind.RETURNED, back.quantity, back.serials, by))
        unit.save(Returns, after)


@dataclass(frozen=True)
class ClaimReturn:
    id: str
    kind: ClaimKind
    supplier: str | None = None
    reference: str | None = None
    note: str | None = None
    expected: Expected = None

    def loads(self) -> Loads:
        return (Ref(Returns, self.id),)

    def decide(self, unit: Unit) -> None:
        back = _known(unit, self.id, self.expected)
        step = Step(ReturnState.CLAIMED, unit.now, unit.cause.actor, self.note)
        unit.save(Returns, back.ask(self.kind, self.supplier, self.reference, step))


@dataclass(frozen=True)
class SendReturn:
    """It leaves the quarantine for its supplier."""

    id: str
    note: str | None = None
    expected: Expected = None

    def loads(self) -> Loads:
        return (Ref(Returns, self.id),)

    def decide(self, unit: Unit) -> None:
        back = _known(unit, self.id, self.expected)
        by = journal(unit, None, note=self.note, reference=self.id)
        after = back.send(Step(ReturnState.SENT, by.at, by.actor, self.note))
        _leave_quarantine(unit, back, MovementKind.TO_SUPPLIER, by_note=self.note)
        unit.save(Returns, after)


@dataclass(frozen=True)
class SettleReturn:
    """``credited`` (with ``credit_cents``), ``replaced`` or ``repaired`` (it comes to ``location``).

    ``refused`` and ``scrapped``: nothing comes. Scrapped is what nobody was sent, and so is what is
    ``kept``: nothing was wrong with it, it goes from the quarantine to ``location``.
    """

    id: str
    outcome: ReturnState
    credit_cents: int | None = None
    location: str | None = None
    serial: str | None = None
    note: str | None = None
    expected: Expected = None

    def loads(self) -> Loads:
        return (Ref(Returns, self.id), *(() if self.location is None else owner_refs(self.location)))

    def decide(self, unit: Unit) -> None:
        back = _known(unit, self.id, self.expected)
        by = journal(unit, None, note=self.note, reference=self.id)
        to = self.location if self.outcome in COMES_BACK else None
        after = back.settle(
            Step(self.outcome, by.at, by.actor, self.note),
            credit_cents=self.credit_cents if self.outcome is ReturnState.CREDITED else None,
            serial=self.serial if to else None,
            to=to,
        )
        if self.outcome is ReturnState.SCRAPPED:
            _leave_quarantine(unit, back, MovementKind.SCRAPPED, by_note=self.note)
        unit.save(Returns, after)
        if to is None:
            return
        refuse_transit(to)
        check_owners(unit, to)
        if self.outcome is ReturnState.KEPT:
            keep_promises(unit, {_put_back(unit, back, to, by_note=self.note)})
            return
        repaired = self.outcome is ReturnState.REPAIRED
        serials = (
            back.serials
            if repaired and self.serial is None
            else ()
            if self.serial is None
            else (self.serial,)
        )
        refuse_known_serials(unit, back.sku, serials)
        came = level_at(unit, to, back.sku).come(MovementKind.FROM_SUPPLIER, back.quantity, serials, by)
        keep_promises(unit, {keep(unit, came).id})


def _known(unit: Unit, id: str, expected: Expected) -> Returned:
    back = unit.get(Returns, id)
    if back is None:
        raise NotFound("return", id)
    check_version(unit.version(Returns, id), expected)
    return back


def _leave_quarantine(unit: Unit, back: Returned, kind: MovementKind, *, by_note: str | None) -> None:
    assert back.location is not None
    by = journal(unit, None, note=by_note, reference=back.id)
    level = level_at(unit, back.location, back.sku)
    keep(unit, level.leave(kind, back.quantity, back.serials, by))


def _put_back(unit: Unit, back: Returned, to: str, *, by_note: str | None) -> str:
    """The level that holds it now."""
    assert back.location is not None
    if to == back.location:
        raise Refusal(
            "same-place",
            Text(
                f"{to} is where it is already: name where it can be used.",
                f"Elle est déjà à {to} : nommez où elle pourra servir.",
            ),
        )
    by = journal(unit, None, note=by_note, reference=back.id)
    level = level_at(unit, back.location, back.sku)
    left = level.send(back.quantity, back.serials, to, by)
    keep(unit, left)
    lots = left[1].lots
    came = level_at(unit, to, back.sku).arrive(back.quantity, back.serials, back.location, by, lots)
    return keep(unit, came).id


def _require_quarantine(location: str) -> None:
    if not location.startswith(QUARANTINE):
        raise Refusal(
            "not-a-quarantine",
            Text(
                f"What comes back goes to a quarantine first, such as quarantine:lyon, not to {location}.",
                f"Ce qui revient passe d'abord en quarantaine (quarantine:lyon…), et non à {location}.",
            ),
            location=location,
        )
