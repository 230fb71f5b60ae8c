"""What a file is, by its bytes: what its sender says of it does not count."""

import puremagic

UNKNOWN = "application/octet-stream"
TEXT = "text/plain"
HEAD_BYTES = 8192

_NAMED_OTHERWISE = {"image/x-ms-bmp": "image/bmp", "image/jpg": "image/jpeg", "image/x-png": "image/png"}
_BRANDS = {b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heif", b"msf1": "image/heif"}
"""ISO base media files that are pictures (ISO/IEC 23008-12), by their main brand."""


def media_type_of(head: bytes) -> str:
    """The media type of a file that begins with ``head``, ``HEAD_BYTES`` of it or the whole."""
    if head[4:8] == b"ftyp" and head[8:12] in _BRANDS:
        return _BRANDS[head[8:12]]
    try:
        found = [each for each in puremagic.magic_string(head) if each.mime_type]
    except (puremagic.PureError, ValueError):
        found = []
    # A file is known by how it begins: an ending can be appended to anything.
    begun: str | None = next((each.mime_type for each in found if each.offset >= 0), None)
    if begun is not None:
        return _NAMED_OTHERWISE.get(begun, begun)
    return TEXT if _is_text(head) else UNKNOWN


def _is_text(head: bytes) -> bool:
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:
            return False
        text = head[: error.start].decode("utf-8")
    return all(each.isprintable() or each.isspace() for each in text)
