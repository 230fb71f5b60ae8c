"""A subscription is made, changed, given a new secret, taken away."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from contracts.refusal import NotFound
from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.notify.domain.subscription import DisabledBecause, Feed, Subscription
from services.notify.store.copies import Customers
from services.notify.store.subscriptions import Feeds, Subscriptions


@dataclass(frozen=True)
class Subscribe:
    """``positions``: the number of the newest line of each stream; what comes after is sent."""

    subscription: Subscription
    positions: Mapping[str, int]

    def loads(self) -> Loads:
        return (Ref(Customers, self.subscription.customer_id),)

    def decide(self, unit: Unit) -> None:
        unit.require(Customers, self.subscription.customer_id, as_="customer")
        unit.add(Subscriptions, replace(self.subscription, created_at=unit.now))
        unit.add(Feeds, Feed(self.subscription.id, self.positions))


@dataclass(frozen=True)
class ChangeSubscription:
    """None: as it was. Enabled anew it goes on where it was, at once."""

    id: str
    url: str | None = None
    types: tuple[str, ...] | None = None
    description: str | None = None
    confidential: bool | None = None
    enabled: bool | None = None
    expected: Expected = None

    def loads(self) -> Loads:
        return (Ref(Subscriptions, self.id), Ref(Feeds, self.id))

    def decide(self, unit: Unit) -> None:
        before = required(unit, self.id)
        check_version(unit.version(Subscriptions, self.id), self.expected)
        after = replace(
            before,
            url=before.url if self.url is None else self.url,
            types=before.types if self.types is None else self.types,
            description=before.description if self.description is None else self.description,
            confidential=before.confidential if self.confidential is None else self.confidential,
        )
        if self.enabled is False and before.enabled:
            after = after.disabled(DisabledBecause.BY_HAND, unit.now)
        if self.enabled:
            after = after.reenabled()
        if after != before:
            unit.save(Subscriptions, after)
        feed = unit.get(Feeds, self.id)
        if feed is not None and feed.failures and (self.enabled or after.url != before.url):
            unit.save(Feeds, feed.answered())


@dataclass(frozen=True)
class RotateSecret:
    id: str
    value: str
    both_for: timedelta
    expected: Expected = None

    def loads(self) -> Loads:
        return (Ref(Subscriptions, self.id),)

    def decide(self, unit: Unit) -> None:
        before = required(unit, self.id)
        check_version(unit.version(Subscriptions, self.id), self.expected)
        if before.secrets[0].value != self.value:
            unit.save(Subscriptions, before.rotated(self.value, unit.now, self.both_for))


@dataclass(frozen=True)
class Unsubscribe:
    id: str
    expected: Expected = None

    def loads(self) -> Loads:
        return (Ref(Subscriptions, self.id),)

    def decide(self, unit: Unit) -> None:
        before = required(unit, self.id)
        check_version(unit.version(Subscriptions, self.id), self.expected)
        unit.erase(Subscriptions, replace(before, url="", secrets=(), description="", enabled=False))


def required(unit: Unit, id: str) -> Subscription:
    found = unit.get(Subscriptions, id)
    if found is None:
        raise NotFound("subscription", id)
    return found
