"""Subscriptions, how far each was served, and what is on its way to them."""

from datetime import timedelta

from infra.chassis.store.collection import IN_ORDER, Collection, Index
from infra.chassis.store.deliveries import due_index
from services.notify.domain.subscription import Feed, Subscription
from services.notify.domain.webhook import Lane, Webhook

KEPT = timedelta(days=30)
"""For how long one can see what was sent; attempts end long before."""

_KEPT = Index((("updated_at", 1),), expire_after_seconds=int(KEPT.total_seconds()), name="kept")

Subscriptions = Collection[Subscription](
    "subscriptions",
    Subscription,
    indexes=(Index((("customer_id", 1), *IN_ORDER)), Index((("enabled", 1),))),
    customer=lambda subscription: subscription.customer_id,
)
Feeds = Collection[Feed]("webhook_feeds", Feed)
Webhooks = Collection[Webhook](
    "webhooks",
    Webhook,
    indexes=(
        due_index("queued_at"),
        Index((("subscription_id", 1), *IN_ORDER)),
        Index((("subscription_id", 1), ("state", 1), *IN_ORDER)),
        Index((("subscription_id", 1), ("parked", 1)), partial={"parked": True}, name="parked"),
        _KEPT,
    ),
)
Lanes = Collection[Lane]("webhook_lanes", Lane, indexes=(_KEPT,))
