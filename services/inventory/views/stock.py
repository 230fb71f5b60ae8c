"""Stock levels, their ledger and reservations as callers read them."""

from pydantic import BaseModel

from contracts.inventory.events import MissingPart
from contracts.values import Instant, PartNeed
from infra.chassis.runtime import Kept
from services.inventory.domain.lots import Lot
from services.inventory.domain.movement import Movement, MovementKind, VarianceReason
from services.inventory.domain.reservation import Reservation, ReservationState
from services.inventory.domain.stock import StockLevel, shown


class LevelView(BaseModel):
    """``available`` is what nobody has set aside; ``discrepancy`` was used here without being on hand.

    ``unexplained`` are the lines of counts that differed and whose reason nobody has said.
    """

    location: str
    sku: str
    on_hand: int
    reserved: int
    available: int
    discrepancy: int
    serials: list[str]
    lots: list[Lot]
    unexplained: list[str]
    updated_at: Instant | None = None


class TransferView(BaseModel):
    origin: LevelView
    destination: LevelView


class MovementView(BaseModel):
    """One line of a level's ledger; ``quantity`` is negative when pieces left.

    ``reference`` is the transfer, purchase request, return, loan or line that it belongs to.
    """

    id: str
    location: str
    sku: str
    kind: MovementKind
    quantity: int
    at: Instant
    recorded_at: Instant
    actor: str
    visit_id: str | None
    other: str | None
    serials: list[str]
    lots: list[Lot]
    reason: VarianceReason | None
    note: str | None
    reference: str | None


class HeldView(BaseModel):
    """``instead_of`` is the part that was wanted, where a substitute is set aside."""

    location: str
    sku: str
    quantity: int
    instead_of: str | None


class IssuedView(BaseModel):
    location: str
    sku: str
    quantity: int
    serial_in: str | None
    serial_out: str | None


class ReservationView(BaseModel):
    """What a visit wants, where it is set aside, what is missing, and what was used in the end."""

    id: str
    visit_id: str
    ticket_id: str
    customer_id: str
    site_id: str | None
    technician_id: str | None
    planned_start: Instant | None
    state: ReservationState
    wanted: list[PartNeed]
    held: list[HeldView]
    missing: list[MissingPart]
    issued: list[IssuedView]
    discrepancies: list[PartNeed]
    updated_at: Instant


def level_view(kept: Kept[StockLevel]) -> LevelView:
    return LevelView(**shown(kept.value), updated_at=kept.updated_at)


def movement_view(kept: Kept[Movement]) -> MovementView:
    line = kept.value
    return MovementView(
        id=line.id,
        location=line.location,
        sku=line.sku,
        kind=line.kind,
        quantity=line.quantity,
        at=line.at,
        recorded_at=line.recorded_at,
        actor=line.actor,
        visit_id=line.visit_id,
        other=line.other,
        serials=list(line.serials),
        lots=list(line.lots),
        reason=line.reason,
        note=line.note,
        reference=line.reference,
    )


def reservation_view(kept: Kept[Reservation]) -> ReservationView:
    it = kept.value
    return ReservationView(
        id=it.id,
        visit_id=it.id,
        ticket_id=it.ticket_id,
        customer_id=it.customer_id,
        site_id=it.site_id,
        technician_id=it.technician_id,
        planned_start=it.planned_start,
        state=it.state,
        wanted=list(it.wanted),
        held=[
            HeldView(location=h.location, sku=h.sku, quantity=h.quantity, instead_of=h.instead_of)
            for h in it.held
        ],
        missing=list(it.missing),
        issued=[
            IssuedView(
                location=each.location,
                sku=each.used.sku,
                quantity=each.used.quantity,
                serial_in=each.used.serial_in,
                serial_out=each.used.serial_out,
            )
            for each in it.issued
        ],
        discrepancies=list(it.discrepancies),
        updated_at=kept.updated_at,
    )
