"""A key that a customer's machine comes with. The key itself is nowhere: its digest is."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from contracts.refusal import Refusal
from contracts.text import Text
from contracts.values import rfc3339

MOST_DAYS = 366
MOST_OVERLAP = timedelta(days=30)


@dataclass(frozen=True)
class ApiKey:
    """``prefix`` is what it begins with, to recognise it by. ``acts_as`` is the id of the first of those that
    followed one another: what it does is done by the same caller, before a rotation and after."""

    id: str
    customer_id: str
    name: str
    digest: str
    prefix: str
    acts_as: str
    verbs: tuple[str, ...]
    created_at: datetime
    created_by: str
    expires_at: datetime
    revoked_at: datetime | None = None
    revoked_by: str | None = None
    replaced_by: str | None = None

    @property
    def api_key_id(self) -> str:
        """As the copies of it call the id."""
        return self.id

    def revoked(self, at: datetime, by: str) -> "ApiKey":
        """Refused from now on; once is enough."""
        return self if self.revoked_at is not None else replace(self, revoked_at=at, revoked_by=by)

    def state(self, now: datetime) -> str:
        """``active``, ``expired`` or ``revoked``."""
        if self.revoked_at is not None:
            return "revoked"
        return "active" if now < self.expires_at else "expired"

    def followed_by(self, new: "ApiKey", overlap: timedelta, now: datetime) -> tuple["ApiKey", "ApiKey"]:
        """This one until the overlap is over, and the one that takes its place."""
        if self.state(now) != "active" or self.replaced_by is not None:
            raise Refusal(
                "api-key-not-active",
                Text(
                    "It was replaced or revoked, or has expired: rotate the one in use, or make one.",
                    "Elle est remplacée, révoquée ou expirée : renouvelez celle qui sert, ou créez-en une.",
                ),
            )
        until = min(self.expires_at, now + overlap)
        follows = replace(
            new,
            customer_id=self.customer_id,
            name=self.name,
            verbs=self.verbs,
            acts_as=self.acts_as,
            expires_at=now + (self.expires_at - self.created_at),
        )
        return replace(self, expires_at=until, replaced_by=new.id), follows


def check_expiry(expires_at: datetime, now: datetime) -> None:
    """At most a year: a key that nobody has had to renew is one that nobody remembers."""
    latest = now + timedelta(days=MOST_DAYS)
    if not now < expires_at <= latest:
        raise Refusal(
            "api-key-expiry",
            Text(
                f"A key expires in the future, by {rfc3339(latest)} at the latest.",
                f"Une clé expire dans le futur, au plus tard le {rfc3339(latest)}.",
            ),
            latest=rfc3339(latest),
        )
