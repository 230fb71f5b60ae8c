"""Facts of the park, on ``inventory.assets.v1``, keyed by the asset."""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from contracts.checklists import MOST_ITEMS, ChecklistItem
from contracts.envelope import Fact
from contracts.ticket.events import Wording
from contracts.values import Id, Instant, Summary, Urgency, Value, Window

Said = Annotated[str, StringConstraints(max_length=200)]


class AssetDifference(Value):
    """Something of a machine that an inventory found changed, as people would say it (``16 GB``)."""

    field: Said
    before: Said | None = None
    after: Said | None = None


class WorkAsked(Value):
    """Preventive work that a rule asks for: a ticket of the id ``ticket_id``, however often this is told."""

    ticket_id: Id
    rule: Id
    category: Id
    summary: Summary
    detail: Annotated[str, StringConstraints(max_length=2000)]


class AssetChanged(Fact):
    """An inventory found a machine changed, or in a state in which a rule asks for work.

    What a rule has asked for it asks for again only after the state was left. What is changed is a machine's,
    never a person's.
    """

    TYPE: ClassVar[str] = "asset-changed"

    asset_id: Id
    customer_id: Id
    site_id: Id
    differences: Annotated[tuple[AssetDifference, ...], Field(max_length=50)] = ()
    asks: Annotated[tuple[WorkAsked, ...], Field(max_length=20)] = ()


class MaintenanceDue(Fact):
    """Preventive work is to be done: a ticket of the id ``ticket_id``, however often this is told.

    ``window`` is when it would suit best; None where nobody chose. Where it follows from an answer to the
    checklist of ``follows_ticket_id``, that is the ticket it was found at.
    """

    TYPE: ClassVar[str] = "maintenance-due"

    occurrence_id: Id
    plan_id: Id
    ticket_id: Id
    customer_id: Id
    site_id: Id
    asset_ids: Annotated[tuple[Id, ...], Field(max_length=200)] = ()
    category: Id
    summary: Summary
    detail: Annotated[str, StringConstraints(max_length=4000)]
    urgency: Urgency = Urgency.LOW
    window: Window | None = None
    checklist: Annotated[tuple[ChecklistItem, ...], Field(max_length=MOST_ITEMS)] = ()
    follows_ticket_id: Id | None = None


class TipSent(Fact):
    """What was learned is told to people at one customer's: ``contact_ids`` are theirs, each named once."""

    TYPE: ClassVar[str] = "tip-sent"

    campaign_id: Id
    customer_id: Id
    contact_ids: Annotated[tuple[Id, ...], Field(max_length=500)]
    title: Wording
    text: Wording


class TrainingAsked(Fact):
    """Users are to be trained at a site: a ticket of the id ``ticket_id``, however often this is told.

    ``window`` is the wished day, as long as the site is open. Who comes is not said: names are personal.
    """

    TYPE: ClassVar[str] = "training-asked"

    training_id: Id
    ticket_id: Id
    customer_id: Id
    site_id: Id
    category: Id
    summary: Summary
    detail: Annotated[str, StringConstraints(max_length=4000)]
    window: Window | None = None
    checklist: Annotated[tuple[ChecklistItem, ...], Field(max_length=MOST_ITEMS)] = ()


class TrainingNews(StrEnum):
    """``held``: those who came are asked for a mark."""

    INVITED = "invited"
    MOVED = "moved"
    CALLED_OFF = "called-off"
    REMINDED = "reminded"
    HELD = "held"


class TrainingTold(Fact):
    """People are told of a training: ``contact_ids`` are its customer's, each named once.

    ``start_at`` to ``end_at`` is when it is, or was to be. ``sequence`` rises with each change of it, as
    calendars want it. ``marks_until``: how long they may say how it was.
    """

    TYPE: ClassVar[str] = "training-told"

    training_id: Id
    customer_id: Id
    site_id: Id
    contact_ids: Annotated[tuple[Id, ...], Field(min_length=1, max_length=200)]
    news: TrainingNews
    title: Summary
    room: Said | None = None
    start_at: Instant
    end_at: Instant
    technician_id: Id | None = None
    sequence: int = 0
    marks_until: Instant | None = None
