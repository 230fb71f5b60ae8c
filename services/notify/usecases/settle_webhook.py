"""Record how an attempt to send a webhook ended, and give up an address that takes nothing."""

from dataclasses import dataclass

from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.deliveries import Outcome
from infra.chassis.store.unit import Unit
from services.notify.domain.delivery import Origin
from services.notify.domain.message import Details, Message, MessageKind, Recipient, contact, staff
from services.notify.domain.staff import StaffRole
from services.notify.domain.subscription import DisabledBecause, Feed, Subscription
from services.notify.domain.timing import USUAL, Timing
from services.notify.domain.webhook import Webhook
from services.notify.store.copies import Contacts
from services.notify.store.staff import Staff
from services.notify.store.subscriptions import Feeds, Subscriptions, Webhooks
from services.notify.usecases.feed_webhooks import give_way
from services.notify.usecases.queue_message import queue
from services.notify.usecases.take_webhook import Taken, TakeWebhook

GONE = "gone: "
"""How a failure begins where the address says that it is no more."""


@dataclass(frozen=True)
class SettleWebhook:
    """Changes nothing when the lease has meanwhile gone to another worker, who will settle it.

    Gives what is next of the same ticket, taken for the worker who goes on with it.
    """

    id: str
    outcome: Outcome
    timing: Timing = USUAL

    def loads(self) -> Loads:
        return (Ref(Webhooks, self.id),)

    def decide(self, unit: Unit) -> Taken | None:
        webhook, outcome = unit.get(Webhooks, self.id), self.outcome
        if webhook is None or not webhook.held_by(outcome.owner):
            return None
        feed = unit.get(Feeds, webhook.subscription_id)
        if outcome.reason is None:
            unit.save(Webhooks, webhook.sent(unit.now))
            if feed is not None and feed.failures:
                unit.save(Feeds, feed.answered())
            following = give_way(unit, webhook)
            if following is None or not outcome.goes_on:
                return None
            return TakeWebhook(following.id, outcome.next_lease).decide(unit)
        if outcome.retry_at is None and not outcome.reason.startswith(GONE):
            unit.save(Webhooks, webhook.failed(outcome.reason))
            give_way(unit, webhook)
        else:
            unit.save(Webhooks, webhook.waiting(outcome.retry_at or outcome.ended_at, outcome.reason))
        if feed is not None:
            self._count(unit, webhook, feed.failed(outcome.reason, unit.now, outcome.ended_at))
        return None

    def _count(self, unit: Unit, webhook: Webhook, feed: Feed) -> None:
        unit.save(Feeds, feed)
        subscription = unit.get(Subscriptions, webhook.subscription_id)
        if subscription is None or not subscription.enabled:
            return
        gone = (feed.last_failure or "").startswith(GONE)
        if gone or feed.to_be_given_up(unit.now):
            why = DisabledBecause.GONE if gone else DisabledBecause.FAILING
            after = subscription.disabled(why, unit.now)
            unit.save(Subscriptions, after)
            self._tell(unit, after, feed)

    def _tell(self, unit: Unit, subscription: Subscription, feed: Feed) -> None:
        """The customer's managers and the firm's administrators."""
        theirs = unit.where(Contacts, "answers_for", subscription.customer_id)
        ours = unit.where(Staff, "role", StaffRole.ADMIN)
        told = [
            *((MessageKind.WEBHOOK_DISABLED, contact(each.contact_id)) for each in theirs),
            *((MessageKind.CLIENT_WEBHOOK_DISABLED, staff(each.id)) for each in ours),
        ]
        stamp = int(unit.now.timestamp())
        origin = Origin(f"subscription/{subscription.id}/{stamp}", unit.cause.correlation_id)
        for kind, person in told:
            queue(unit, origin, _message(kind, person, subscription, feed), self.timing)


def _message(kind: MessageKind, person: Recipient, subscription: Subscription, feed: Feed) -> Message:
    return Message(
        kind=kind,
        recipient=person,
        customer_id=subscription.customer_id,
        ticket_id=None,
        visit_id=None,
        details=Details(
            number=subscription.id,
            summary=subscription.description or None,
            address=subscription.url,
            reason=feed.last_failure,
            since_at=feed.failing_since,
        ),
    )
