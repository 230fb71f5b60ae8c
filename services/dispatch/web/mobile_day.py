"""What a technician carries with him: his visits of the next days, and all that dispatch knows for them."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta

from pydantic import BaseModel

from contracts.values import SiteAccess, VisitState, WeeklyWindows
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept, Runtime
from services.dispatch.api.visits import DIRECTORY
from services.dispatch.domain.visit import Visit
from services.dispatch.store.copies import Contacts, Customers, Sites, StockLevels
from services.dispatch.store.reports import Reports
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits
from services.dispatch.views.visibility import VISIT
from services.dispatch.views.visits import FirmVisitView, VisitView, visit_view

AHEAD = timedelta(days=3)
STILL_SHOWN = timedelta(hours=18)
"""How long what is over stays in sight: until the end of the day, whenever that began."""
EARLIER_VISITS = 5
"""As many as are read in front of a machine."""

TO_DO = (
    VisitState.PLANNED,
    VisitState.DISPATCHED,
    VisitState.ACKNOWLEDGED,
    VisitState.EN_ROUTE,
    VisitState.ARRIVED,
    VisitState.STARTED,
    VisitState.PAUSED,
)


class Person(BaseModel):
    """Whom to ask for, and how to reach him."""

    name: str
    phone: str | None
    role: str | None


class Whereabouts(BaseModel):
    """Where to go and how to get in. Codes and keys are never part of it."""

    name: str
    address: str
    postcode: str
    commune: str
    latitude: float
    longitude: float
    time_zone: str
    opening: WeeklyWindows | None
    access: SiteAccess | None


class CarriedVisit(BaseModel):
    """A visit with what is needed to make it where nothing else can be asked."""

    visit: FirmVisitView | VisitView
    customer: str | None
    site: Whereabouts | None
    contact: Person | None
    earlier: tuple[FirmVisitView | VisitView, ...]


class Held(BaseModel):
    """A part on his van."""

    sku: str
    on_hand: int


class Me(BaseModel):
    id: str
    name: str | None


class Carried(BaseModel):
    """``now`` is the time that everything else counts from: a telephone's own clock may be wrong."""

    technician: Me
    now: datetime
    until: datetime
    visits: tuple[CarriedVisit, ...]
    van: tuple[Held, ...]


async def carried(run: Runtime, principal: Principal, language: str) -> Carried:
    """Everything for the next days of whoever asks; of whom no token names a subject there is nothing."""
    me, now = principal.subject or "", run.clock.now()
    until = now + AHEAD
    own = VISIT.among(await DIRECTORY.viewer(principal, run))
    his = {**own, "technician_id": me}
    to_do = {**his, "state": {"$in": list(TO_DO)}, "plan.start_at": {"$lt": until}}
    over = {
        **his,
        "state": {"$in": [VisitState.CLOSED, VisitState.CANCELLED]},
        "updated_at": {"$gte": now - STILL_SHOWN},
    }
    technician, *found = await asyncio.gather(
        run.read(Technicians, me), run.find(Visits, to_do), run.find(Visits, over)
    )
    visits = [kept for each in found for kept in each]
    van, *shown = await asyncio.gather(
        _van(run, me),
        *(_carried_visit(run, kept, {**own, "site_id": kept.value.site_id}, principal, language)
          for kept in visits),
    )  # fmt: skip
    return Carried(
        technician=Me(id=me, name=technician.value.name if technician else None),
        now=now,
        until=until,
        visits=tuple(shown),
        van=tuple(van),
    )


async def _carried_visit(
    run: Runtime, kept: Kept[Visit], at_its_site: dict[str, object], principal: Principal, language: str
) -> CarriedVisit:
    visit = kept.value
    whom = visit.on_site_contact_id or visit.requester_id
    before = {**at_its_site, "state": VisitState.CLOSED, "_id": {"$ne": visit.id}}
    site, customer, contact, earlier = await asyncio.gather(
        run.read(Sites, visit.site_id),
        run.read(Customers, visit.customer_id),
        _nobody() if whom is None else run.read(Contacts, whom),
        run.find(Visits, before, sort=(("updated_at", -1), ("_id", -1)), limit=EARLIER_VISITS),
    )
    ids = [each.value.id for each in earlier]
    reports = {each.value.id: each.value for each in await run.find(Reports, {"_id": {"$in": ids}})}
    return CarriedVisit(
        visit=visit_view(kept, principal, language),
        customer=customer.value.name if customer else None,
        site=None if site is None else Whereabouts.model_validate(site.value, from_attributes=True),
        contact=None if contact is None else Person.model_validate(contact.value, from_attributes=True),
        earlier=tuple(visit_view(each, principal, language, reports.get(each.value.id)) for each in earlier),
    )


async def _van(run: Runtime, technician_id: str) -> Iterable[Held]:
    van = f"van:{technician_id}"
    # A level's id is "<location>/<sku>", and "0" comes after "/".
    levels = await run.find(StockLevels, {"_id": {"$gt": f"{van}/", "$lt": f"{van}0"}}, limit=0)
    return [Held(sku=each.value.sku, on_hand=each.value.on_hand) for each in levels if each.value.on_hand > 0]


async def _nobody() -> None:
    return None
