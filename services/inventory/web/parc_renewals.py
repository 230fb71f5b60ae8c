"""``/parc/renewals``: a customer's plan of a year; ``/parc/licences``; ``/parc/agent-keys``."""

from collections.abc import Callable
from typing import Annotated, Any

from babel.dates import get_month_names
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.call import call_of
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Runtime
from infra.chassis.service import Run
from infra.chassis.web.pages import asks_for_part
from services.inventory.api.boundary import customers_filter, require_customer
from services.inventory.api.licences import day_of, licences_of
from services.inventory.api.renewals import yearly_plan
from services.inventory.api.training_offers import offers_for
from services.inventory.domain.renewal_words import words_of
from services.inventory.store.customers import Customers
from services.inventory.store.machines import AgentKeys
from services.inventory.store.renewals import RenewalWatches
from services.inventory.store.sites import Sites
from services.inventory.views.plan_files import money
from services.inventory.watcher import rules_of
from services.inventory.web.pages import PAGES

router = APIRouter(include_in_schema=False)
MOST_CUSTOMERS = 500
MOST_KEYS = 500
YEARS_AHEAD = 2

Who = Annotated[Principal, allow("screens:parc")]
Year = Annotated[int | None, Query(ge=2000, le=2200)]


@router.get("/parc/renewals")
async def renewals_page(
    request: Request, who: Who, run: Run, customer: Id | None = None, year: Year = None
) -> Response:
    """What is to be renewed in a year, with what was decided about it; a part for htmx."""
    who.require("renewals:read")
    clients = await customers_of(run, who)
    chosen = customer or next(iter(clients), None)
    now = run.clock.now()
    year = year or now.year
    context: dict[str, Any] = {
        "clients": clients,
        "chosen": chosen,
        "year": year,
        "years": sorted({year, *range(now.year, now.year + YEARS_AHEAD + 1)}),
        "may_decide": who.may("renewals:write"),
        "cents": _money(request),
        "month_name": _months(request),
        "plan": None,
        "watch": None,
        "category": None,
        "sites": {},
        "offers": [],
        "now": now,
    }
    if chosen is not None:
        plan, _ = await yearly_plan(run, who, chosen, year)
        watch = await run.read(RenewalWatches, chosen)
        rules = await rules_of(run, chosen)
        offers = await offers_for(run, chosen) if who.may("trainings:write") else []
        of_advices = {each.site_id for each in plan.advices if each.site_id is not None}
        ids = sorted(of_advices | {each.site_id for each in offers})
        sites = await run.find(Sites, {"_id": {"$in": ids}}, limit=0)
        context |= {
            "plan": plan,
            "words": {each.id: words_of(each, now.date()) for each in plan.advices},
            "today": now.date().isoformat(),
            "watch": None if watch is None else watch.value,
            "category": rules.category,
            "sites": {kept.value.id: kept.value.name for kept in sites},
            "offers": offers,
            "training_category": rules.training_category,
            "rules_id": chosen if rules.id == chosen else None,
        }
    template = "parc-renewal-plan.html" if asks_for_part(request) else "parc-renewals.html"
    return PAGES.page(request, template, **context)


@router.get("/parc/licences")
async def licences_page(request: Request, who: Who, run: Run, customer: Id | None = None) -> Response:
    """Seats that were bought against copies that machines report."""
    clients = await customers_of(run, who)
    chosen = customer or next(iter(clients), None)
    if chosen is not None:
        await require_customer(run, who, chosen, "customer", chosen)
    counted = [] if chosen is None else await licences_of(run, who, chosen)
    return PAGES.page(
        request,
        "parc-licence-list.html" if asks_for_part(request) else "parc-licences.html",
        clients=clients,
        chosen=chosen,
        counted=counted,
        day_of=day_of,
        today=run.clock.now().date(),
    )


@router.get("/parc/agent-keys")
async def agent_keys_page(request: Request, who: Who, run: Run) -> Response:
    """What inventory agents come in with; the newest first."""
    who.require("agent-keys:read")
    found = await run.find(AgentKeys, {}, sort=(("updated_at", -1), ("_id", -1)), limit=MOST_KEYS)
    sites = [kept.value for kept in await run.find(Sites, {}, limit=MOST_CUSTOMERS)]
    return PAGES.page(
        request,
        "parc-agent-key-list.html" if asks_for_part(request) else "parc-agent-keys.html",
        keys=[kept.value for kept in found],
        clients=await customers_of(run, who),
        sites=sorted(sites, key=lambda each: each.name.casefold()),
        site_names={each.id: each.name for each in sites},
        address=f"{request.app.state.public_url}/inventory",
        may_make=who.may("agent-keys:write"),
        now=run.clock.now(),
    )


async def customers_of(run: Runtime, who: Principal) -> dict[str, str]:
    """By name; a customer's own people have one."""
    asked = await customers_filter(run, who)
    query = {"_id": asked["customer_id"]} if "customer_id" in asked else {}
    found = await run.find(Customers, query, limit=MOST_CUSTOMERS)
    named = {kept.value.customer_id: kept.value.name for kept in found}
    return dict(sorted(named.items(), key=lambda each: each[1].casefold()))


def _money(request: Request) -> Callable[[int, str], str]:
    language = call_of(request).language
    return lambda cents, currency: money(cents, currency, language)


def _months(request: Request) -> Callable[[int], str]:
    names = get_month_names("wide", "stand-alone", locale=call_of(request).language)
    return lambda month: names[month].capitalize()
