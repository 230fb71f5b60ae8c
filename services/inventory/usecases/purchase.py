"""Ask for parts to be bought, from the draft to the order; what comes is received as any stock is."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil

from contracts.refusal import NotFound
from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.purchase import (
    OPEN,
    OpenDraft,
    PurchaseLine,
    PurchaseRequest,
    PurchaseState,
    Signed,
)
from services.inventory.store.parts import Parts
from services.inventory.store.purchases import OpenDrafts, PurchaseRequests


@dataclass(frozen=True)
class MakePurchaseRequest:
    id: str
    supplier: str | None
    lines: tuple[PurchaseLine, ...]
    note: str | None = None

    def loads(self) -> Loads:
        return tuple(Ref(Parts, each.sku) for each in self.lines)

    def decide(self, unit: Unit) -> None:
        """An unknown part is an ``UnknownReference``."""
        _require_parts(unit, self.lines)
        unit.add(PurchaseRequests, _drafted(unit, self.id, self.supplier, self.lines, self.note))


@dataclass(frozen=True)
class DraftPurchase:
    """What runs short of one supplier's, into the draft that is open for him, or a new one of this ``id``.

    ``counted`` are the requests on order that the quantities were worked out with: where another one has
    been agreed to meanwhile its parts are left out. What other drafts ask for is not asked for again.
    """

    id: str
    supplier: str | None
    lines: tuple[PurchaseLine, ...]
    counted: frozenset[str] = frozenset()

    @property
    def _draft_id(self) -> str:
        return hashlib.sha256((self.supplier or "").encode()).hexdigest()[:32]

    def loads(self) -> Loads:
        return (Ref(OpenDrafts, self._draft_id),)

    def decide(self, unit: Unit) -> str | None:
        """The id of the draft; None where others have asked for all of it."""
        pointer = unit.get(OpenDrafts, self._draft_id)
        draft = None if pointer is None else unit.get(PurchaseRequests, pointer.request_id)
        wanted = (self._not_asked_for(unit, each, draft) for each in self.lines)
        lines = tuple(each for each in wanted if each.quantity)
        if not lines:
            return None
        if draft is not None and draft.state is PurchaseState.DRAFT:
            raised = draft.raised(lines)
            if raised != draft:
                unit.save(PurchaseRequests, raised)
            return draft.id
        unit.add(PurchaseRequests, _drafted(unit, self.id, self.supplier, lines, None))
        unit.put(OpenDrafts, OpenDraft(self._draft_id, self.id))
        return self.id

    def _not_asked_for(self, unit: Unit, line: PurchaseLine, own: PurchaseRequest | None) -> PurchaseLine:
        naming = unit.where(PurchaseRequests, "skus", line.sku)
        if any(each.state in OPEN and each.id not in self.counted for each in naming):
            return replace(line, quantity=0)
        others = [each for each in naming if each.state is PurchaseState.DRAFT and each != own]
        drafted = sum(one.open for each in others for one in each.lines if one.sku == line.sku)
        if not drafted:
            return line
        part = unit.get(Parts, line.sku)
        pack = 1 if part is None else part.order_multiple
        return replace(line, quantity=ceil(max(0, line.quantity - drafted) / pack) * pack)


@dataclass(frozen=True)
class ChangePurchaseLines:
    id: str
    lines: tuple[PurchaseLine, ...]
    expected: Expected = None

    def loads(self) -> Loads:
        return (Ref(PurchaseRequests, self.id), *(Ref(Parts, each.sku) for each in self.lines))

    def decide(self, unit: Unit) -> None:
        request = known_request(unit, self.id, self.expected)
        _require_parts(unit, self.lines)
        unit.save(PurchaseRequests, request.with_lines(self.lines))


@dataclass(frozen=True)
class ApprovePurchase:
    id: str
    expected: Expected = None

    def loads(self) -> Loads:
        return (Ref(PurchaseRequests, self.id),)

    def decide(self, unit: Unit) -> None:
        request = known_request(unit, self.id, self.expected)
        unit.save(PurchaseRequests, request.approve(Signed(unit.now, unit.cause.actor)))


@dataclass(frozen=True)
class OrderPurchase:
    """It went to the supplier; ``expected_on`` is a day (``YYYY-MM-DD``)."""

    id: str
    reference: str | None = None
    expected_on: str | None = None
    ordered_at: datetime | None = None
    expected: Expected = None

    def loads(self) -> Loads:
        return (Ref(PurchaseRequests, self.id),)

    def decide(self, unit: Unit) -> None:
        request = known_request(unit, self.id, self.expected)
        signed = Signed(self.ordered_at or unit.now, unit.cause.actor)
        unit.save(PurchaseRequests, request.order(signed, self.reference, self.expected_on))


@dataclass(frozen=True)
class CancelPurchase:
    id: str
    note: str | None = None
    expected: Expected = None

    def loads(self) -> Loads:
        return (Ref(PurchaseRequests, self.id),)

    def decide(self, unit: Unit) -> None:
        request = known_request(unit, self.id, self.expected)
        unit.save(PurchaseRequests, request.cancel(Signed(unit.now, unit.cause.actor), self.note))


def known_request(unit: Unit, id: str, expected: Expected = None) -> PurchaseRequest:
    request = unit.get(PurchaseRequests, id)
    if request is None:
        raise NotFound("purchase-request", id)
    check_version(unit.version(PurchaseRequests, id), expected)
    return request


def _drafted(
    unit: Unit, id: str, supplier: str | None, lines: tuple[PurchaseLine, ...], note: str | None
) -> PurchaseRequest:
    signed = Signed(unit.now, unit.cause.actor)
    return PurchaseRequest(id, supplier, lines, signed, tuple(each.sku for each in lines), note=note)


def _require_parts(unit: Unit, lines: tuple[PurchaseLine, ...]) -> None:
    for each in lines:
        unit.require(Parts, each.sku, as_="part").require_stocked()
