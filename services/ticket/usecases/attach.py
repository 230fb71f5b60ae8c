"""Files are attached to a ticket, and removed from it."""

from dataclasses import dataclass

from contracts.refusal import NotFound, Refusal
from contracts.text import Text
from infra.chassis.store.collection import Loads, Ref, Where
from infra.chassis.store.unit import Unit
from services.ticket.domain.attachment import Attachment, Position, attached, detached
from services.ticket.domain.replying import said_by_the_client
from services.ticket.store.attachments import Attachments
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.addressing import TicketCommand
from services.ticket.usecases.keeping import keep


@dataclass(frozen=True, kw_only=True)
class AddAttachment(TicketCommand):
    """``file_id`` names bytes that are stored. What the customer's side attaches is public, and a reply."""

    id: str
    file_id: str
    name: str
    media_type: str
    size: int
    sha256: str
    position: Position
    public: bool = True

    def loads(self) -> Loads:
        return (Ref(Tickets, self.ticket_id), Where(Attachments, "ticket_id", self.ticket_id))

    def decide(self, unit: Unit) -> Attachment:
        ticket, at = self.addressed(unit)
        attachment = Attachment(
            id=self.id,
            ticket_id=ticket.id,
            file_id=self.file_id,
            name=self.name,
            media_type=self.media_type,
            size=self.size,
            sha256=self.sha256,
            public=self.public or not self.viewer.of_the_firm,
            added_by=unit.cause.actor,
            added_at=at,
            position=self.position,
        )
        those = unit.where(Attachments, "ticket_id", ticket.id)
        others = sum(each.removed_at is None for each in those if each.id != self.id)
        unit.add(Attachments, attachment)
        step = attached(ticket, attachment, others, at)
        if not self.viewer.of_the_firm:
            step = said_by_the_client(step, at)
        keep(unit, ticket, step, at=at, words=attachment.name)
        return attachment


@dataclass(frozen=True, kw_only=True)
class RemoveAttachment(TicketCommand):
    """By whoever attached it, or the firm; once removed it stays so."""

    attachment_id: str

    def loads(self) -> Loads:
        return (Ref(Tickets, self.ticket_id), Ref(Attachments, self.attachment_id))

    def decide(self, unit: Unit) -> str:
        """The id of the bytes, which nobody needs any more."""
        ticket, at = self.addressed(unit)
        attachment = unit.get(Attachments, self.attachment_id)
        if attachment is None or attachment.ticket_id != ticket.id or not attachment.is_seen_by(self.viewer):
            raise NotFound("attachment", self.attachment_id)
        if attachment.removed_at is not None:
            return attachment.file_id
        if not (self.viewer.of_the_firm or attachment.added_by == unit.cause.actor):
            raise Refusal(
                "not-its-author",
                Text(
                    "Only whoever attached it, or the hotline, removes it: ask them.",
                    "Seuls son auteur ou la hotline la retirent : adressez-vous à eux.",
                ),
            )
        after, step = detached(ticket, attachment, unit.cause.actor, at)
        unit.save(Attachments, after)
        keep(unit, ticket, step, at=at, words=attachment.name)
        return after.file_id
