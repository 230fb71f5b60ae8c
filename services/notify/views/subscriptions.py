"""Subscriptions and what is sent to them, as they are shown; a secret only where it was just made."""

from datetime import datetime

from pydantic import BaseModel

from infra.chassis.runtime import Kept
from services.notify.domain.subscription import DisabledBecause, Feed, Subscription
from services.notify.domain.webhook import TEST_TYPE, Webhook, WebhookState


class SubscriptionView(BaseModel):
    """``types`` empty: all. ``secret`` is shown once, where it was made; the one before is used beside it
    until ``previous_secret_until``. While the address does not answer ``failing_since`` says since when,
    ``last_failure`` how, ``retry_at`` when it is tried again. ``missed``: how many lines of the streams were
    past retention when they could have been sent."""

    id: str
    customer_id: str
    url: str
    types: tuple[str, ...]
    description: str
    confidential: bool
    enabled: bool
    disabled_because: DisabledBecause | None
    disabled_at: datetime | None
    failing_since: datetime | None
    last_failure: str | None
    retry_at: datetime | None
    missed: int
    previous_secret_until: datetime | None
    created_by: str
    created_at: datetime
    secret: str | None = None


class SubscriptionList(BaseModel):
    items: list[SubscriptionView]
    next: str | None


class WebhookView(BaseModel):
    """``id`` is what ``webhook-id`` says. It waits while an earlier event of its ticket is under way.

    ``failure`` is the last attempt's reason, until one succeeds.
    """

    id: str
    type: str
    ticket_id: str | None
    state: WebhookState
    attempts: int
    queued_at: datetime
    sent_at: datetime | None
    failure: str | None
    retry_at: datetime | None


class WebhookList(BaseModel):
    items: list[WebhookView]
    next: str | None


def subscription_view(
    kept: Kept[Subscription], feed: Feed | None, secret: str | None = None
) -> SubscriptionView:
    subscription, feed = kept.value, feed or Feed(kept.value.id)
    until = [each.valid_until for each in subscription.secrets if each.valid_until is not None]
    return SubscriptionView(
        id=subscription.id,
        customer_id=subscription.customer_id,
        url=subscription.url,
        types=subscription.types,
        description=subscription.description,
        confidential=subscription.confidential,
        enabled=subscription.enabled,
        disabled_because=subscription.disabled_because,
        disabled_at=subscription.disabled_at,
        failing_since=feed.failing_since,
        last_failure=feed.last_failure,
        retry_at=feed.held_until,
        missed=feed.missed,
        previous_secret_until=max(until, default=None),
        created_by=subscription.created_by,
        created_at=subscription.created_at,
        secret=secret,
    )


def webhook_view(kept: Kept[Webhook]) -> WebhookView:
    webhook = kept.value
    again = webhook.state is WebhookState.QUEUED and webhook.attempts > 0
    return WebhookView(
        id=webhook.id,
        type=webhook.type,
        ticket_id=webhook.key if webhook.type != TEST_TYPE else None,
        state=webhook.state,
        attempts=webhook.attempts,
        queued_at=webhook.queued_at,
        sent_at=webhook.sent_at,
        failure=webhook.failure,
        retry_at=webhook.attempt_at if again else None,
    )
