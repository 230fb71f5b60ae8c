"""Repair orders as callers read them."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from contracts.values import Instant
from infra.chassis.runtime import Kept
from services.inventory.domain.repair_order import Cover, RepairOrder, RepairState, RepairVerb, Way


class _View(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class IntakeView(_View):
    way: Way
    condition: str
    accessories: list[str]
    fault: str | None
    brought_by: str | None


class EstimateLineView(_View):
    text: str
    quantity: int
    unit_cents: int
    sku: str | None


class EstimateView(_View):
    """``total`` is a decimal number in text, without tax."""

    lines: list[EstimateLineView]
    minutes: int
    currency: str
    valid_until: Instant | None
    total: str


class DiagnosisView(_View):
    findings: str
    cover: Cover
    estimate: EstimateView


class WorkedView(_View):
    at: Instant
    by: str
    minutes: int
    note: str | None


class FittedView(_View):
    at: Instant
    by: str
    location: str
    sku: str
    quantity: int
    serials: list[str]


class CheckView(_View):
    text: str
    passed: bool
    note: str | None


class HandOverView(_View):
    way: Way
    receiver: str
    tracking: str | None
    note: str | None


class RepairStepView(_View):
    verb: str
    state: RepairState
    at: Instant
    by: str
    note: str | None


class RepairOrderView(_View):
    """``possible`` is what can be done next; ``late``: its day is over and it is still here."""

    id: str
    number: str
    asset_id: str
    asset_name: str
    customer_id: str
    site_id: str
    state: RepairState
    possible: list[RepairVerb]
    late: bool
    ticket_id: str | None
    promised_on: str | None
    intake: IntakeView
    diagnosis: DiagnosisView | None
    worked: list[WorkedView]
    minutes: int
    fitted: list[FittedView]
    checks: list[CheckView]
    hand_over: HandOverView | None
    loan_id: str | None
    steps: list[RepairStepView]
    updated_at: Instant


def repair_view(kept: Kept[RepairOrder], today: str) -> RepairOrderView:
    names = RepairOrderView.model_fields.keys() - {"updated_at", "late"}
    said: dict[str, Any] = {name: getattr(kept.value, name) for name in names}
    return RepairOrderView.model_validate(
        {**said, "updated_at": kept.updated_at, "late": kept.value.is_late(today)}
    )
