"""Take a webhook to send it, before anything is sent."""

from dataclasses import dataclass

from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.deliveries import Lease
from infra.chassis.store.unit import Unit
from services.notify.domain.subscription import RETRY_AFTER
from services.notify.domain.webhook import Webhook
from services.notify.store.subscriptions import Feeds, Subscriptions, Webhooks
from services.notify.usecases.feed_webhooks import give_way

MOST_ATTEMPTS = len(RETRY_AFTER) + 1


@dataclass(frozen=True)
class Taken:
    """What is sent where, signed with what."""

    webhook: Webhook
    url: str
    secrets: tuple[str, ...]

    @property
    def id(self) -> str:
        return self.webhook.id


@dataclass(frozen=True)
class TakeWebhook:
    """Gives what was taken, or None when it is another worker's, or has to wait.

    While the address does not answer one message at a time is tried, the others are put aside.
    """

    id: str
    lease: Lease

    def loads(self) -> Loads:
        return (Ref(Webhooks, self.id),)

    def decide(self, unit: Unit) -> Taken | None:
        webhook = unit.get(Webhooks, self.id)
        if webhook is None or not webhook.to_be_taken(self.lease.taken_at):
            return None
        subscription = unit.get(Subscriptions, webhook.subscription_id)
        feed = unit.get(Feeds, webhook.subscription_id)
        if (
            subscription is None
            or feed is None
            or not subscription.enabled
            or feed.holds_at(self.lease.taken_at)
        ):
            unit.save(Webhooks, webhook.put_aside())
            return None
        if webhook.attempts >= MOST_ATTEMPTS:
            unit.save(Webhooks, webhook.failed("every attempt was cut short"))
            give_way(unit, webhook)
            return None
        if feed.failing:
            unit.save(Feeds, feed.tried(self.lease.until))
        taken = webhook.taken(self.lease.owner, self.lease.until)
        unit.save(Webhooks, taken)
        return Taken(taken, subscription.url, subscription.secrets_at(unit.now))
