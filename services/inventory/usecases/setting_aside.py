"""What several use cases do alike: set parts aside, give them back, see that promises still hold.

Every function works on the unit's aggregates, so that all of it is one transaction.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from contracts.inventory.events import PartsReleased
from contracts.refusal import Refusal
from contracts.text import Text
from infra.chassis.store.collection import Collection, Ref
from infra.chassis.store.unit import AlreadyExists, Unit
from services.inventory.domain.allocation import Allocation, Reach, allocate
from services.inventory.domain.movement import Journal, VarianceReason
from services.inventory.domain.part import Part, unpacked
from services.inventory.domain.places import CUPBOARD, VAN, cupboard_of, van_of
from services.inventory.domain.reservation import Held, Reservation, in_all
from services.inventory.domain.stock import Moved, StockLevel, empty_level, level_id
from services.inventory.store.parts import Parts
from services.inventory.store.reservations import Reservations
from services.inventory.store.sites import Sites
from services.inventory.store.stock import Movements, StockLevels
from services.inventory.store.technicians import Technicians


def level_at(unit: Unit, location: str, sku: str) -> StockLevel:
    """The level there, empty when the place never held the part."""
    return unit.get(StockLevels, level_id(location, sku)) or empty_level(location, sku)


def owner_refs(*locations: str) -> tuple[Ref, ...]:
    """The technicians whose vans, and the sites whose cupboards, the locations are."""
    vans = (Ref(Technicians, each.removeprefix(VAN)) for each in locations if each.startswith(VAN))
    cupboards = (Ref(Sites, each.removeprefix(CUPBOARD)) for each in locations if each.startswith(CUPBOARD))
    return (*vans, *cupboards)


def check_owners(unit: Unit, *locations: str) -> None:
    """A van is a technician's, a cupboard a site's: one of nobody known is an ``UnknownReference``."""
    for ref in owner_refs(*locations):
        unit.require(ref.kind, ref.id, as_="site" if ref.kind is Sites else "technician")


def journal(
    unit: Unit,
    occurred_at: datetime | None,
    *,
    reason: VarianceReason | None = None,
    note: str | None = None,
    reference: str | None = None,
    visit_id: str | None = None,
) -> Journal:
    """The caller moves pieces, now or at an ``occurred_at`` that has passed."""
    if occurred_at is not None and occurred_at > unit.now:
        raise Refusal(
            "occurred-in-the-future",
            Text(
                f"It is {unit.now.isoformat()}: give an occurred_at that has passed, or leave it out.",
                f"Il est {unit.now.isoformat()} : donnez un occurred_at passé, ou omettez-le.",
            ),
        )
    at = occurred_at or unit.now
    return Journal(at, unit.now, unit.cause.actor, visit_id, reason, note, reference)


def refuse_twice(unit: Unit, kind: Collection[Any], id: str) -> None:
    """What was done under this id is not done again, whatever the stock has become since."""
    if unit.get(kind, id) is not None:
        raise AlreadyExists(kind.name, id)


def keep(unit: Unit, moved: Moved) -> StockLevel:
    """Store a level with the line of its ledger."""
    level, movement = moved
    unit.put(StockLevels, level)
    unit.add(Movements, movement)
    return level


def give_back(unit: Unit, held: Iterable[Held]) -> set[str]:
    """What was set aside is available again; the levels it was at."""
    levels = set()
    for each in held:
        level = level_at(unit, each.location, each.sku).release(each.quantity)
        unit.put(StockLevels, level)
        levels.add(level.id)
    return levels


def set_aside(unit: Unit, reservation: Reservation, earlier: tuple[PartsReleased, ...] = ()) -> None:
    """Reserve what a planned visit wants, or record that it is short; publishes which, after ``earlier``."""
    found = _find(unit, reservation)
    if found.missing:
        short, fact = reservation.fall_short(found.missing, _substitutes_of(unit, found))
        unit.put(Reservations, short, *earlier, fact)
    else:
        _reserve(unit, reservation, found, earlier)


def keep_promises(unit: Unit, levels: Iterable[str]) -> None:
    """See that what is set aside is there, after levels changed.

    Visits whose parts are gone are served otherwise or become short, the latest first; then
    visits that were short get what has become available, the earliest first.
    """
    touched = set(levels)
    for id in sorted(touched):
        touched |= _break_promises(unit, id)
    serve_the_waiting(unit, {id.partition("/")[2] for id in touched})


def _break_promises(unit: Unit, id: str) -> set[str]:
    """The levels that gave something back: a visit that falls short frees all its other parts."""
    freed: set[str] = set()
    level = unit.get(StockLevels, id)
    if level is None or not level.overdrawn:
        return freed
    holding = sorted(unit.where(Reservations, "level_ids", id), key=_by_start, reverse=True)
    for reservation in holding:
        level = unit.get(StockLevels, id)
        if level is None or not level.overdrawn:
            break
        freed |= give_back(unit, reservation.held)
        released, facts = reservation.release()
        set_aside(unit, released, facts)
    return freed


def serve_the_waiting(unit: Unit, skus: Iterable[str]) -> None:
    """Visits that are short of one of these get what they want, the earliest first, or wait."""
    waiting = {each.id: each for sku in sorted(skus) for each in unit.where(Reservations, "short_of", sku)}
    for reservation in sorted(waiting.values(), key=_by_start):
        found = _find(unit, reservation)
        if not found.missing:
            _reserve(unit, reservation, found, ())
            continue
        still = reservation.still_short(found.missing, _substitutes_of(unit, found))
        if still != reservation:
            unit.put(Reservations, still)


def _find(unit: Unit, reservation: Reservation) -> Allocation:
    assert reservation.technician_id is not None
    technician = unit.get(Technicians, reservation.technician_id)
    reach = Reach(
        van_of(reservation.technician_id),
        None if reservation.site_id is None else cupboard_of(reservation.site_id),
        technician.agency if technician else None,
    )
    parts = parts_of(unit, (need.sku for need in reservation.wanted))
    needs = in_all(unpacked(reservation.wanted, parts))
    levels: dict[str, tuple[StockLevel, ...]] = {}
    substitutes: dict[str, tuple[str, ...]] = {}
    for need in needs:
        in_van = level_at(unit, reach.van, need.sku)
        if in_van.available >= need.quantity:
            levels[need.sku] = (in_van,)
            continue
        levels[need.sku] = unit.where(StockLevels, "sku", need.sku)
        part = unit.get(Parts, need.sku)
        substitutes[need.sku] = () if part is None else tuple(each.sku for each in part.substitutes)
    for sku in {sku for each in substitutes.values() for sku in each}:
        levels[sku] = unit.where(StockLevels, "sku", sku)
    return allocate(needs, reach, levels, substitutes)


def parts_of(unit: Unit, skus: Iterable[str]) -> dict[str, Part]:
    """Those of the parts that the catalogue has."""
    found = {sku: unit.get(Parts, sku) for sku in skus}
    return {sku: part for sku, part in found.items() if part is not None}


def _substitutes_of(unit: Unit, found: Allocation) -> set[str]:
    missing = parts_of(unit, (each.sku for each in found.missing))
    return {each.sku for part in missing.values() for each in part.substitutes}


def _reserve(
    unit: Unit, reservation: Reservation, found: Allocation, earlier: tuple[PartsReleased, ...]
) -> None:
    for each in found.held:
        unit.put(StockLevels, level_at(unit, each.location, each.sku).reserve(each.quantity))
    reserved, facts = reservation.reserve(found.held)
    unit.put(Reservations, reserved, *earlier, *facts)


def _by_start(reservation: Reservation) -> tuple[float, str]:
    start = reservation.planned_start
    return (start.timestamp() if start else 0.0, reservation.id)
