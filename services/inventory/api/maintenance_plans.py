"""``/v1/maintenance-plans``: what is done before something breaks."""

from datetime import date
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field, field_validator, model_validator

from contracts.checklists import MOST_ITEMS, ChecklistItem, Choice, Finite, ItemKind, Label, consistent
from contracts.text import InvalidValue
from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body, said
from infra.chassis.http.etag import IfMatch, created_or_replaced, etag, not_modified
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.paging import Page, Paged, paged
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.service import Caused, Run
from services.inventory.api.boundary import customers_filter, require_customer
from services.inventory.domain.maintenance_plan import (
    ByAge,
    ByCalendar,
    ByCondition,
    ByCounter,
    CountsFrom,
    Every,
    MaintenancePlan,
    Trigger,
)
from services.inventory.domain.occurrence import OccurrenceState
from services.inventory.store.maintenance import MaintenancePlans, Occurrences
from services.inventory.usecases.put_maintenance_plan import PutMaintenancePlan
from services.inventory.views.maintenance import (
    MaintenancePlanView,
    OccurrenceView,
    occurrence_view,
    plan_view,
)

router = APIRouter(prefix="/v1/maintenance-plans", tags=["maintenance"])

Reader = Annotated[Principal, allow("maintenance-plans:read")]
Name = Annotated[str, said(100)]
Field_ = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,39}$")]


class TriggerBody(Body):
    """``calendar``: ``every`` so many ``unit`` from ``first_on`` on. ``counter``: each time that a machine's
    ``field`` has risen by ``step``. ``older-than``: when the day in its ``field`` is ``days`` past; with
    ``records`` the day when it is done is written there. ``condition``: while the number in its ``field`` is
    ``below`` or ``above`` a limit; once done, not again within ``days`` (30)."""

    kind: Literal["calendar", "counter", "older-than", "condition"]
    every: Annotated[int, Field(ge=1, le=520)] | None = None
    unit: Every | None = None
    first_on: date | None = None
    field: Field_ | None = None
    step: Annotated[int, Field(ge=1, le=1_000_000_000)] | None = None
    days: Annotated[int, Field(ge=1, le=20_000)] | None = None
    records: bool | None = None
    below: Finite | None = None
    above: Finite | None = None

    @model_validator(mode="after")
    def _has_what_its_kind_has(self) -> Self:
        wanted = {
            "calendar": {"every", "unit", "first_on"},
            "counter": {"field", "step"},
            "older-than": {"field", "days"},
            "condition": {"field", "above" if self.below is None else "below"},
        }[self.kind]
        given = {name for name in ("every", "unit", "first_on", "field", "step", "days", "below", "above")
                 if getattr(self, name) is not None}  # fmt: skip
        if self.kind == "condition":
            given.discard("days")
        if given != wanted or (self.records is not None and self.kind != "older-than"):
            names = ", ".join(sorted(wanted))
            raise InvalidValue(f"{self.kind} has {names}", f"{self.kind} a {names}")
        return self

    def trigger(self) -> Trigger:
        if self.every is not None and self.unit is not None and self.first_on is not None:
            return ByCalendar(self.every, self.unit, self.first_on.isoformat())
        if self.field is not None and self.step is not None:
            return ByCounter(self.field, self.step)
        assert self.field is not None, "checked above"
        if self.kind == "condition":
            return ByCondition(self.field, self.below, self.above, self.days or 30)
        assert self.days is not None, "checked above"
        return ByAge(self.field, self.days, bool(self.records))


class ItemBody(Body):
    """One thing to look at. ``fr`` and ``en`` ask for it. A number, in ``unit``, is right from ``least`` to
    ``most``; another answer where it is one of ``right``."""

    id: Id
    fr: Label
    en: Label
    kind: ItemKind
    unit: Annotated[str, said(20)] | None = None
    choices: Annotated[tuple[Choice, ...], Field(max_length=20)] = ()
    least: Finite | None = None
    most: Finite | None = None
    right: Annotated[tuple[Choice, ...], Field(max_length=20)] = ()
    optional: bool = False

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        self.item()
        return self

    def item(self) -> ChecklistItem:
        return consistent(ChecklistItem(**dict(self)))


