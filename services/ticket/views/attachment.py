"""An attachment as it is shown, and the headers that its bytes are sent with."""

from collections.abc import Mapping

from pydantic import BaseModel

from contracts.values import Instant
from infra.chassis.attaching.headers import file_headers
from services.ticket.domain.attachment import Attachment, Position
from services.ticket.views.listing import ListView


class AttachmentView(BaseModel):
    """``media_type`` and ``position`` are what its bytes said; ``sha256`` is of what is kept.

    ``position``: whether the picture said where it was taken, which is removed before it is kept; ``unknown``
    for files that nobody looked for it in. ``removed_at`` is null while its bytes are there.
    """

    id: str
    ticket_id: str
    name: str
    media_type: str
    size: int
    sha256: str
    public: bool
    position: Position
    added_by: str
    added_at: Instant
    removed_by: str | None
    removed_at: Instant | None


class AttachmentListView(ListView):
    items: list[AttachmentView]


def attachment_view(attachment: Attachment) -> AttachmentView:
    return AttachmentView.model_validate(attachment, from_attributes=True)


def entity_tag(attachment: Attachment) -> str:
    return f'"{attachment.sha256}"'


def headers_of(attachment: Attachment) -> Mapping[str, str]:
    return file_headers(attachment.name, attachment.media_type, attachment.sha256)
