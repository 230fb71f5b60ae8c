"""Transfers, orders, returns, loans and van lists as callers read them."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from contracts.values import Instant
from infra.chassis.runtime import Kept
from services.inventory.domain.loan import LoanState, StockLoan
from services.inventory.domain.lots import Lot
from services.inventory.domain.movement import VarianceReason
from services.inventory.domain.purchase import PurchaseRequest, PurchaseState
from services.inventory.domain.replenishment import Replenishment
from services.inventory.domain.returned import ClaimKind, Returned, ReturnState
from services.inventory.domain.transfer import Transfer, TransferState
from services.inventory.domain.van_list import VanList


class _View(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class TransferLineView(_View):
    """``open`` is on the way still, with the ``serials`` and ``lots`` of what is open."""

    sku: str
    quantity: int
    received: int
    lost: int
    open: int
    serials: list[str]
    lots: list[Lot]


class TransferOnTheWayView(_View):
    """``reason`` and ``note`` say why it came short."""

    id: str
    origin: str
    destination: str
    state: TransferState
    lines: list[TransferLineView]
    sent_at: Instant
    sent_by: str
    ended_at: Instant | None
    ended_by: str | None
    reason: VarianceReason | None
    note: str | None
    updated_at: Instant


class SignedView(_View):
    at: Instant
    by: str


class PurchaseLineView(_View):
    sku: str
    quantity: int
    received: int
    open: int


class PurchaseView(_View):
    """``expected_on`` is a day; ``delivered_at`` is when its first pieces came."""

    id: str
    supplier: str | None
    state: PurchaseState
    lines: list[PurchaseLineView]
    drafted: SignedView
    approved: SignedView | None
    ordered: SignedView | None
    cancelled: SignedView | None
    reference: str | None
    expected_on: str | None
    delivered_at: Instant | None
    note: str | None
    updated_at: Instant


class ReorderView(BaseModel):
    """``position`` is available, on the way and on order, less what visits wait for (``awaited``).

    ``reorder_point`` is the part's own or else ``computed_point``: use a day times lead time in days, and
    ``safety_stock``. ``suggested`` are the pieces to order now, ``drafted`` of them in a draft already.
    """

    sku: str
    name: str
    supplier: str | None
    due: bool
    reorder_point: int
    computed_point: int
    safety_stock: int
    use_per_day: float
    used: int
    lead_time_days: float
    lead_time_from: str
    available: int
    on_the_way: int
    on_order: int
    awaited: int
    position: int
    suggested: int
    drafted: int


class StepView(_View):
    state: ReturnState
    at: Instant
    by: str
    note: str | None


class ReturnView(_View):
    """A part that came back, step by step; ``credit_cents`` are what its supplier credited."""

    id: str
    sku: str
    quantity: int
    serial: str | None
    fault: str | None
    state: ReturnState
    location: str | None
    visit_id: str | None
    technician_id: str | None
    supplier: str | None
    claim: ClaimKind | None
    reference: str | None
    credit_cents: int | None
    replacement_serial: str | None
    replaced_to: str | None
    steps: list[StepView]
    updated_at: Instant


class StockLoanView(_View):
    """Pieces that a client has for a while; ``due_on`` is a day."""

    id: str
    sku: str
    quantity: int
    serials: list[str]
    location: str
    site_id: str
    customer_id: str
    state: LoanState
    lent_at: Instant
    lent_by: str
    due_on: str | None
    late: bool
    ticket_id: str | None
    back_at: Instant | None
    back_to: str | None
    note: str | None
    updated_at: Instant


class VanLineView(_View):
    """``location`` is where the pieces lie, null where nobody has them."""

    sku: str
    quantity: int
    location: str | None
    visits: list[str]
    instead_of: str | None


class TopUpView(_View):
    """``available`` is what the van has that no visit needs; ``location`` the depot that can give."""

    sku: str
    quantity: int
    location: str | None
    available: int
    minimum: int


class VanListView(_View):
    """What to load for the day's visits and for usual use, and what waits on site or is nowhere."""

    technician_id: str
    to_load: list[VanLineView]
    in_van: list[VanLineView]
    on_site: list[VanLineView]
    missing: list[VanLineView]
    top_up: list[TopUpView]


def transfer_view(kept: Kept[Transfer]) -> TransferOnTheWayView:
    return TransferOnTheWayView.model_validate(_dated(kept, TransferOnTheWayView))


def purchase_view(kept: Kept[PurchaseRequest]) -> PurchaseView:
    return PurchaseView.model_validate(_dated(kept, PurchaseView))


def return_view(kept: Kept[Returned]) -> ReturnView:
    return ReturnView.model_validate(_dated(kept, ReturnView))


def loan_view(kept: Kept[StockLoan], today: str) -> StockLoanView:
    late = kept.value.is_late(today)
    return StockLoanView.model_validate({**_dated(kept, StockLoanView, "late"), "late": late})


def van_list_view(found: VanList) -> VanListView:
    return VanListView.model_validate(found)


def reorder_view(found: Replenishment) -> ReorderView:
    return ReorderView(
        sku=found.part.id,
        name=found.part.name,
        supplier=found.part.supplier,
        due=found.is_due,
        reorder_point=found.point,
        computed_point=found.computed_point,
        safety_stock=found.safety_stock,
        use_per_day=round(found.use.per_day, 4),
        used=found.use.total,
        lead_time_days=round(found.lead.days, 2),
        lead_time_from=found.lead.source,
        available=found.available,
        on_the_way=found.on_the_way,
        on_order=found.on_order,
        awaited=found.awaited,
        position=found.position,
        suggested=found.suggested,
        drafted=found.drafted,
    )


def _dated(kept: Kept[Any], view: type[BaseModel], *without: str) -> dict[str, Any]:
    names = view.model_fields.keys() - {"updated_at", *without}
    return {**{name: getattr(kept.value, name) for name in names}, "updated_at": kept.updated_at}
