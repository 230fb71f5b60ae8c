"""Plans of maintenance and what comes of them, as callers read them."""

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel

from contracts.checklists import ChecklistItem
from contracts.values import Instant
from infra.chassis.runtime import Kept
from services.inventory.domain.maintenance_plan import (
    ByAge,
    ByCalendar,
    ByCondition,
    ByCounter,
    CountsFrom,
    MaintenancePlan,
    Trigger,
)
from services.inventory.domain.occurrence import Occurrence, OccurrenceState, Result
from services.inventory.domain.quiet_days import Because

Filter = dict[str, Any]


class TriggerView(BaseModel):
    """What is not of its ``kind`` is null."""

    kind: Literal["calendar", "counter", "older-than", "condition"]
    every: int | None = None
    unit: str | None = None
    first_on: date | None = None
    field: str | None = None
    step: int | None = None
    days: int | None = None
    records: bool | None = None
    below: float | None = None
    above: float | None = None


class MaintenancePlanView(BaseModel):
    """``next_look_at`` is when it is gone through next."""

    id: str
    customer_id: str
    name: str
    category: str
    trigger: TriggerView
    site_ids: tuple[str, ...]
    kinds: tuple[str, ...]
    asset_ids: tuple[str, ...]
    before_days: int
    after_days: int
    counts_from: CountsFrom
    minutes: int
    instructions: str
    checklist: tuple[ChecklistItem, ...]
    follow_up_category: str | None
    active: bool
    next_look_at: Instant | None
    updated_at: Instant


class OccurrenceView(BaseModel):
    """``due_on`` is null while only the counter, at ``count_due``, will tell. ``chosen_on`` is the day
    that its ticket asks for, and ``because`` why that one."""

    id: str
    plan_id: str
    customer_id: str
    site_id: str
    asset_id: str | None
    state: OccurrenceState
    due_on: date | None
    earliest_on: date | None
    latest_on: date | None
    count_due: int | None
    chosen_on: date | None
    because: Because | None
    asset_ids: tuple[str, ...]
    ticket_id: str | None
    done_on: date | None
    results: tuple[Result, ...]
    follow_up_id: str | None
    updated_at: Instant


_OF_THE_PLAN = MaintenancePlanView.model_fields.keys() - {"trigger", "next_look_at", "updated_at"}


def plan_view(kept: Kept[MaintenancePlan]) -> MaintenancePlanView:
    plan = kept.value
    return MaintenancePlanView(
        **{name: getattr(plan, name) for name in _OF_THE_PLAN},
        trigger=_trigger(plan.trigger),
        next_look_at=plan.look_at,
        updated_at=kept.updated_at,
    )


def _trigger(trigger: Trigger) -> TriggerView:
    match trigger:
        case ByCalendar():
            first = date.fromisoformat(trigger.first_on)
            return TriggerView(kind="calendar", every=trigger.every, unit=trigger.unit, first_on=first)
        case ByCounter():
            return TriggerView(kind="counter", field=trigger.field, step=trigger.step)
        case ByAge():
            return TriggerView(
                kind="older-than", field=trigger.field, days=trigger.days, records=trigger.records
            )
        case ByCondition():
            return TriggerView(
                kind="condition",
                field=trigger.field,
                days=trigger.days,
                below=trigger.below,
                above=trigger.above,
            )


def occurrence_view(kept: Kept[Occurrence]) -> OccurrenceView:
    shown = OccurrenceView.model_fields.keys() - {"updated_at"}
    return OccurrenceView(**{name: getattr(kept.value, name) for name in shown}, updated_at=kept.updated_at)


def due_between(first: date | None, last: date | None) -> Filter:
    """Occurrences that are due from ``first`` to ``last``, both included."""
    within = {"$gte": first and first.isoformat(), "$lte": last and last.isoformat()}
    said = {name: day for name, day in within.items() if day is not None}
    return {"due_on": {**said, "$type": "string"}} if said else {}
