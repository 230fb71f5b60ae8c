"""What notify does about the facts of ``inventory.assets.v1``: people read what was learned."""

from collections.abc import Iterable

from contracts.envelope import Envelope
from contracts.inventory.assets import TipSent
from services.notify.domain.delivery import Origin
from services.notify.domain.message import Details, Message, MessageKind, contact
from services.notify.domain.timing import USUAL, Timing
from services.notify.usecases.queue_message import QueueMessage


def on_tip_sent(event: TipSent, envelope: Envelope, timing: Timing = USUAL) -> Iterable[QueueMessage]:
    origin = Origin(envelope.identity, envelope.correlation_id, envelope.traceparent)
    for id in event.contact_ids:
        message = Message(
            kind=MessageKind.TIP,
            recipient=contact(id),
            customer_id=event.customer_id,
            ticket_id=None,
            visit_id=None,
            details=Details(number="", title=event.title, text=event.text),
        )
        yield QueueMessage(origin, message, timing)
