"""``/v1/trainings``: users are trained at a site, by a visit."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field, field_validator

from contracts.text import InvalidValue
from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body, said
from infra.chassis.http.etag import IfMatch, etag, not_modified
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.paging import Page, paged
from infra.chassis.http.parameters import Moment
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.service import Caused, Run
from services.inventory.api.boundary import customers_filter, require_customer
from services.inventory.domain.training import Guest, Training, TrainingState
from services.inventory.store.trainings import Trainings
from services.inventory.usecases.train import AskTraining, DescribeTraining, TakeAttendance
from services.inventory.views.trainings import (
    TrainingFigures,
    TrainingPage,
    TrainingView,
    figures_of,
    held_between,
    training_view,
)

router = APIRouter(prefix="/v1/trainings", tags=["trainings"])

Reader = Annotated[Principal, allow("trainings:read")]
Writer = Annotated[Principal, allow("trainings:write")]
Attendant = Annotated[Principal, allow("trainings:attend")]
MOST_PEOPLE = 200


class DescriptionBody(Body):
    """``contacts`` are invited by mail; ``guests`` are names on the list, who are not written to. Together
    they have ``places``. ``materials`` are what is to be brought: documents, parts, a projector."""

    title: Annotated[str, said(100)]
    programme: Annotated[str, Field(max_length=3_000)] = ""
    materials: Annotated[tuple[Annotated[str, said(200)], ...], Field(max_length=20)] = ()
    room: Annotated[str, said(100)] | None = None
    places: Annotated[int, Field(ge=1, le=MOST_PEOPLE)] = 10
    contacts: Annotated[tuple[Id, ...], Field(max_length=MOST_PEOPLE)] = ()
    guests: Annotated[tuple[Annotated[str, said(100)], ...], Field(max_length=MOST_PEOPLE)] = ()

    @field_validator("contacts", "guests")
    @classmethod
    def _each_once(cls, named: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(named)) < len(named):
            raise InvalidValue("each is named once", "chacun est nommé une fois")
        return named

    def described(self, of: Training) -> Training:
        """Guests whose names stay keep their ids: who came is known by them."""
        known = {each.name: each.id for each in of.guests}
        taken = {each.id for each in of.guests}
        numbers = (n for n in range(1, 2 * MOST_PEOPLE + 2) if f"guest-{n}" not in taken)
        guests = tuple(Guest(known.get(name) or f"guest-{next(numbers)}", name) for name in self.guests)
        return Training(
            id=of.id,
            customer_id=of.customer_id,
            site_id=of.site_id,
            category=of.category,
            wished_on=of.wished_on,
            asked_by=of.asked_by,
            origin=of.origin,
            title=" ".join(self.title.split()),
            programme=self.programme.strip(),
            materials=self.materials,
            room=self.room,
            places=self.places,
            contact_ids=self.contacts,
            guests=guests,
        )


class TrainingBody(DescriptionBody):
    """``category`` is the work type of the visit, which says how long it takes. The day that was wished for
    is preferred when its visit is planned; everybody is told once it is."""

    customer_id: Id
    site_id: Id
    category: Id
    wished_on: date


class AttendanceBody(Body):
    """``came``: ids of contacts and of guests. ``questions`` that were asked, to come back to."""

    came: Annotated[tuple[Id, ...], Field(max_length=MOST_PEOPLE)]
    questions: Annotated[str, Field(max_length=4_000)] | None = None


@router.post("", status_code=201, response_model=TrainingView)
async def ask_training(
    body: TrainingBody, who: Writer, cause: Caused, key: Idempotency, run: Run, response: Response
) -> Any:
    """Its ticket is open a moment later, under ``ticket_id``: to call the training off is to cancel that."""
    await require_customer(run, who, body.customer_id, "customer", body.customer_id)

    def asked(id: str) -> Training:
        bare = Training(
            id=id,
            customer_id=body.customer_id,
            site_id=body.site_id,
            title="",
            category=body.category,
            wished_on=body.wished_on.isoformat(),
            asked_by=who.actor,
        )
        return body.described(bare)

    created = await run.create(lambda id: AskTraining(asked(id)), cause, key)
    response.headers["Location"] = f"/v1/trainings/{created.id}"
    return await _shown(run, who, created.id, response)


@router.put("/{id}", response_model=TrainingView)
async def describe_training(
    id: Id,
    body: DescriptionBody,
    expected: IfMatch,
    who: Writer,
    cause: Caused,
    key: Idempotency,
    run: Run,
    response: Response,
) -> Any:
    """Who is new to it is invited, and who is no more on it is told, once it stands for ten minutes."""
    kept = await visible(run, who, id)
    await run.do(DescribeTraining(body.described(kept.value), expected), cause, key)
    return await _shown(run, who, id, response)


@router.post("/{id}/attendance", response_model=TrainingView)
async def take_attendance(
    id: Id,
    body: AttendanceBody,
    expected: IfMatch,
    who: Attendant,
    cause: Caused,
    key: Idempotency,
    run: Run,
    response: Response,
) -> Any:
    """From its first minute on, and as often as it turns out otherwise."""
    await visible(run, who, id)
    await run.do(TakeAttendance(id, body.came, body.questions, expected), cause, key)
    return await _shown(run, who, id, response)


@router.get("/figures", response_model=TrainingFigures)
async def read_figures(
    who: Reader,
    run: Run,
    customer: Id | None = None,
    from_: Annotated[Moment | None, Query(alias="from")] = None,
    to: Moment | None = None,
) -> Any:
    """How many came of those who were expected, and how it was, over what was held in that time."""
    if customer is not None:
        await require_customer(run, who, customer, "customer", customer)
    query: dict[str, Any] = {"state": TrainingState.HELD.value, **held_between(from_, to)}
    among = [await customers_filter(run, who), {} if customer is None else {"customer_id": customer}]
    found = await run.find(Trainings, {"$and": [*among, query]}, limit=0)
    return figures_of(kept.value for kept in found)


@router.get("", response_model=TrainingPage)
async def list_trainings(
    page: Annotated[Page, paged(TrainingState)],
    who: Reader,
    run: Run,
    customer: Id | None = None,
    site: Id | None = None,
) -> Any:
    query = page.filter({"$and": [await customers_filter(run, who)]}, customer_id=customer, site_id=site)
    found = await run.find(Trainings, query, sort=page.sort, limit=page.fetch)
    return page.of(found, training_view)


@router.get("/{id}", response_model=TrainingView)
async def read_training(id: Id, who: Reader, run: Run, request: Request, response: Response) -> Any:
    kept = await visible(run, who, id)
    response.headers["ETag"] = etag(kept.version)
    return not_modified(request, kept.version) or training_view(kept)


async def visible(run: Runtime, who: Principal, id: str) -> Kept[Training]:
    """404 for another customer's."""
    kept = await run.read(Trainings, id)
    if kept is None:
        raise not_found("training", id)
    await require_customer(run, who, kept.value.customer_id, "training", id)
    return kept


async def _shown(run: Runtime, who: Principal, id: str, response: Response) -> TrainingView:
    kept = await visible(run, who, id)
    response.headers["ETag"] = etag(kept.version)
    return training_view(kept)
