"""A message on its way: queued, being sent, sent or failed."""

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from contracts.notify.events import MessageChannel, NotificationAnswered, NotificationFailed, NotificationSent
from services.notify.domain.message import Message, MessageKind
from services.notify.domain.quiet import Disturbs
from services.notify.domain.sms import URGENT
from services.notify.domain.timing import Timing

_OF_THE_PLAN = frozenset(
    {MessageKind.VISIT_PLANNED, MessageKind.VISIT_RESCHEDULED, MessageKind.TECHNICIAN_RESCHEDULED}
)
_ADDRESS = re.compile(r"[^\s<>\"'(),:;]+@[^\s<>\"'(),:;]+")
_NUMBER = re.compile(r"(?<![\w-])(?:\+|00)?\d(?:[ .()-]?\d){7,14}(?![\w-])")


QUIET = "quiet/"
"""How ``digest_for`` begins of what waits for the end of quiet hours."""


class DeliveryState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    OVERTAKEN = "overtaken"
    UNWANTED = "unwanted"
    IN_DIGEST = "in-digest"


class CallAnswer(StrEnum):
    """What came of a call: he typed that he goes or does not, or nobody did."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    NO_ANSWER = "no-answer"
    BUSY = "busy"
    MACHINE = "machine"
    NOTHING_TYPED = "nothing-typed"
    FAILED = "failed"


@dataclass(frozen=True)
class Origin:
    """The event that a message answers, for correlation."""

    event: str
    correlation_id: str
    traceparent: str | None = None


@dataclass(frozen=True)
class Delivery:
    """One message to one person for one change.

    ``attempt_at`` is the system clock's: when it may be attempted next; while it is being sent,
    when somebody else may take it over; None before it may be sent at all, and once it was sent,
    failed or was overtaken. Other times are the domain's. Until ``settles_at`` a later message may
    overtake this one, which then is never sent; ``unsettled_since`` is the first of such a row of
    messages. ``digest_for`` is whose digest, or the end of whose quiet hours, it waits for, until then.
    ``device_id``: the browser that a push goes to. ``disturbs``: why it did not wait for that end.
    ``call`` counts the calls about the same; ``answer`` is what came of one.
    """

    id: str
    message: Message
    origin: Origin
    queued_at: datetime
    state: DeliveryState = DeliveryState.QUEUED
    channel: MessageChannel = MessageChannel.MAIL
    attempt_at: datetime | None = None
    attempts: int = 0
    owner: str | None = None
    sent_at: datetime | None = None
    failure: str | None = None
    settles_at: datetime | None = None
    unsettled_since: datetime | None = None
    digest_for: str | None = None
    device_id: str | None = None
    disturbs: Disturbs | None = None
    call: int = 0
    answer: CallAnswer | None = None

    @property
    def settling(self) -> bool:
        return self.settles_at is not None

    @property
    def can_be_withdrawn(self) -> bool:
        """Nobody is sending it, and nobody has."""
        return self.state is DeliveryState.QUEUED

    def is_late(self, now: datetime) -> bool:
        """Whether it asks somebody to answer by a time that is over."""
        answer_by = self.message.details.acknowledge_by
        return answer_by is not None and answer_by <= now

    def not_before(self, at: datetime) -> "Delivery":
        """It waits until ``at``."""
        return replace(self, attempt_at=None, settles_at=at)

    def settled(self, attempt_at: datetime) -> "Delivery":
        """It stands, and may be attempted from ``attempt_at`` on (system clock)."""
        return replace(self, settles_at=None, unsettled_since=None, digest_for=None, attempt_at=attempt_at)

    def overtaken(self) -> "Delivery":
        return self._ended(DeliveryState.OVERTAKEN)

    def unwanted(self) -> "Delivery":
        """He does not want to be told this; it is kept to say so."""
        return self._ended(DeliveryState.UNWANTED)

    def gathered(self) -> "Delivery":
        """It is told by a digest."""
        return self._ended(DeliveryState.IN_DIGEST)

    @property
    def hushed(self) -> bool:
        """It waits for the end of somebody's quiet hours."""
        return self.digest_for is not None and self.digest_for.startswith(QUIET)

    def hush(self, whose: str, until: datetime, now: datetime) -> "Delivery":
        """It waits for the end of his quiet hours."""
        return self.to_be_gathered(f"{QUIET}{whose}", until, now)

    def to_be_gathered(self, whose: str, at: datetime, now: datetime) -> "Delivery":
        """It waits for somebody's digest, which is written ``at``."""
        return replace(self, attempt_at=None, settles_at=at, unsettled_since=now, digest_for=whose)

    def _ended(self, state: DeliveryState) -> "Delivery":
        return replace(
            self, state=state, attempt_at=None, settles_at=None, unsettled_since=None, digest_for=None
        )

    def to_settle(self, now: datetime, since: datetime | None, timing: Timing) -> "Delivery":
        """It waits from ``now`` on; ``since`` is when the message began to wait whose place it takes."""
        since = since or now
        stands = min(now + timing.plan_rests, since + timing.plan_rests_at_most)
        return replace(self, attempt_at=None, settles_at=stands, unsettled_since=since)

    def to_be_taken(self, at: datetime) -> bool:
        """Whether a worker may take it at ``at`` (system clock)."""
        return self.attempt_at is not None and self.attempt_at <= at

    def taken(self, owner: str, until: datetime) -> "Delivery":
        return replace(
            self, state=DeliveryState.SENDING, owner=owner, attempt_at=until, attempts=self.attempts + 1
        )

    def held_by(self, owner: str) -> bool:
        return self.state is DeliveryState.SENDING and self.owner == owner

    def sent(self, at: datetime) -> tuple["Delivery", NotificationSent]:
        after = replace(self, state=DeliveryState.SENT, sent_at=at, attempt_at=None, owner=None, failure=None)
        return after, NotificationSent(**self._identity())

    def postponed(self, reason: str, until: datetime) -> "Delivery":
        """An attempt did not succeed; the next is due at ``until`` (system clock)."""
        reason = without_addresses(reason)
        return replace(self, state=DeliveryState.QUEUED, attempt_at=until, owner=None, failure=reason)

    def failed(self, reason: str) -> tuple["Delivery", NotificationFailed]:
        reason = without_addresses(reason)
        after = replace(self, state=DeliveryState.FAILED, attempt_at=None, owner=None, failure=reason)
        return after, NotificationFailed(**self._identity(), reason=reason)

    def answered(self, answer: CallAnswer) -> tuple["Delivery", NotificationAnswered | None]:
        """What came of the call; somebody's answer is a fact, silence is none."""
        after = replace(self, answer=answer)
        if answer not in (CallAnswer.ACCEPTED, CallAnswer.DECLINED):
            return after, None
        return after, NotificationAnswered(**self._identity(), accepted=answer is CallAnswer.ACCEPTED)

    def _identity(self) -> dict[str, Any]:
        return {
            "notification_id": self.id,
            "channel": self.channel,
            "recipient_kind": self.message.recipient.kind,
            "recipient_id": self.message.recipient.id,
            "template": self.message.kind,
            "ticket_id": self.message.ticket_id,
            "visit_id": self.message.visit_id,
        }


def has_to_settle(message: Message, timing: Timing) -> bool:
    """Whether it waits for the plan to come to rest. What is urgent, or calls for an answer, does not."""
    waits = message.kind in _OF_THE_PLAN and message.details.priority not in URGENT
    return waits and bool(timing.plan_rests)


def without_addresses(reason: str) -> str:
    """A server's words without mail addresses and numbers: reasons travel in facts, people do not."""
    return _NUMBER.sub("(number)", _ADDRESS.sub("(address)", reason))[:500]


def delivery_id(
    event: str, message: Message, channel: MessageChannel = MessageChannel.MAIL, to: str | None = None
) -> str:
    """The id that the same event always gives to the same message for the same person by the same channel.

    ``to`` tells apart what goes to several places by one channel.

    It is also what the mail's Message-ID is made of and the SMS's Idempotency-Key, so a receiver
    recognises a repetition.
    """
    recipient = message.recipient
    key = f"{event}/{recipient.kind}:{recipient.id}/{message.kind}"
    if channel is not MessageChannel.MAIL:
        key = f"{key}/{channel}"
    if to is not None:
        key = f"{key}/{to}"
    return hashlib.sha256(key.encode()).hexdigest()[:40]
