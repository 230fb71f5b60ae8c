"""Facts of messages, on ``notify.deliveries.v1``, keyed by the message."""

from enum import StrEnum
from typing import ClassVar

from contracts.envelope import Fact
from contracts.values import Detail, Id


class MessageChannel(StrEnum):
    MAIL = "mail"
    SMS = "sms"
    PUSH = "push"
    VOICE = "voice"


class NotificationFact(Fact):
    """Which message to whom, by ids: addresses and texts stay with the notify service.

    Until major 1 every message was a mail, until major 2 a mail or an SMS.
    """

    MAJOR: ClassVar[int] = 3

    notification_id: str
    channel: MessageChannel
    recipient_kind: str
    recipient_id: Id
    template: str
    ticket_id: Id | None = None
    visit_id: Id | None = None


class NotificationSent(NotificationFact):
    TYPE: ClassVar[str] = "notification-sent"


class NotificationAnswered(NotificationFact):
    """Who was called by telephone typed that he goes, or that he does not."""

    TYPE: ClassVar[str] = "notification-answered"
    MAJOR: ClassVar[int] = 1

    accepted: bool


class NotificationFailed(NotificationFact):
    """No further attempt will be made."""

    TYPE: ClassVar[str] = "notification-failed"

    reason: Detail
