"""Take out of a picture where it was taken: in place, so that nothing moves and what is seen is not touched.

Of EXIF the GPS block and what points at it are blanked (Exif 2.32, 4.6.6; TIFF 6.0), of XMP the values of
the GPS properties. JPEG, WebP, HEIC, AVIF and TIFF hold both as they are, PNG in chunks with a checksum.
"""

import mmap
import re
import struct
import zlib
from collections.abc import Iterator
from itertools import islice

CLEANED = frozenset(
    ("image/jpeg", "image/png", "image/webp", "image/heic", "image/heif", "image/avif", "image/tiff")
)
"""The media types that are cleaned."""

Picture = bytearray | mmap.mmap

_TIFF = re.compile(rb"II\*\x00|MM\x00\*")
_XMP = (
    re.compile(rb""":gps\w{0,40}\s{0,9}=\s{0,9}(?:"([^"<>]{0,200})"|'([^'<>]{0,200})')""", re.IGNORECASE),
    re.compile(rb":gps\w{0,40}(?:\s[^<>]{0,200})?>([^<>]{0,200})</", re.IGNORECASE),
)
_GPS = re.compile(rb":gps", re.IGNORECASE)
_PNG = b"\x89PNG\r\n\x1a\n"
_PROFILES = (b"Raw profile type exif", b"Raw profile type APP1", b"Raw profile type xmp")
"""EXIF and XMP as ImageMagick once put them into PNG: in hexadecimal, mostly compressed."""
_MAY_TELL = (b"eXIf", b"iTXt", b"tEXt")
_GPS_POINTER = 0x8825
_LAST_GPS_TAG = 0x1F
_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_POINTERS = (4, 13)
_MOST_PLACES = 256
"""Of each kind: what somebody makes up takes no longer than its length."""
_MOST_DIRECTORIES = 8
_MOST_TAGS = 512
_MOST_GPS_TAGS = 64


def blank_position(picture: Picture) -> bool:
    """Blank every position in the picture; whether there was one."""
    if picture[: len(_PNG)] == _PNG:
        return _blank_png(picture)
    return _blank_between(picture, 0, len(picture))


def _blank_between(picture: Picture, start: int, end: int) -> bool:
    found = False
    places = (match.start() for match in _TIFF.finditer(picture, start, end))
    for place in list(islice(places, _MOST_PLACES)):
        found |= _blank_exif(picture, place, end)
    return _blank_xmp(picture, start, end) or found


def _blank_xmp(picture: Picture, start: int, end: int) -> bool:
    found = False
    places = (match.start() for match in _GPS.finditer(picture, start, end))
    for place in list(islice(places, _MOST_PLACES)):
        matches = (pattern.match(picture, place, end) for pattern in _XMP)
        for first, last in [match.span(match.lastindex or 0) for match in matches if match]:
            if bytes(picture[first:last]).strip():
                picture[first:last] = b" " * (last - first)
                found = True
    return found


def _blank_exif(picture: Picture, start: int, end: int) -> bool:
    """What begins at ``start`` may be no TIFF at all: only a GPS block with tags of its own is believed."""
    order = "<" if picture[start : start + 1] == b"I" else ">"

    def number(size: str, at: int) -> int:
        length = struct.calcsize(size)
        if not start <= at <= end - length:
            raise IndexError(at)
        return int(struct.unpack(order + size, picture[at : at + length])[0])

    found = False
    try:
        directory, seen = start + number("I", start + 4), set[int]()
        while directory > start and directory not in seen and len(seen) < _MOST_DIRECTORIES:
            seen.add(directory)
            count = number("H", directory)
            if count > _MOST_TAGS:
                break
            entries = [directory + 2 + 12 * n for n in range(count)]
            following = number("I", directory + 2 + 12 * count)
            for entry in reversed(entries):
                if (
                    number("H", entry) == _GPS_POINTER
                    and number("H", entry + 2) in _POINTERS
                    and _blank_gps(picture, start, end, order, start + number("I", entry + 8))
                ):
                    _leave_out(picture, order, directory, entry)
                    found = True
            directory = start + following if following else 0
    except IndexError:
        pass
    return found


def _blank_gps(picture: Picture, start: int, end: int, order: str, directory: int) -> bool:
    if not start < directory <= end - 2:
        return False
    (count,) = struct.unpack(order + "H", picture[directory : directory + 2])
    size = 2 + 12 * count + 4
    if not 0 < count <= _MOST_GPS_TAGS or directory + size - 4 > end:
        return False
    entries = [
        struct.unpack_from(order + "HHII", picture, at)
        for at in range(directory + 2, directory + 2 + 12 * count, 12)
    ]
    if any(tag > _LAST_GPS_TAG or kind not in _BYTES for tag, kind, _, _ in entries):
        return False
    for _, kind, values, offset in entries:
        length = _BYTES[kind] * values
        if length > 4:
            _zero(picture, start + offset, min(start + offset + length, end))
    _zero(picture, directory, min(directory + size, end))
    return True


def _leave_out(picture: Picture, order: str, directory: int, entry: int) -> None:
    """Move up what follows the entry, so that the directory has one less."""
    (count,) = struct.unpack_from(order + "H", picture, directory)
    end = directory + 2 + 12 * count + 4
    picture[entry : end - 12] = bytes(picture[entry + 12 : end])
    _zero(picture, end - 12, end)
    struct.pack_into(order + "H", picture, directory, count - 1)


def _zero(picture: Picture, start: int, end: int) -> None:
    if start < end:
        picture[start:end] = bytes(end - start)


def _blank_png(picture: Picture) -> bool:
    found = False
    for kind, start, end in _chunks(picture):
        if _is_hidden(kind, bytes(picture[start : min(end, start + 64)])):
            _blank_text(picture, start, end)
        elif kind not in _MAY_TELL or not _blank_between(picture, start, end):
            continue
        struct.pack_into(">I", picture, end, zlib.crc32(picture[start - 4 : end]))
        found = True
    return found


def _chunks(picture: Picture) -> Iterator[tuple[bytes, int, int]]:
    """Kind, beginning and end of the data of each chunk that is there as a whole."""
    at = len(_PNG)
    while at + 12 <= len(picture):
        (length,) = struct.unpack_from(">I", picture, at)
        start, end = at + 8, at + 8 + length
        if end + 4 > len(picture):
            return
        yield bytes(picture[at + 4 : start]), start, end
        at = end + 4


def _is_hidden(kind: bytes, head: bytes) -> bool:
    """Whether it holds EXIF or XMP in a form in which the position cannot be blanked alone."""
    if kind == b"iTXt":
        keyword, _, rest = head.partition(b"\0")
        return keyword == b"XML:com.adobe.xmp" and rest[:1] == b"\x01"
    return kind in (b"zTXt", b"tEXt") and head.startswith(_PROFILES)


def _blank_text(picture: Picture, start: int, end: int) -> None:
    """The chunk becomes an empty comment of the same length."""
    picture[start - 4 : start] = b"tEXt"
    picture[start:end] = (b"Comment\0" + b" " * (end - start))[: end - start]
