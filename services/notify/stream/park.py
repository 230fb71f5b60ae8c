"""What notify does about the facts of ``inventory.assets.v1``: people read what was learned, or is taught."""

from collections.abc import Iterable

from contracts.envelope import Envelope
from contracts.inventory.assets import TipSent, TrainingNews, TrainingTold
from contracts.ticket.events import Wording
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


_KINDS = {
    TrainingNews.INVITED: MessageKind.TRAINING_INVITED,
    TrainingNews.MOVED: MessageKind.TRAINING_MOVED,
    TrainingNews.CALLED_OFF: MessageKind.TRAINING_CALLED_OFF,
    TrainingNews.REMINDED: MessageKind.TRAINING_REMINDED,
    TrainingNews.HELD: MessageKind.TRAINING_HELD,
}


def on_training_told(
    event: TrainingTold, envelope: Envelope, timing: Timing = USUAL
) -> Iterable[QueueMessage]:
    origin = Origin(envelope.identity, envelope.correlation_id, envelope.traceparent)
    details = Details(
        number="",
        title=Wording(fr=event.title, en=event.title),
        site_ids=(event.site_id,),
        technician_id=event.technician_id,
        training_id=event.training_id,
        start_at=event.start_at,
        end_at=event.end_at,
        room=event.room,
        sequence=event.sequence,
        rated_until=event.marks_until,
    )
    for id in event.contact_ids:
        message = Message(
            kind=_KINDS[event.news],
            recipient=contact(id),
            customer_id=event.customer_id,
            ticket_id=None,
            visit_id=None,
            details=details,
        )
        yield QueueMessage(origin, message, timing)
