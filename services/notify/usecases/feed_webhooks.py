"""Events are put on their way to a customer's address, each once and in the order of its ticket."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.deliveries import AT_ONCE
from infra.chassis.store.unit import Unit
from services.notify.domain.line import Stream
from services.notify.domain.webhook import Lane, Webhook
from services.notify.store.subscriptions import Feeds, Lanes, Subscriptions, Webhooks
from services.notify.usecases.subscribe import required


@dataclass(frozen=True)
class FeedWebhooks:
    """Take up the lines of ``stream`` above number ``after`` up to ``upto``, of which ``webhooks`` were made.

    Does nothing where somebody else has taken them up, or it was disabled meanwhile.
    """

    subscription_id: str
    stream: Stream
    after: int
    upto: int
    webhooks: tuple[Webhook, ...] = ()
    missed: int = 0

    def loads(self) -> Loads:
        sent = (Ref(Webhooks, each.id) for each in self.webhooks)
        lanes = (Ref(Lanes, lane) for lane in {each.lane for each in self.webhooks})
        return (Ref(Subscriptions, self.subscription_id), Ref(Feeds, self.subscription_id), *sent, *lanes)

    def decide(self, unit: Unit) -> None:
        subscription, feed = (
            unit.get(Subscriptions, self.subscription_id),
            unit.get(Feeds, self.subscription_id),
        )
        if subscription is None or not subscription.enabled:
            return
        if feed is None or feed.position(self.stream) != self.after:
            return
        unit.save(Feeds, feed.moved(self.stream, self.upto, self.missed))
        for webhook in self.webhooks:
            enqueue(unit, webhook)


@dataclass(frozen=True)
class SendTest:
    """A message that says nothing, to see whether it arrives."""

    webhook: Webhook

    def loads(self) -> Loads:
        return (Ref(Subscriptions, self.webhook.subscription_id), Ref(Lanes, self.webhook.lane))

    def decide(self, unit: Unit) -> None:
        required(unit, self.webhook.subscription_id)
        enqueue(unit, self.webhook)


@dataclass(frozen=True)
class Replay:
    """Send again what came after these numbers of each stream; what lies before stays as it is."""

    subscription_id: str
    positions: Mapping[str, int]

    def loads(self) -> Loads:
        return (Ref(Subscriptions, self.subscription_id), Ref(Feeds, self.subscription_id))

    def decide(self, unit: Unit) -> None:
        required(unit, self.subscription_id)
        feed = unit.get(Feeds, self.subscription_id)
        assert feed is not None, "it was made with the subscription"
        back = {name: min(number, feed.position(Stream(name))) for name, number in self.positions.items()}
        unit.save(Feeds, replace(feed, positions={**feed.positions, **back}, replays=feed.replays + 1))


@dataclass(frozen=True)
class Unpark:
    """What was put aside while nobody wrote to its address is due again."""

    webhook_id: str

    def loads(self) -> Loads:
        return (Ref(Webhooks, self.webhook_id),)

    def decide(self, unit: Unit) -> None:
        webhook = unit.get(Webhooks, self.webhook_id)
        if webhook is not None and webhook.parked:
            unit.save(Webhooks, webhook.waiting(AT_ONCE))


def enqueue(unit: Unit, webhook: Webhook) -> None:
    """It goes once all that came before of its ticket has gone, or was given up."""
    lane = unit.get(Lanes, webhook.lane) or Lane(webhook.lane)
    if webhook.id in lane.pending:
        return
    unit.put(Webhooks, webhook.waiting(None if lane.pending else AT_ONCE))
    unit.put(Lanes, lane.with_(webhook.id))


def give_way(unit: Unit, webhook: Webhook) -> Webhook | None:
    """It is done with: the next of its ticket, if there is one, is due."""
    lane = unit.get(Lanes, webhook.lane)
    if lane is None:
        return None
    after, due = lane.without(webhook.id), None
    while after.pending and due is None:
        following = unit.get(Webhooks, after.pending[0])
        if following is None:
            after = after.without(after.pending[0])  # past what is kept
        else:
            due = following.waiting(AT_ONCE)
            unit.save(Webhooks, due)
    unit.save(Lanes, after)
    return due
