"""Keys as they are shown: what they begin with, and never more of them."""

from datetime import date, datetime

from pydantic import BaseModel

from contracts.values import Instant
from infra.chassis.runtime import Kept
from services.notify.domain.api_key import ApiKey


class ApiKeyView(BaseModel):
    """``last_used_on`` is a day in UTC. ``key`` stands in the answer that made it and nowhere else; a
    repetition of that request has none."""

    id: str
    customer_id: str
    name: str
    prefix: str
    verbs: list[str]
    state: str
    created_at: Instant
    created_by: str
    expires_at: Instant
    revoked_at: Instant | None
    revoked_by: str | None
    replaced_by: str | None
    last_used_on: date | None
    key: str | None = None
    updated_at: Instant


class ApiKeyList(BaseModel):
    items: list[ApiKeyView]
    next: str | None


def api_key_view(
    kept: Kept[ApiKey], now: datetime, key: str | None = None, used_on: date | None = None
) -> ApiKeyView:
    its = kept.value
    return ApiKeyView(
        id=its.id,
        customer_id=its.customer_id,
        name=its.name,
        prefix=its.prefix,
        verbs=list(its.verbs),
        state=its.state(now),
        created_at=its.created_at,
        created_by=its.created_by,
        expires_at=its.expires_at,
        revoked_at=its.revoked_at,
        revoked_by=its.revoked_by,
        replaced_by=its.replaced_by,
        last_used_on=used_on,
        key=key,
        updated_at=kept.updated_at,
    )
