"""``/v1/subscriptions``: webhooks to a customer's own systems, as Standard Webhooks has them."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field, field_validator
from pydantic_core import to_json

from contracts.refusal import NotFound, Refusal
from contracts.text import InvalidValue, Text
from contracts.values import Id, Instant, rfc3339
from infra.chassis.events.sequence import last_number, rows_of
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body, said
from infra.chassis.http.etag import IfMatch, IfMatchRequired, etag, not_modified
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.paging import Page, Paged, paged
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.service import Caused, Run
from services.notify.api.viewing import DIRECTORY
from services.notify.domain.line import KEPT_DAYS, Stream
from services.notify.domain.subscription import BOTH_SECRETS_FOR, TYPES, Secret, Subscription
from services.notify.domain.webhook import TEST_TYPE, Webhook, WebhookState
from services.notify.store.subscriptions import Feeds, Subscriptions, Webhooks
from services.notify.usecases.feed_webhooks import Replay, SendTest
from services.notify.usecases.subscribe import ChangeSubscription, RotateSecret, Subscribe, Unsubscribe
from services.notify.views.subscriptions import (
    SubscriptionList,
    SubscriptionView,
    WebhookList,
    WebhookView,
    subscription_view,
    webhook_view,
)
from services.notify.webhooks.posting import Networks, check_url
from services.notify.webhooks.signing import SECRET_BYTES, secret_of

Reader = Annotated[Principal, allow("subscriptions:read")]
Writer = Annotated[Principal, allow("subscriptions:write")]

Url = Annotated[str, said(2000)]
Types = Annotated[tuple[str, ...], Field(max_length=len(TYPES))]
Description = Annotated[str, Field(max_length=200)]


def _known(types: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(types)) < len(types) or not set(types) <= set(TYPES):
        raise InvalidValue(
            f"each once, out of {', '.join(TYPES)}", f"chacun une fois, parmi {', '.join(TYPES)}"
        )
    return types


class SubscriptionBody(Body):
    """``types``: which events, by the types that the live streams have; none for all. ``customer_id`` is for
    the firm's side to say. ``confidential``: those of confidential tickets as well."""

    url: Url
    types: Types = ()
    description: Description = ""
    confidential: bool = False
    customer_id: Id | None = None

    _check = field_validator("types")(_known)


class SubscriptionChange(Body):
    """``enabled`` true goes on where it was, with all that happened since as far as it is kept."""

    url: Url | None = None
    types: Types | None = None
    description: Description | None = None
    confidential: bool | None = None
    enabled: bool | None = None

    @field_validator("types")
    @classmethod
    def _check(cls, types: tuple[str, ...] | None) -> tuple[str, ...] | None:
        return None if types is None else _known(types)


