"""``/v1/failure-rates`` and ``/v1/assets/at-risk``: what fails how often, and what is likely to."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.call import call_of
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Runtime
from infra.chassis.service import Run
from services.inventory.api.boundary import customers_filter, own_sites, require_customer
from services.inventory.domain.risk import AtRisk, Rated
from services.inventory.rating import Ratings
from services.inventory.views.failures import (
    AtRiskPage,
    FailureRates,
    at_risk_view,
    model_view,
    rate_view,
)

router = APIRouter(tags=["maintenance"])


def ratings_of(request: Request) -> Ratings:
    ratings: Ratings = request.app.state.ratings
    return ratings


Rating = Annotated[Ratings, Depends(ratings_of)]
Reader = Annotated[Principal, allow("failure-rates:read")]


@router.get("/v1/failure-rates", response_model=FailureRates)
async def failure_rates(
    principal: Reader, run: Run, ratings: Rating, customer: Id | None = None, kind: Id | None = None
) -> Any:
    """Failures a machine-year of each model, as far as they were counted; a customer's of his own."""
    found = await _of(ratings, run, principal, customer)
    shown = [each for each in found.models if kind in (None, each.kind)]
    return FailureRates(items=[model_view(each) for each in shown], park=rate_view(found.whole))


@router.get("/v1/assets/at-risk", response_model=AtRiskPage)
async def at_risk(
    principal: Reader,
    run: Run,
    ratings: Rating,
    request: Request,
    customer: Id | None = None,
    site: Id | None = None,
    kind: Id | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Any:
    """Machines in use that something speaks against, with what; the likeliest to fail first."""
    shown = await likely(ratings, run, principal, customer, site, kind)
    language = call_of(request).language
    return AtRiskPage(items=[at_risk_view(each, language) for each in shown[:limit]])


async def likely(
    ratings: Ratings,
    run: Runtime,
    principal: Principal,
    customer: str | None = None,
    site: str | None = None,
    kind: str | None = None,
) -> list[AtRisk]:
    """Those that exist for the caller; for the firm's side a model's rate counts everybody's machines."""
    found = await _of(ratings, run, principal, customer)
    seen = await customers_filter(run, principal)
    customers = seen.get("customer_id")
    own = await own_sites(run, principal)
    return [
        each
        for each in found.machines
        if _within(each.asset.customer_id, customers)
        and (own is None or each.asset.site_id in own)
        and customer in (None, each.asset.customer_id)
        and site in (None, each.asset.site_id)
        and kind in (None, each.asset.kind)
    ]


def _within(customer_id: str, customers: Any) -> bool:
    if customers is None:
        return True
    return bool(customer_id in customers["$in"] if isinstance(customers, dict) else customer_id == customers)


async def _of(ratings: Ratings, run: Runtime, principal: Principal, customer: str | None) -> Rated:
    if customer is not None:
        await require_customer(run, principal, customer, "customer", customer)
    return await ratings.of(customer if principal.customer is None else principal.customer)
