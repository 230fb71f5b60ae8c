"""What happened, in one message instead of many."""

from collections.abc import Sequence
from datetime import datetime

from services.notify.domain.message import Details, DigestLine, Message, MessageKind


def digest_of(messages: Sequence[Message], queued: Sequence[datetime], reason: str | None = None) -> Message:
    """One message of several for the same person, oldest first; it names the first one's ticket.

    ``reason``: why they waited, where that was not his daily mail.
    """
    first = messages[0]
    lines = tuple(
        DigestLine(at, each.kind, each.details.number, each.details.summary)
        for each, at in zip(messages, queued, strict=True)
    )
    contracts = sorted({id for each in messages for id in each.contract_ids})
    return Message(
        kind=MessageKind.DIGEST,
        recipient=first.recipient,
        customer_id=first.customer_id,
        ticket_id=first.ticket_id,
        visit_id=None,
        details=Details(first.details.number, lines=lines, reason=reason),
        confidential=any(each.confidential for each in messages),
        contract_ids=tuple(contracts),
    )
