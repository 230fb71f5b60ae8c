"""A file before it is kept: what it is, and no trace of where a picture was taken."""

import hashlib
import mmap
from dataclasses import dataclass
from typing import BinaryIO

from infra.chassis.attaching.media_types import HEAD_BYTES, media_type_of
from infra.chassis.attaching.position import CLEANED, blank_position
from services.ticket.domain.attachment import Position

_PART = 255 * 1024


@dataclass(frozen=True)
class About:
    media_type: str
    size: int
    sha256: str
    position: Position


def looked_at(kept: BinaryIO) -> About:
    """What is known of it once it is as it is kept: a picture's position is blanked in place."""
    kept.seek(0)
    media_type = media_type_of(kept.read(HEAD_BYTES))
    position = Position.UNKNOWN
    if media_type in CLEANED:
        position = Position.REMOVED if _cleaned(kept) else Position.NONE
    sha256, size = digest_of(kept)
    return About(media_type, size, sha256, position)


def _cleaned(kept: BinaryIO) -> bool:
    kept.flush()
    if hasattr(kept, "rollover"):
        kept.rollover()  # a small one lies in memory, where nothing can be mapped
    with mmap.mmap(kept.fileno(), 0) as picture:
        return blank_position(picture)


def digest_of(file: BinaryIO) -> tuple[str, int]:
    """Its SHA-256 and how many bytes it has."""
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while part := file.read(_PART):
        digest.update(part)
        size += len(part)
    return digest.hexdigest(), size


def looked_at_bytes(content: bytes) -> tuple[bytes, About]:
    """The same of bytes in memory: as they are kept, and what is known of them."""
    media_type = media_type_of(content[:HEAD_BYTES])
    position = Position.UNKNOWN
    if media_type in CLEANED:
        cleaned = bytearray(content)
        position = Position.REMOVED if blank_position(cleaned) else Position.NONE
        content = bytes(cleaned)
    return content, About(media_type, len(content), hashlib.sha256(content).hexdigest(), position)
