"""What a technician carries with him: his visits of the next days, and all that dispatch knows for them."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from pydantic import BaseModel

from contracts.values import SiteAccess, VisitState, WeeklyWindows
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.store.collection import Document, Kind
from services.dispatch.api.visits import DIRECTORY
from services.dispatch.domain.plan import MOVABLE, UNDER_WAY
from services.dispatch.domain.visit import Visit
from services.dispatch.store.copies import Contacts, Customers, Sites, StockLevels
from services.dispatch.store.reports import Reports
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits
from services.dispatch.views.visibility import VISIT
from services.dispatch.views.visits import FirmVisitView, VisitView, visit_view

A = TypeVar("A")
M = TypeVar("M", bound=BaseModel)

AHEAD = timedelta(days=3)
STILL_SHOWN = timedelta(hours=18)
"""How long what is over stays in sight: until the end of the day, whenever that began."""
EARLIER_VISITS = 5
"""As many as are read in front of a machine."""


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


class Colleague(BaseModel):
    """Who is there, too, and how to reach him; ``leads``: it is he who says what is done."""

    name: str
    phone: str | None
    leads: bool


class CarriedVisit(BaseModel):
    """A visit with what is needed to make it where nothing else can be asked."""

    visit: FirmVisitView | VisitView
    customer: str | None
    site: Whereabouts | None
    contact: Person | None
    crew: tuple[Colleague, ...]
    earlier: tuple[FirmVisitView | VisitView, ...]


class Held(BaseModel):
    """A part on his van."""

    sku: str
    on_hand: int


class Me(BaseModel):
    id: str
    name: str | None


class Carried(BaseModel):
    """``now`` is the time that everything else counts from: a telephone's own clock may be wrong.

    ``sign_minutes``: how often who works alone says that he is well.
    """

    technician: Me
    now: datetime
    until: datetime
    visits: tuple[CarriedVisit, ...]
    van: tuple[Held, ...]
    sign_minutes: int


async def carried(run: Runtime, principal: Principal, language: str, sign_minutes: int) -> Carried:
    """Everything for the next days of whoever asks; of whom no token names a subject there is nothing."""
    me, now = principal.subject or "", run.clock.now()
    until = now + AHEAD
    own = VISIT.among(await DIRECTORY.viewer(principal, run))
    his: dict[str, Any] = {
        "$and": [own, {"$or": [{"technician_id": me}, {"plan.companions": me}, {"apprentices": me}]}]
    }
    to_do = {**his, "state": {"$in": sorted(MOVABLE | UNDER_WAY)}, "plan.start_at": {"$lt": until}}
    over = {
        **his,
        "state": {"$in": [VisitState.CLOSED, VisitState.CANCELLED]},
        "updated_at": {"$gte": now - STILL_SHOWN},
    }
    technician, found, ended = await asyncio.gather(
        run.read(Technicians, me), run.find(Visits, to_do), run.find(Visits, over)
    )
    kept = [*found, *ended]
    whom = {each.value.id: each.value.on_site_contact_id or each.value.requester_id for each in kept}
    sites, customers, contacts, van = await asyncio.gather(
        _by_id(run, Sites, "site_id", (each.value.site_id for each in kept)),
        _by_id(run, Customers, "customer_id", (each.value.customer_id for each in kept)),
        _by_id(run, Contacts, "contact_id", (id for id in whom.values() if id is not None)),
        _van(run, me),
    )
    with_me = [id for each in kept for id in _crew(each.value)]
    people = await _by_id(run, Technicians, "id", with_me)
    before = await _earlier(run, own, {each.value.site_id for each in kept})
    done = [*ended, *(each for at in before.values() for each in at)]
    reports = await _by_id(run, Reports, "id", (each.value.id for each in done))

    def shown(each: Kept[Visit]) -> CarriedVisit:
        visit = each.value
        customer = customers.get(visit.customer_id)
        return CarriedVisit(
            visit=visit_view(each, principal, language, reports.get(visit.id)),
            customer=customer.name if customer is not None else None,
            site=_as(Whereabouts, sites.get(visit.site_id)),
            contact=_as(Person, contacts.get(whom[visit.id] or "")),
            crew=tuple(
                Colleague(
                    name=one.name if one else id,
                    phone=one.phone if one else None,
                    leads=id == visit.technician_id,
                )
                for id in _crew(visit)
                if id != me
                for one in (people.get(id),)
            ),
            earlier=tuple(
                visit_view(one, principal, language, reports.get(one.value.id))
                for one in before[visit.site_id]
                if one.value.id != visit.id
            ),
        )

    return Carried(
        technician=Me(id=me, name=technician.value.name if technician else None),
        now=now,
        until=until,
        visits=tuple(shown(each) for each in kept),
        van=van,
        sign_minutes=sign_minutes,
    )


async def _earlier(run: Runtime, own: Document, sites: Iterable[str]) -> dict[str, list[Kept[Visit]]]:
    """What he did at each site before, the last first."""
    asked = {site: {**own, "site_id": site, "state": VisitState.CLOSED} for site in sites}
    newest = (("updated_at", -1), ("_id", -1))
    found = await asyncio.gather(
        *(run.find(Visits, query, sort=newest, limit=EARLIER_VISITS) for query in asked.values())
    )
    return dict(zip(asked, found, strict=True))


def _crew(visit: Visit) -> tuple[str, ...]:
    """Everybody who is there, who leads first; nobody where he is alone."""
    others = (*visit.companions, *visit.apprentices)
    return (visit.technician_id or "", *others) if others else ()


async def _van(run: Runtime, technician_id: str) -> tuple[Held, ...]:
    van = f"van:{technician_id}"
    # A level's id is "<location>/<sku>", and "0" comes after "/".
    levels = await run.find(StockLevels, {"_id": {"$gt": f"{van}/", "$lt": f"{van}0"}}, limit=0)
    return tuple(
        Held(sku=each.value.sku, on_hand=each.value.on_hand) for each in levels if each.value.on_hand > 0
    )


async def _by_id(run: Runtime, kind: Kind[A], name: str, ids: Iterable[str]) -> dict[str, A]:
    wanted = sorted(set(ids))
    found = await run.find(kind, {"_id": {"$in": wanted}}, limit=0) if wanted else []
    return {getattr(each.value, name): each.value for each in found}


def _as(model: type[M], known: object | None) -> M | None:
    return None if known is None else model.model_validate(known, from_attributes=True)
