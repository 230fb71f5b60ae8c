"""What people answer who are called by telephone."""

from collections.abc import Iterable

from contracts.envelope import Envelope
from contracts.notify.events import NotificationAnswered
from services.dispatch.usecases.answer_dispatch import TakeAnswer


def on_notification_answered(event: NotificationAnswered, envelope: Envelope) -> Iterable[TakeAnswer]:
    """An answer about something else than a visit, or of somebody who is sent nowhere, is not ours."""
    if event.visit_id is None or event.recipient_kind != "technician":
        return []
    return [TakeAnswer(event.visit_id, event.recipient_id, event.accepted, envelope.occurred_at)]
