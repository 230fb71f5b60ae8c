from pydantic import BaseModel

from contracts.values import Instant
from infra.chassis.runtime import Kept
from services.ticket.domain.mail import ReceivedMail


class MailView(BaseModel):
    """``why`` is for people, ``reason`` for programs; what the mail says goes once somebody has decided."""

    id: str
    state: str
    mailbox: str
    received_at: Instant
    reason: str | None
    why: str | None
    sender: str | None
    sender_name: str | None
    subject: str | None
    excerpt: str | None
    ticket_id: str | None
    decided_by: str | None
    decided_at: Instant | None
    updated_at: Instant


class MailListView(BaseModel):
    items: list[MailView]
    next: str | None


def mail_view(kept: Kept[ReceivedMail], language: str) -> MailView:
    mail = kept.value
    return MailView(
        id=mail.id,
        state=mail.state,
        mailbox=mail.mailbox,
        received_at=mail.at,
        reason=mail.reason,
        why=mail.reason_fr if language == "fr" else mail.reason_en,
        sender=mail.sender,
        sender_name=mail.sender_name,
        subject=mail.subject,
        excerpt=mail.excerpt,
        ticket_id=mail.ticket_id,
        decided_by=mail.decided_by,
        decided_at=mail.decided_at,
        updated_at=kept.updated_at,
    )
