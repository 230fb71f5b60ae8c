"""One event on its way to a customer's address."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

TEST_TYPE = "webhook-test"


class WebhookState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True)
class Webhook:
    """``id`` is what ``webhook-id`` says, ``body`` the bytes that are sent: both the same at each attempt.

    ``key`` is what it is in order with: the ticket. ``attempt_at`` as in a delivery; None as well while an
    earlier one of its key is under way, and where it is ``parked``: nobody writes to its address for now.
    """

    id: str
    subscription_id: str
    customer_id: str
    type: str
    key: str
    body: str
    queued_at: datetime
    state: WebhookState = WebhookState.QUEUED
    attempt_at: datetime | None = None
    attempts: int = 0
    owner: str | None = None
    sent_at: datetime | None = None
    failure: str | None = None
    parked: bool = False

    @property
    def lane(self) -> str:
        return lane_id(self.subscription_id, self.key)

    def to_be_taken(self, at: datetime) -> bool:
        return self.attempt_at is not None and self.attempt_at <= at

    def held_by(self, owner: str) -> bool:
        return self.state is WebhookState.SENDING and self.owner == owner

    def taken(self, owner: str, until: datetime) -> "Webhook":
        return replace(
            self, state=WebhookState.SENDING, owner=owner, attempt_at=until, attempts=self.attempts + 1
        )

    def waiting(self, until: datetime | None, reason: str | None = None) -> "Webhook":
        """To be attempted then (system clock); None: when somebody says so."""
        return replace(
            self,
            state=WebhookState.QUEUED,
            owner=None,
            attempt_at=until,
            failure=reason or self.failure,
            parked=False,
        )

    def put_aside(self) -> "Webhook":
        return replace(self.waiting(None), parked=True)

    def sent(self, at: datetime) -> "Webhook":
        return replace(
            self, state=WebhookState.SENT, sent_at=at, attempt_at=None, owner=None, failure=None, parked=False
        )

    def failed(self, reason: str) -> "Webhook":
        return replace(self, state=WebhookState.FAILED, attempt_at=None, owner=None, failure=reason)


@dataclass(frozen=True)
class Lane:
    """What of one key is still to be sent to a subscription, in its order; only the first is attempted."""

    id: str
    pending: tuple[str, ...] = ()

    def with_(self, webhook_id: str) -> "Lane":
        return replace(self, pending=(*self.pending, webhook_id))

    def without(self, webhook_id: str) -> "Lane":
        return replace(self, pending=tuple(id for id in self.pending if id != webhook_id))


def lane_id(subscription_id: str, key: str) -> str:
    return f"{subscription_id}/{key}"


def webhook_id(subscription_id: str, event: str) -> str:
    """The same for the same event and subscription, also where it is sent again on demand."""
    return f"msg_{hashlib.sha256(f'{subscription_id}/{event}'.encode()).hexdigest()[:32]}"
