"""Trainings, as callers read them."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from pydantic import BaseModel

from contracts.values import Instant
from infra.chassis.runtime import Kept
from services.inventory.domain.training import Training, TrainingState


class GuestView(BaseModel):
    id: str
    name: str


class OriginView(BaseModel):
    ticket_id: str
    kind: str


class TrainingView(BaseModel):
    """``start_at`` is null until its visit is planned. ``came``, of contacts' and guests' ids, is null until
    somebody has taken it down; ``attended`` is what is known then or from the technician's count.

    Of marks there is their number and their mean (1 to 5, null without one), and what was said with them.
    """

    id: str
    customer_id: str
    site_id: str
    title: str
    category: str
    state: TrainingState
    wished_on: date
    programme: str
    materials: tuple[str, ...]
    room: str | None
    places: int
    contact_ids: tuple[str, ...]
    guests: tuple[GuestView, ...]
    origin: OriginView | None
    ticket_id: str
    visit_id: str | None
    technician_id: str | None
    start_at: Instant | None
    end_at: Instant | None
    held_at: Instant | None
    came: tuple[str, ...] | None
    attended: int | None
    questions: str
    marks: int
    mean_mark: float | None
    comments: tuple[str, ...]
    asked_by: str
    updated_at: Instant


class TrainingPage(BaseModel):
    items: list[TrainingView]
    next: str | None


class TrainingFigures(BaseModel):
    """Of the trainings that were held. ``attendance`` is from 0 to 1, over those where it is known; null
    where it is nowhere, as ``mean_mark`` is where nobody has given one."""

    held: int
    invited: int
    attended: int
    attendance: float | None
    marks: int
    mean_mark: float | None


_SAID = TrainingView.model_fields.keys() - {"guests", "origin", "marks", "comments", "updated_at"}


def training_view(kept: Kept[Training]) -> TrainingView:
    it = kept.value
    return TrainingView(
        **{name: getattr(it, name) for name in _SAID},
        guests=tuple(GuestView(id=each.id, name=each.name) for each in it.guests),
        origin=None if it.origin is None else OriginView(**vars(it.origin)),
        marks=len(it.marks),
        comments=tuple(each.comment for each in it.marks if each.comment),
        updated_at=kept.updated_at,
    )


def figures_of(trainings: Iterable[Training]) -> TrainingFigures:
    held = [each for each in trainings if each.state is TrainingState.HELD]
    counted = [(each.attended, each.invited) for each in held if each.attended is not None]
    came, expected = sum(each for each, _ in counted), sum(each for _, each in counted)
    marks = [mark.mark for each in held for mark in each.marks]
    return TrainingFigures(
        held=len(held),
        invited=sum(each.invited for each in held),
        attended=came,
        attendance=round(min(1.0, came / expected), 3) if expected else None,
        marks=len(marks),
        mean_mark=round(sum(marks) / len(marks), 2) if marks else None,
    )


def held_between(start: Any, end: Any) -> dict[str, Any]:
    """As a query; None leaves that end open."""
    bounds = {name: at for name, at in (("$gte", start), ("$lt", end)) if at is not None}
    return {"held_at": bounds} if bounds else {}
