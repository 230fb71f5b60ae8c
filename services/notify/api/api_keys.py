"""``/v1/api-keys``: what a customer's machines come with."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import AfterValidator, Field

from contracts.refusal import NotFound, Refusal
from contracts.text import InvalidValue, Text
from contracts.values import Id, to_millisecond
from infra.chassis.http.api_keys import SECRET_BYTES, SHOWN, digest_of_key, key_of
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body, said
from infra.chassis.http.etag import etag
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.paging import Paged
from infra.chassis.http.principal import Principal
from infra.chassis.http.roles import KEY_VERBS
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.service import Caused, Run
from infra.chassis.store.idempotency import KeyedBy
from infra.chassis.store.unit import Cause
from services.notify.domain.api_key import MOST_OVERLAP, ApiKey
from services.notify.store.api_keys import ApiKeys, last_uses
from services.notify.usecases.keep_api_keys import MakeKey, RevokeKey, RotateKey
from services.notify.views.api_keys import ApiKeyList, ApiKeyView, api_key_view

router = APIRouter(prefix="/v1/api-keys", tags=["api-keys"])

Reader = Annotated[Principal, allow("api-keys:read")]
Writer = Annotated[Principal, allow("api-keys:write")]


def _grantable(verbs: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(verbs)) < len(verbs) or not set(verbs) <= KEY_VERBS:
        known = ", ".join(sorted(KEY_VERBS))
        raise InvalidValue(f"each once, out of {known}", f"chacun une fois, parmi {known}")
    return verbs


class ApiKeyBody(Body):
    """``verbs`` are all that it may do. ``customer_id`` is for the firm's side to say."""

    name: Annotated[str, said(100)]
    verbs: Annotated[
        tuple[str, ...], Field(min_length=1, max_length=len(KEY_VERBS)), AfterValidator(_grantable)
    ]
    expires_at: datetime
    customer_id: Id | None = None


class RotateBody(Body):
    """For how long the old key is still taken beside the new one."""

    overlap_minutes: Annotated[int, Field(ge=0, le=int(MOST_OVERLAP.total_seconds() // 60))] = 24 * 60


@router.post("", status_code=201)
async def make_key(
    body: ApiKeyBody, who: Writer, run: Run, cause: Caused, key: Idempotency, response: Response
) -> ApiKeyView:
    """A new key, in `key` of the answer. It is kept nowhere: who loses it rotates it or has another made."""
    made, id, secret = await make(run, who, body, cause, key)
    response.headers["Location"] = f"/v1/api-keys/{id}"
    response.headers["ETag"] = etag(made.version)
    return api_key_view(made, now_of(run), secret)


@router.get("", response_model=ApiKeyList)
async def list_keys(page: Paged, who: Reader, run: Run, customer: Id | None = None) -> Any:
    query = page.filter(who.customer_filter(), customer_id=customer)
    found = await run.find(ApiKeys, query, sort=page.sort, limit=page.fetch)
    now, used = now_of(run), await last_uses(run, [each.value.id for each in found])

    def shown(kept: Kept[ApiKey]) -> Any:
        return api_key_view(kept, now, used_on=used.get(kept.value.id)).model_dump(mode="json")

    return page.of(found, shown)


@router.get("/{id}", response_model=ApiKeyView)
async def read_key(id: Id, who: Reader, run: Run, response: Response) -> Any:
    kept = await known_key(run, who, id)
    response.headers["ETag"] = etag(kept.version)
    return api_key_view(kept, now_of(run), used_on=(await last_uses(run, [id])).get(id))


@router.post("/{id}/rotate", status_code=201)
async def rotate_key(
    id: Id, body: RotateBody, who: Writer, run: Run, cause: Caused, key: Idempotency, response: Response
) -> ApiKeyView:
    """A new key in the place of this one, for as long as this one was made for; both are taken meanwhile."""
    made, new, secret = await rotate(run, who, id, timedelta(minutes=body.overlap_minutes), cause, key)
    response.headers["Location"] = f"/v1/api-keys/{new}"
    response.headers["ETag"] = etag(made.version)
    return api_key_view(made, now_of(run), secret)


@router.post("/{id}/revoke")
async def revoke_key(
    id: Id, who: Writer, run: Run, cause: Caused, key: Idempotency, response: Response
) -> ApiKeyView:
    """No service takes it any more."""
    await known_key(run, who, id)
    await run.do(RevokeKey(id, now_of(run)), cause, key)
    kept = await known_key(run, who, id)
    response.headers["ETag"] = etag(kept.version)
    return api_key_view(kept, now_of(run))


async def make(
    run: Runtime, who: Principal, body: ApiKeyBody, cause: Cause, key: KeyedBy | None
) -> tuple[Kept[ApiKey], str, str | None]:
    """The key as it is kept, its id, and the key itself where it was not made before."""
    customer, now, secret = customer_of(who, body.customer_id), now_of(run), _new_secret()

    def making(id: str) -> MakeKey:
        expires = to_millisecond(body.expires_at)
        return MakeKey(_blank(id, secret, who, now, customer, body.name, body.verbs, expires), now)

    created = await run.create(making, cause, key)
    return await known_key(run, who, created.id), created.id, None if created.again else secret


async def rotate(
    run: Runtime, who: Principal, id: str, overlap: timedelta, cause: Cause, key: KeyedBy | None
) -> tuple[Kept[ApiKey], str, str | None]:
    """The new key as it is kept, its id, and the key itself where it was not made before."""
    old = (await known_key(run, who, id)).value
    now, secret = now_of(run), _new_secret()

    def rotating(new: str) -> RotateKey:
        blank = _blank(new, secret, who, now, old.customer_id, old.name, old.verbs, old.expires_at)
        return RotateKey(id, blank, overlap, now)

    created = await run.create(rotating, cause, key)
    return await known_key(run, who, created.id), created.id, None if created.again else secret


async def known_key(run: Runtime, who: Principal, id: str) -> Kept[ApiKey]:
    """A key of a customer that exists for the caller, or the 404."""
    kept = await run.read(ApiKeys, id)
    if kept is None or not who.sees(kept.value.customer_id):
        raise NotFound("api-key", id)
    return kept


def now_of(run: Runtime) -> datetime:
    """By the clock that tokens expire by."""
    return to_millisecond(run.system_clock.now().astimezone(UTC))


def customer_of(who: Principal, named: str | None) -> str:
    if who.of_the_firm and named is not None:
        return named
    if not who.of_the_firm and who.customer is not None and named in (None, who.customer):
        return who.customer
    raise Refusal(
        "customer-not-named",
        Text(
            "The firm's side names the customer by `customer_id`; a customer's side has its own keys only.",
            "La société nomme le client par `customer_id` ; un client n'a que ses propres clés.",
        ),
    )


def _new_secret() -> str:
    return key_of(secrets.token_bytes(SECRET_BYTES))


def _blank(
    id: str,
    secret: str,
    who: Principal,
    now: datetime,
    customer: str,
    name: str,
    verbs: tuple[str, ...],
    expires_at: datetime,
) -> ApiKey:
    return ApiKey(
        id=id,
        customer_id=customer,
        name=name,
        digest=digest_of_key(secret),
        prefix=secret[:SHOWN],
        acts_as=id,
        verbs=verbs,
        created_at=now,
        created_by=who.actor,
        expires_at=expires_at,
    )
