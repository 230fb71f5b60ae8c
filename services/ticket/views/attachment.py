"""An attachment as it is shown, and the headers that its bytes are sent with."""

import re
import unicodedata
from collections.abc import Mapping
from urllib.parse import quote

from pydantic import BaseModel

from contracts.values import Instant
from services.ticket.domain.attachment import SHOWN_INLINE, Attachment, Position
from services.ticket.views.listing import ListView

_NO_PROGRAM = "default-src 'none'; sandbox"


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
    """What is shown in place runs nothing; everything else is only ever saved."""
    inline = attachment.media_type in SHOWN_INLINE
    # A browser's own reader of PDF does not work in a sandbox.
    no_program = "default-src 'none'" if attachment.media_type == "application/pdf" else _NO_PROGRAM
    return {
        "ETag": entity_tag(attachment),
        "Content-Disposition": disposition("inline" if inline else "attachment", attachment.name),
        "Content-Security-Policy": no_program,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-cache",
        "Accept-Ranges": "none",
    }


def disposition(kind: str, name: str) -> str:
    """RFC 6266: the name in RFC 8187's form, and before it one that every reader takes."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r'["\\%]', "_", plain).strip(" .") or "file"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