class RotationBody(Body):
    """For how long messages are signed with the old secret, too."""

    both_for_hours: Annotated[int, Field(ge=0, le=168)] = int(BOTH_SECRETS_FOR.total_seconds() // 3600)


class ReplayBody(Body):
    from_at: Annotated[Instant, Field(alias="from")]


class TestSentView(BaseModel):
    """``id`` is what its ``webhook-id`` says; read how it went among the deliveries."""

    id: str


def subscriptions_router(networks: Networks) -> APIRouter:
    """``networks``: what webhooks may go to besides public addresses."""
    router = APIRouter(prefix="/v1/subscriptions", tags=["subscriptions"])

    @router.post("", status_code=201, response_model=SubscriptionView)
    async def subscribe(
        body: SubscriptionBody,
        principal: Writer,
        cause: Caused,
        key: Idempotency,
        run: Run,
        response: Response,
    ) -> Any:
        """Events from now on are posted to `url`, signed with the `secret` of the answer."""
        _check_address(body.url, networks)
        customer = _customer_of(principal, body.customer_id)
        if body.confidential:
            await _check_confidential(principal, run)
        secret = secret_of(secrets.token_bytes(SECRET_BYTES))
        positions = {stream.value: await last_number(run.db, stream) for stream in Stream}

        def subscribing(id: str) -> Subscribe:
            made = Subscription(
                id=id,
                customer_id=customer,
                url=body.url,
                secrets=(Secret(secret),),
                created_by=principal.actor,
                created_at=run.clock.now(),
                types=body.types,
                description=body.description,
                confidential=body.confidential,
            )
            return Subscribe(made, positions)

        created = await run.create(subscribing, cause, key)
        response.headers["Location"] = f"/v1/subscriptions/{created.id}"
        return await _answer(run, await _existing(run, created.id, principal), response, with_secret=True)

    @router.get("", response_model=SubscriptionList)
    async def list_subscriptions(page: Paged, principal: Reader, run: Run, customer: Id | None = None) -> Any:
        asked = {"customer_id": customer} if customer else {}
        query = page.filter({"$and": [asked, principal.customer_filter()]})
        found = await run.find(Subscriptions, query, sort=page.sort, limit=page.fetch)
        feeds = await run.find(Feeds, {"_id": {"$in": [each.value.id for each in found]}}, limit=page.fetch)
        by_id = {each.value.id: each.value for each in feeds}
        return page.of(found, lambda kept: subscription_view(kept, by_id.get(kept.value.id)))

    @router.get("/{id}", response_model=SubscriptionView)
    async def read_subscription(
        id: Id, principal: Reader, run: Run, request: Request, response: Response
    ) -> Any:
        kept = await _existing(run, id, principal)
        return not_modified(request, kept.version) or await _answer(run, kept, response)

    @router.patch("/{id}", response_model=SubscriptionView)
    async def change_subscription(
        id: Id,
        body: SubscriptionChange,
        principal: Writer,
        cause: Caused,
        key: Idempotency,
        expected: IfMatchRequired,
        run: Run,
        response: Response,
    ) -> Any:
        await _existing(run, id, principal)
        if body.url is not None:
            _check_address(body.url, networks)
        if body.confidential:
            await _check_confidential(principal, run)
        changing = ChangeSubscription(id, **body.model_dump(), expected=expected)
        await run.do(changing, cause, key)
        return await _answer(run, await _existing(run, id, principal), response)

    @router.delete("/{id}", status_code=204)
    async def unsubscribe(
        id: Id, principal: Writer, cause: Caused, key: Idempotency, expected: IfMatch, run: Run
    ) -> None:
        """Nothing more is sent there, not even what was on its way."""
        await _existing(run, id, principal)
        await run.do(Unsubscribe(id, expected), cause, key)

    @router.post("/{id}/rotate-secret", response_model=SubscriptionView)
    async def rotate_secret(
        id: Id,
        body: RotationBody,
        principal: Writer,
        cause: Caused,
        key: Idempotency,
        expected: IfMatch,
        run: Run,
        response: Response,
    ) -> Any:
        """A new secret, in the answer; messages are signed with the one before too, for so long."""
        await _existing(run, id, principal)
        secret = secret_of(secrets.token_bytes(SECRET_BYTES))
        await run.do(RotateSecret(id, secret, timedelta(hours=body.both_for_hours), expected), cause, key)
        return await _answer(run, await _existing(run, id, principal), response, with_secret=True)

    @router.post("/{id}/test", status_code=202, response_model=TestSentView)
    async def send_test(id: Id, principal: Writer, cause: Caused, key: Idempotency, run: Run) -> Any:
        """A message of the type `webhook-test` goes there, whatever types were asked for."""
        kept = await _existing(run, id, principal)
        now = run.clock.now()
        created = await run.create(lambda made: SendTest(_test(kept.value, f"msg_{made}", now)), cause, key)
        return TestSentView(id=f"msg_{created.id}")

    @router.post("/{id}/replay", status_code=202, response_model=SubscriptionView)
    async def replay(
        id: Id,
        body: ReplayBody,
        principal: Writer,
        cause: Caused,
        key: Idempotency,
        run: Run,
        response: Response,
    ) -> Any:
        """Everything since `from` is sent again, each with the same id and bytes as the first time."""
        await _existing(run, id, principal)
        positions = {stream.value: await _number_before(run, stream, body.from_at) for stream in Stream}
        await run.do(Replay(id, positions), cause, key)
        return await _answer(run, await _existing(run, id, principal), response)

    @router.get("/{id}/deliveries", response_model=WebhookList)
    async def list_webhooks(
        id: Id, page: Annotated[Page, paged(WebhookState)], principal: Reader, run: Run
    ) -> Any:
        """What was sent there in the last 30 days, what waits and what failed; oldest change first."""
        await _existing(run, id, principal)
        query = page.filter({"subscription_id": id})
        return page.of(await run.find(Webhooks, query, sort=page.sort, limit=page.fetch), webhook_view)

    @router.get("/{id}/deliveries/{webhook_id}", response_model=WebhookView)
    async def read_webhook(id: Id, webhook_id: Id, principal: Reader, run: Run) -> Any:
        await _existing(run, id, principal)
        kept = await run.read(Webhooks, webhook_id)
        if kept is None or kept.value.subscription_id != id:
            raise NotFound("delivery", webhook_id)
        return webhook_view(kept)

    return router


async def _existing(run: Runtime, id: str, principal: Principal) -> Kept[Subscription]:
    kept = await run.read(Subscriptions, id)
    if kept is None or not principal.sees(kept.value.customer_id):
        raise NotFound("subscription", id)
    return kept


async def _answer(
    run: Runtime, kept: Kept[Subscription], response: Response, *, with_secret: bool = False
) -> SubscriptionView:
    feed = await run.read(Feeds, kept.value.id)
    response.headers["ETag"] = etag(kept.version)
    secret = kept.value.secrets[0].value if with_secret else None
    return subscription_view(kept, None if feed is None else feed.value, secret)


def _customer_of(principal: Principal, said_in_it: str | None) -> str:
    own = principal.customer
    if not principal.of_the_firm and own is not None and said_in_it in (None, own):
        return own
    if principal.of_the_firm and said_in_it is not None:
        return said_in_it
    raise Refusal(
        "customer-not-named",
        Text(
            "The firm's side names the customer by `customer_id`; a customer's side has its own only.",
            "La société nomme le client par `customer_id` ; un client n'a que ses propres abonnements.",
        ),
    )


async def _check_confidential(principal: Principal, run: Runtime) -> None:
    """Whoever does not see what is confidential cannot have it sent."""
    viewer = await DIRECTORY.viewer(principal, run)
    if not viewer.of_the_firm and not viewer.confidential:
        principal.require("tickets:read-confidential")


def _check_address(url: str, networks: Networks) -> None:
    try:
        check_url(url, networks)
    except ValueError as error:
        raise Refusal(
            "webhook-address",
            Text(
                f"Nothing can be sent to that address: it {error}.",
                f"Rien ne peut être envoyé à cette adresse ({error}) : donnez une adresse https:// publique.",
            ),
            url=url,
        ) from error


def _test(subscription: Subscription, id: str, now: datetime) -> Webhook:
    body = {
        "specversion": "1.0",
        "id": id,
        "source": "notify",
        "type": TEST_TYPE,
        "time": rfc3339(now),
        "datacontenttype": "application/json",
        "data": {"subscription_id": subscription.id},
    }
    return Webhook(
        id=id,
        subscription_id=subscription.id,
        customer_id=subscription.customer_id,
        type=TEST_TYPE,
        key=id,
        body=to_json(body).decode(),
        queued_at=now,
    )


async def _number_before(run: Runtime, stream: Stream, at: datetime) -> int:
    """Of the last line that was stored before ``at``; ``Refusal`` where what came since is not all there."""
    rows = run.collection(rows_of(stream))
    earliest = run.system_clock.now() - timedelta(days=min(KEPT_DAYS.values()))
    if at < earliest:
        raise Refusal(
            "replay-too-far",
            Text(
                f"What was before {rfc3339(earliest)} is no longer kept: ask from then on.",
                f"Ce qui précède le {rfc3339(earliest)} n'est plus conservé : demandez à partir de là.",
            ),
            earliest=rfc3339(earliest),
        )
    found: Sequence[Any] = (
        await rows.find({"at": {"$gte": at}}, {"_id": 1}).sort("_id", 1).limit(1).to_list(None)
    )
    return found[0]["_id"] - 1 if found else await last_number(run.db, stream)
