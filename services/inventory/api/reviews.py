"""``/v1/inventory/reviews``: inventories that may be of more than one machine."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body
from infra.chassis.http.etag import IfMatch, etag, not_modified
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.paging import Page, paged
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.runtime import Kept, Runtime, new_id
from infra.chassis.service import Caused, Run
from services.inventory.domain.review import Decision, Review, ReviewState
from services.inventory.store.machines import Reviews
from services.inventory.usecases.decide_review import DecideReview
from services.inventory.views.machine import ReviewPage, ReviewView, review_view

router = APIRouter(prefix="/v1/inventory/reviews", tags=["agents"])

Reviewer = Annotated[Principal, allow("inventory:review")]


class DecisionBody(Body):
    """``merge`` with ``asset_id``: it is that machine. ``new``: another one. ``ignore``: it is not wanted.

    It holds for what this agent tells until the machine calls itself otherwise.
    """

    decision: Decision
    asset_id: Id | None = None


@router.get("", response_model=ReviewPage)
async def list_reviews(
    page: Annotated[Page, paged(ReviewState)], principal: Reviewer, run: Run, customer: Id | None = None
) -> Any:
    query = page.filter({}, customer_id=customer)
    found = await run.find(Reviews, query, sort=page.sort, limit=page.fetch)
    return page.of(found, review_view)


@router.get("/{id}", response_model=ReviewView)
async def read_review(id: Id, principal: Reviewer, run: Run, request: Request, response: Response) -> Any:
    kept = await _existing(run, id)
    response.headers["ETag"] = etag(kept.version)
    return not_modified(request, kept.version) or review_view(kept)


@router.post("/{id}/decide", response_model=ReviewView)
async def decide_review(
    id: Id,
    body: DecisionBody,
    principal: Reviewer,
    cause: Caused,
    key: Idempotency,
    expected: IfMatch,
    run: Run,
    response: Response,
) -> Any:
    """What was told is applied at once; nothing is ever merged before somebody said so."""
    await _existing(run, id)
    await run.do(DecideReview(id, body.decision, new_id(), body.asset_id, expected), cause, key)
    kept = await _existing(run, id)
    response.headers["ETag"] = etag(kept.version)
    return review_view(kept)


async def _existing(run: Runtime, id: str) -> Kept[Review]:
    kept = await run.read(Reviews, id)
    if kept is None:
        raise not_found("review", id)
    return kept