class MaintenancePlanBody(Body):
    """Which machines: those of ``kinds`` and those of ``asset_ids``, at ``site_ids`` or at all sites; with
    neither a calendar goes to the sites themselves.

    An occurrence may be made from ``before_days`` ahead of when it is due until ``after_days`` behind it. The
    next one is counted from when it was ``done``, or from when it was ``due``.
    """

    customer_id: Id
    name: Name
    category: Id
    trigger: TriggerBody
    site_ids: Annotated[tuple[Id, ...], Field(max_length=500)] = ()
    kinds: Annotated[tuple[Id, ...], Field(max_length=50)] = ()
    asset_ids: Annotated[tuple[Id, ...], Field(max_length=500)] = ()
    before_days: Annotated[int, Field(ge=0, le=180)] = 0
    after_days: Annotated[int, Field(ge=0, le=180)] = 14
    counts_from: CountsFrom = CountsFrom.DONE
    minutes: Annotated[int, Field(ge=5, le=2_400)] = 60
    instructions: Annotated[str, Field(max_length=2_000)] = ""
    checklist: Annotated[tuple[ItemBody, ...], Field(max_length=MOST_ITEMS)] = ()
    follow_up_category: Id | None = None
    active: bool = True

    @field_validator("checklist")
    @classmethod
    def _each_item_once(cls, items: tuple[ItemBody, ...]) -> tuple[ItemBody, ...]:
        if len({each.id for each in items}) < len(items):
            raise InvalidValue("each item has an id of its own", "chaque point a son propre identifiant")
        return items

    def plan(self, id: str) -> MaintenancePlan:
        said = dict(self) | {
            "trigger": self.trigger.trigger(),
            "checklist": tuple(each.item() for each in self.checklist),
        }
        return MaintenancePlan(id=id, **said)


class MaintenancePlanPage(BaseModel):
    items: list[MaintenancePlanView]
    next: str | None


class OccurrencePage(BaseModel):
    items: list[OccurrenceView]
    next: str | None


@router.put("/{id}", responses={201: {"model": MaintenancePlanView, "description": "It is new"}})
async def put_plan(
    id: Id,
    body: MaintenancePlanBody,
    expected: IfMatch,
    key: Idempotency,
    principal: Annotated[Principal, allow("maintenance-plans:write")],
    cause: Caused,
    run: Run,
    response: Response,
) -> MaintenancePlanView:
    """It is gone through at once, and every morning from then on."""
    done = await run.do(PutMaintenancePlan(body.plan(id), expected), cause, key)
    kept = await run.read(MaintenancePlans, id)
    assert kept is not None
    created_or_replaced(response, f"/v1/maintenance-plans/{id}", created=done.result)
    response.headers["ETag"] = etag(kept.version)
    return plan_view(kept)


@router.get("/{id}", response_model=MaintenancePlanView)
async def read_plan(id: Id, principal: Reader, run: Run, request: Request, response: Response) -> Any:
    kept = await _visible(run, principal, id)
    response.headers["ETag"] = etag(kept.version)
    return not_modified(request, kept.version) or plan_view(kept)


@router.get("", response_model=MaintenancePlanPage)
async def list_plans(page: Paged, principal: Reader, run: Run, customer: Id | None = None) -> Any:
    query = page.filter({"$and": [await customers_filter(run, principal)]}, customer_id=customer)
    found = await run.find(MaintenancePlans, query, sort=page.sort, limit=page.fetch)
    return page.of(found, plan_view)


@router.get("/{id}/occurrences", response_model=OccurrencePage)
async def list_occurrences(
    id: Id, page: Annotated[Page, paged(OccurrenceState)], principal: Reader, run: Run
) -> Any:
    """Those to come, one for each site or machine, and those that were."""
    await _visible(run, principal, id)
    found = await run.find(Occurrences, page.filter({"plan_id": id}), sort=page.sort, limit=page.fetch)
    return page.of(found, occurrence_view)


async def _visible(run: Runtime, principal: Principal, id: str) -> Kept[MaintenancePlan]:
    kept = await run.read(MaintenancePlans, id)
    if kept is None:
        raise not_found("maintenance-plan", id)
    await require_customer(run, principal, kept.value.customer_id, "maintenance-plan", id)
    return kept
