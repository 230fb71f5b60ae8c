"""Keys are made, follow one another, and are revoked.

``at`` is the system clock's: a key expires when its token would, whatever time the firm's day is at.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.refusal import NotFound
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.notify.domain.api_key import ApiKey, check_expiry
from services.notify.store.api_keys import ApiKeys
from services.notify.store.copies import Customers


@dataclass(frozen=True)
class MakeKey:
    key: ApiKey
    at: datetime

    def loads(self) -> Loads:
        return (Ref(Customers, self.key.customer_id),)

    def decide(self, unit: Unit) -> None:
        unit.require(Customers, self.key.customer_id, as_="customer")
        check_expiry(self.key.expires_at, self.at)
        unit.add(ApiKeys, self.key)


@dataclass(frozen=True)
class RotateKey:
    """``new`` has an id, a digest, a prefix and an author; everything else it takes from the old one."""

    id: str
    new: ApiKey
    overlap: timedelta
    at: datetime

    def loads(self) -> Loads:
        return (Ref(ApiKeys, self.id),)

    def decide(self, unit: Unit) -> None:
        before = unit.get(ApiKeys, self.id)
        if before is None:
            raise NotFound("api-key", self.id)
        old, new = before.followed_by(self.new, self.overlap, self.at)
        unit.save(ApiKeys, old)
        unit.add(ApiKeys, new)


@dataclass(frozen=True)
class RevokeKey:
    id: str
    at: datetime

    def loads(self) -> Loads:
        return (Ref(ApiKeys, self.id),)

    def decide(self, unit: Unit) -> None:
        before = unit.get(ApiKeys, self.id)
        if before is None:
            raise NotFound("api-key", self.id)
        after = before.revoked(self.at, unit.cause.actor)
        if after is not before:
            unit.save(ApiKeys, after)
