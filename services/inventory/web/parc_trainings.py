"""``/parc/trainings``: what is asked for and planned, who came, and how it was."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.service import Run
from infra.chassis.web.pages import asks_for_part
from services.inventory.api.boundary import require_customer, sites_filter
from services.inventory.domain.site import Site
from services.inventory.domain.training import OVER, Training
from services.inventory.store.contacts import Contacts
from services.inventory.store.sites import Sites
from services.inventory.store.technicians import Technicians
from services.inventory.store.trainings import Trainings
from services.inventory.views.trainings import figures_of
from services.inventory.watcher import rules_of
from services.inventory.web.pages import PAGES
from services.inventory.web.parc_renewals import customers_of

router = APIRouter(include_in_schema=False)
MOST_SHOWN = 200
MOST_PEOPLE_LISTED = 500

Who = Annotated[Principal, allow("screens:parc")]


@dataclass(frozen=True)
class Session:
    """A training as the page lists it: ``expected`` are the ids and names of who is on its list."""

    it: Training
    site: str
    zone: str
    technician: str | None
    expected: tuple[tuple[str, str], ...]


@router.get("/parc/trainings")
async def trainings_page(request: Request, who: Who, run: Run, customer: Id | None = None) -> Response:
    """A client's trainings, of whoever had one last where none is named; a part for htmx."""
    who.require("trainings:read")
    clients = await customers_of(run, who)
    chosen = customer or await _last_trained(run, clients) or next(iter(clients), None)
    now = run.clock.now()
    context: dict[str, Any] = {
        "clients": clients,
        "chosen": chosen,
        "to_come": [],
        "over": [],
        "figures": figures_of(()),
        "may_write": who.may("trainings:write"),
        "may_attend": who.may("trainings:attend"),
        "sites": [],
        "people": {},
        "category": None,
        "tomorrow": None,
        "now": now,
    }
    if chosen is not None:
        await require_customer(run, who, chosen, "customer", chosen)
        found = await run.find(
            Trainings, {"customer_id": chosen}, sort=(("updated_at", -1), ("_id", -1)), limit=MOST_SHOWN
        )
        sites = await _sites(run, who, chosen)
        people = await _people(run, chosen)
        shown = await _shown(run, found, {each.id: each for each in sites}, people)
        to_come = [each for each in shown if each.it.state not in OVER]
        context |= {
            "to_come": sorted(to_come, key=_when),
            "over": sorted((each for each in shown if each.it.state in OVER), key=_when, reverse=True),
            "figures": figures_of(each.it for each in shown),
            "sites": sites,
            "people": people,
            "category": (await rules_of(run, chosen)).training_category,
        }
    return PAGES.page(
        request, "parc-training-list.html" if asks_for_part(request) else "parc-trainings.html", **context
    )


async def _last_trained(run: Runtime, clients: Mapping[str, str]) -> str | None:
    last: list[Kept[Training]] = await run.find(
        Trainings, {}, sort=(("updated_at", -1), ("_id", -1)), limit=1
    )
    return next((kept.value.customer_id for kept in last if kept.value.customer_id in clients), None)


def _when(session: Session) -> str:
    it = session.it
    at = it.held_at or it.start_at
    return at.isoformat() if at is not None else it.wished_on


async def _shown(
    run: Runtime,
    found: list[Kept[Training]],
    sites: Mapping[str, Site],
    people: Mapping[str, str],
) -> list[Session]:
    ids = sorted({kept.value.technician_id for kept in found if kept.value.technician_id is not None})
    technicians = await run.find(Technicians, {"_id": {"$in": ids}}, limit=0) if ids else []
    names = {kept.value.technician_id: kept.value.name for kept in technicians}
    return [_session(kept.value, sites, names, people) for kept in found]


def _session(
    it: Training, sites: Mapping[str, Site], technicians: Mapping[str, str], people: Mapping[str, str]
) -> Session:
    site = sites.get(it.site_id)
    contacts = tuple((id, people.get(id, id)) for id in it.contact_ids)
    return Session(
        it,
        it.site_id if site is None else site.name,
        "UTC" if site is None else site.time_zone,
        None if it.technician_id is None else technicians.get(it.technician_id, it.technician_id),
        (*contacts, *((each.id, each.name) for each in it.guests)),
    )


async def _sites(run: Runtime, who: Principal, customer: str) -> list[Site]:
    query = {"$and": [await sites_filter(run, who, "_id"), {"customer_id": customer}]}
    found: list[Kept[Site]] = await run.find(Sites, query, limit=0)
    return sorted((kept.value for kept in found), key=lambda each: each.name.casefold())


async def _people(run: Runtime, customer: str) -> Mapping[str, str]:
    query = {"customer_id": customer, "erased": {"$ne": True}}
    found = await run.find(Contacts, query, limit=MOST_PEOPLE_LISTED)
    named = ((kept.value.contact_id, kept.value.name) for kept in found)
    return dict(sorted(named, key=lambda each: each[1].casefold()))
