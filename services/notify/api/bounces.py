"""``/v1/bounces``: the addresses that took no mail and are written to no more."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel

from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.paging import Paged
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept
from infra.chassis.service import Caused, Run
from services.notify.domain.bounce import RefusedAddress
from services.notify.domain.message import Recipient, RecipientKind
from services.notify.store.refused_addresses import RefusedAddresses
from services.notify.usecases.refuse_address import TryAddressAgain

router = APIRouter(prefix="/v1/bounces", tags=["deliveries"])

Reader = Annotated[Principal, allow("bounces:read")]
Writer = Annotated[Principal, allow("bounces:clear")]


class BounceView(BaseModel):
    """``reason`` is what the mail server said. Where he has another address by now, that is written to."""

    kind: RecipientKind
    person: str
    since_at: datetime
    reason: str


class BounceList(BaseModel):
    items: list[BounceView]
    next: str | None


@router.get("", response_model=BounceList)
async def list_bounces(page: Paged, principal: Reader, run: Run) -> Any:
    query = page.filter({"digest": {"$ne": ""}})
    return page.of(await run.find(RefusedAddresses, query, sort=page.sort, limit=page.fetch), _view)


@router.delete("/{kind}/{person}", status_code=204)
async def try_address_again(
    kind: RecipientKind, person: Id, key: Idempotency, principal: Writer, cause: Caused, run: Run
) -> None:
    """His address is right, or takes mail again: write to it."""
    await run.do(TryAddressAgain(Recipient(kind, person)), cause, key)


def _view(kept: Kept[RefusedAddress]) -> BounceView:
    kind, _, person = kept.value.id.partition(":")
    refused = kept.value
    return BounceView(
        kind=RecipientKind(kind), person=person, since_at=refused.since_at, reason=refused.reason
    )
