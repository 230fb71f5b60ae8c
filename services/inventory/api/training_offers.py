"""``/v1/trainings/offers``: trainings for those who get new machines, each made with one request."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel

from contracts.refusal import Refusal, UnknownReference
from contracts.text import Text
from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body
from infra.chassis.http.etag import etag
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Runtime
from infra.chassis.service import Caused, Run
from infra.chassis.store.unit import AlreadyExists
from services.inventory.api.boundary import require_customer
from services.inventory.api.trainings import MOST_PEOPLE, visible
from services.inventory.domain.site import Site
from services.inventory.domain.training import Origin, Training
from services.inventory.domain.training_offer import WISHED_AFTER, TrainingOffer, offers_of
from services.inventory.store.assets import Assets
from services.inventory.store.contacts import Contacts
from services.inventory.store.renewals import Advices
from services.inventory.store.sites import Sites
from services.inventory.store.trainings import Trainings
from services.inventory.usecases.train import AskTraining
from services.inventory.views.trainings import TrainingView, training_view
from services.inventory.watcher import rules_of

router = APIRouter(prefix="/v1/trainings/offers", tags=["trainings"])

Writer = Annotated[Principal, allow("trainings:write")]
DAYS_LOOKED_AT = 60


class TrainingOfferView(BaseModel):
    """``machines`` of ``kind`` are renewed at a site under the ticket; ``contact_ids`` own or use them."""

    customer_id: str
    ticket_id: str
    site_id: str
    kind: str
    machines: int
    contact_ids: tuple[str, ...]


class TrainingOfferList(BaseModel):
    items: list[TrainingOfferView]


class TakeOfferBody(Body):
    """``wished_on``: two weeks from now, or the first day after on which the site is open, where it is not
    said. ``category`` comes before the ``training_category`` of the rules of renewal."""

    customer_id: Id
    ticket_id: Id
    site_id: Id
    kind: Id
    wished_on: date | None = None
    category: Id | None = None


@router.get("", response_model=TrainingOfferList)
async def list_offers(customer: Id, who: Writer, run: Run) -> Any:
    """Where three machines of a kind or more are renewed at one site, and no training was asked for."""
    await require_customer(run, who, customer, "customer", customer)
    return {"items": [_view(each) for each in await offers_for(run, customer)]}


@router.post("", status_code=201, response_model=TrainingView)
async def take_offer(
    body: TakeOfferBody, who: Writer, cause: Caused, key: Idempotency, run: Run, response: Response
) -> Any:
    """The training is asked for, with those who use the machines; who, when and where can be changed."""
    await require_customer(run, who, body.customer_id, "customer", body.customer_id)
    wanted = (body.ticket_id, body.site_id, body.kind)
    found = [
        each
        for each in await offers_for(run, body.customer_id, made=True)
        if (each.ticket_id, each.site_id, each.kind) == wanted
    ]
    if not found:
        raise UnknownReference("training-offer", body.ticket_id)
    training = await _training(run, found[0], body, who.actor)
    try:
        await run.do(AskTraining(training), cause, key)
    except AlreadyExists:
        response.status_code = 200
    kept = await visible(run, who, training.id)
    response.headers["Location"] = f"/v1/trainings/{training.id}"
    response.headers["ETag"] = etag(kept.version)
    return training_view(kept)


async def offers_for(run: Runtime, customer: str, *, made: bool = False) -> list[TrainingOffer]:
    """``made``: also those whose training was asked for."""
    quoted = {"customer_id": customer, "ticket_id": {"$type": "string"}}
    advices = [kept.value for kept in await run.find(Advices, quoted, limit=0)]
    ids = sorted({each.asset_id for each in advices if each.asset_id is not None})
    assets = await run.find(Assets, {"_id": {"$in": ids}}, limit=0) if ids else []
    people = await run.find(Contacts, {"customer_id": customer}, limit=0) if assets else []
    theirs = {"customer_id": customer, "origin": {"$ne": None}}
    trainings = [] if made else await run.find(Trainings, theirs, limit=0)
    return offers_of(
        advices,
        {kept.value.id: kept.value for kept in assets},
        (kept.value for kept in trainings),
        (kept.value.contact_id for kept in people),
        run.clock.now(),
    )


async def _training(run: Runtime, offer: TrainingOffer, body: TakeOfferBody, actor: str) -> Training:
    rules = await rules_of(run, offer.customer_id)
    category = body.category or rules.training_category
    if category is None:
        raise Refusal(
            "category-not-named",
            Text(
                "Name the work type by `category`, or by `training_category` in the rules of renewal.",
                "Nommez le type de prestation par `category`, ou par `training_category` dans les règles.",
            ),
        )
    site = await run.read(Sites, offer.site_id)
    if site is None:
        raise UnknownReference("site", offer.site_id)
    return Training(
        id=offer.training_id,
        customer_id=offer.customer_id,
        site_id=offer.site_id,
        title=f"Prise en main des nouveaux équipements ({offer.kind})",
        category=category,
        wished_on=(body.wished_on or _open_day(run, site.value)).isoformat(),
        asked_by=actor,
        places=min(MOST_PEOPLE, offer.places),
        contact_ids=offer.contact_ids[:MOST_PEOPLE],
        origin=Origin(offer.ticket_id, offer.kind),
    )


def _open_day(run: Runtime, site: Site) -> date:
    first = run.clock.now().date() + WISHED_AFTER
    days = (date.fromordinal(first.toordinal() + n) for n in range(DAYS_LOOKED_AT))
    return next((day for day in days if site.open_on(day) is not None), first)


def _view(offer: TrainingOffer) -> TrainingOfferView:
    return TrainingOfferView(**vars(offer))
