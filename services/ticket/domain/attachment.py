"""A file that belongs to a ticket: what is known of it, and what becomes of the ticket with it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from contracts.audience import Viewer
from contracts.file_names import SHOWN_INLINE
from contracts.refusal import Refusal
from contracts.text import Text
from contracts.ticket.events import AttachmentAdded, AttachmentRemoved
from services.ticket.domain.ticket import Step, Ticket

MAX_BYTES = 25 * 1024 * 1024
MAX_ATTACHMENTS = 50


class Position(StrEnum):
    """Whether the picture said where it was taken: not any more, never, or nobody looked."""

    REMOVED = "removed"
    NONE = "none"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Attachment:
    """``file_id`` names its bytes, which go when it is removed; ``sha256`` is that of the bytes kept."""

    id: str
    ticket_id: str
    file_id: str
    name: str
    media_type: str
    size: int
    sha256: str
    public: bool
    added_by: str
    added_at: datetime
    position: Position = Position.UNKNOWN
    removed_by: str | None = None
    removed_at: datetime | None = None

    def is_seen_by(self, viewer: Viewer) -> bool:
        """Whether it exists for somebody for whom its ticket does."""
        return viewer.of_the_firm or self.public

    def shows(self, ticket_id: str, viewer: Viewer) -> bool:
        """Whether it is a picture of that ticket, which is there and which he sees."""
        is_picture = self.media_type.startswith("image/") and self.media_type in SHOWN_INLINE
        of_the_ticket = self.ticket_id == ticket_id and self.removed_at is None
        return is_picture and of_the_ticket and self.is_seen_by(viewer)


def attached(ticket: Ticket, attachment: Attachment, there: int, at: datetime) -> Step:
    """The ticket with one more; ``there`` are those that it has."""
    if there >= MAX_ATTACHMENTS:
        raise Refusal(
            "too-many-attachments",
            Text(
                f"A ticket has {MAX_ATTACHMENTS} attachments at most: remove one that nobody needs first.",
                f"Un ticket a {MAX_ATTACHMENTS} pièces jointes au plus : retirez d'abord une pièce inutile.",
            ),
        )
    fact = ticket.fact(
        AttachmentAdded,
        attachment_id=attachment.id,
        media_type=attachment.media_type,
        size=attachment.size,
        public=attachment.public,
    )
    return ticket, ((at, fact),)


def detached(ticket: Ticket, attachment: Attachment, by: str, at: datetime) -> tuple[Attachment, Step]:
    """What is left of it once its bytes go, and that the ticket says so."""
    fact = ticket.fact(AttachmentRemoved, attachment_id=attachment.id, public=attachment.public)
    return replace(attachment, removed_by=by, removed_at=at), (ticket, ((at, fact),))
