"""``/parc/prevention``: what comes of the plans, day by day; ``/parc/risks``: machines likely to fail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from infra.chassis.http.auth import allow
from infra.chassis.http.call import call_of
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.service import Run
from infra.chassis.web.pages import asks_for_part
from services.inventory.api.boundary import customers_filter, sites_filter
from services.inventory.api.failures import Rating, likely
from services.inventory.domain.maintenance_plan import MaintenancePlan
from services.inventory.domain.occurrence import OVER, Occurrence, OccurrenceState
from services.inventory.domain.risk import AHEAD_DAYS
from services.inventory.domain.site import Site
from services.inventory.store.assets import Assets
from services.inventory.store.maintenance import MaintenancePlans, Occurrences
from services.inventory.store.sites import Sites
from services.inventory.views.maintenance import due_between
from services.inventory.web.maintenance_words import rhythm
from services.inventory.web.pages import PAGES

router = APIRouter(include_in_schema=False)
MOST_OCCURRENCES = 300
MOST_OVER = 100
MOST_PLANS = 200
MOST_SITES = 500
MOST_AT_RISK = 100
MOST_MODELS = 50
BEHIND = timedelta(days=60)
AHEAD = timedelta(days=120)

Who = Annotated[Principal, allow("screens:parc")]
Said = Annotated[str, Query(max_length=200)]


@dataclass(frozen=True)
class Coming:
    """An occurrence as the page lists it: ``on`` is the day chosen, or else when it is due."""

    it: Occurrence
    plan: MaintenancePlan | None
    site: str
    machine: str | None
    on: str

    @property
    def month(self) -> str:
        return self.on[:7]


@router.get("/parc/prevention")
async def prevention(request: Request, who: Who, run: Run, site: Said = "") -> Response:
    """What comes, by month; counters that have not come so far; plans with their rhythm."""
    who.require("maintenance-plans:read")
    sites = await _sites(run, who)
    today = run.clock.now().astimezone(ZoneInfo(_zone(sites))).date()
    found, more = await _coming(run, who, today, site)
    waiting = await _counting(run, who, site)
    plans = await run.find(
        MaintenancePlans, await customers_filter(run, who), sort=(("name", 1),), limit=MOST_PLANS
    )
    by_id = {kept.value.id: kept.value for kept in plans}
    names = {each.id: each.name for each in sites}
    machines = await _machines(run, [*found, *waiting])
    shown = [_shown(each, by_id, names, machines) for each in found]
    say = PAGES.words(call_of(request).language).gettext
    return PAGES.page(
        request,
        "parc-coming.html" if asks_for_part(request) else "parc-prevention.html",
        coming=sorted(shown, key=lambda each: (each.on, each.site)),
        more=more,
        counting=[_shown(each, by_id, names, machines) for each in waiting],
        plans=[(plan, rhythm(plan.trigger, say)) for plan in by_id.values()],
        sites=sites,
        site=site,
        today=today.isoformat(),
        may_write=who.may("maintenance-plans:write") and who.may("screens:admin"),
    )


@router.get("/parc/risks")
async def risks(request: Request, who: Who, run: Run, ratings: Rating, site: Said = "") -> Response:
    """Machines that are likely to fail, with the reasons, and how often each model does."""
    who.require("failure-rates:read")
    sites = await _sites(run, who)
    machines = await likely(ratings, run, who, None, site or None)
    rates = await ratings.of(who.customer)
    return PAGES.page(
        request,
        "parc-risk-rows.html" if asks_for_part(request) else "parc-risks.html",
        machines=machines[:MOST_AT_RISK],
        more=max(0, len(machines) - MOST_AT_RISK),
        rates=[each for each in rates.models if each.tally.failures][:MOST_MODELS],
        whole=rates.whole,
        sites=sites,
        site=site,
        site_names={each.id: each.name for each in sites},
        days=AHEAD_DAYS,
        language=call_of(request).language,
    )


async def _sites(run: Runtime, who: Principal) -> list[Site]:
    found: list[Kept[Site]] = await run.find(Sites, await sites_filter(run, who, "_id"), limit=MOST_SITES)
    return sorted((kept.value for kept in found), key=lambda each: each.name.casefold())


def _zone(sites: Sequence[Site]) -> str:
    return sites[0].time_zone if sites else "UTC"


async def _coming(run: Runtime, who: Principal, today: date, site: str) -> tuple[list[Occurrence], int]:
    """Those to come, with how many more there are, and the latest of those that became something."""
    among: dict[str, Any] = {
        **await customers_filter(run, who),
        **due_between(today - BEHIND, today + AHEAD),
        **({"site_id": site} if site else {}),
    }
    to_come = {**among, "state": {"$in": [OccurrenceState.UPCOMING.value, OccurrenceState.ASKED.value]}}
    over = {**among, "state": {"$in": sorted(each.value for each in OVER)}}
    found = await run.find(Occurrences, to_come, sort=(("due_on", 1), ("_id", 1)), limit=MOST_OCCURRENCES)
    more = await run.collection(Occurrences.name).count_documents(to_come) - len(found)
    found += await run.find(Occurrences, over, sort=(("due_on", -1), ("_id", -1)), limit=MOST_OVER)
    return [kept.value for kept in found], max(0, more)


async def _counting(run: Runtime, who: Principal, site: str) -> list[Occurrence]:
    """Those that wait for a counter."""
    query: dict[str, Any] = {
        **await customers_filter(run, who),
        "state": OccurrenceState.UPCOMING.value,
        "due_on": None,
        **({"site_id": site} if site else {}),
    }
    found = await run.find(Occurrences, query, limit=MOST_OCCURRENCES)
    return [kept.value for kept in found]


async def _machines(run: Runtime, occurrences: Sequence[Occurrence]) -> Mapping[str, str]:
    ids = sorted({each.asset_id for each in occurrences if each.asset_id is not None})
    found = await run.find(Assets, {"_id": {"$in": ids}}, limit=0) if ids else []
    return {kept.value.id: kept.value.name for kept in found}


def _shown(
    it: Occurrence,
    plans: Mapping[str, MaintenancePlan],
    sites: Mapping[str, str],
    machines: Mapping[str, str],
) -> Coming:
    machine = None if it.asset_id is None else machines.get(it.asset_id, it.asset_id)
    on = it.done_on or it.chosen_on or it.due_on or ""
    return Coming(it, plans.get(it.plan_id), sites.get(it.site_id, it.site_id), machine, on)
