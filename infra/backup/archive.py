"""The file of a backup: one gzip stream of frames, and after it the SHA-256 of all that lies before.

A frame is a letter, the length of its body (4 bytes, big-endian) and the body:

    H  the header, a BSON document: what, when, of which servers, how far each group had read
    C  a collection begins, {service, name}
    D  documents of that collection, BSON one after the other, as MongoDB sends them
    R  a record of Kafka that not every group had read, {topic, partition, offset, key, headers, value}
    Z  the end, {documents, records}

The last 73 bytes are a line feed, ``sha256 ``, 64 hexadecimal digits and a line feed. Frames of letters that
a reader does not know are an error: a reader knows the letters of its ``VERSION`` and of those before.
"""

import gzip
import hashlib
import os
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, cast

import bson
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument

from infra.chassis.failed import Failed

FORMAT = "astreinte-backup"
VERSION = 1
HEADER, COLLECTION, DOCUMENTS, RECORD, END = b"H", b"C", b"D", b"R", b"Z"
TRAILER_BYTES = 73
LEVEL = 1
"""The fastest: a backup holds a snapshot open, and level 6 takes three times as long for a tenth less."""
_CHUNK = 2**20
_LENGTH = struct.Struct(">I")
_RAW = CodecOptions(document_class=RawBSONDocument)


class _Hashing:
    """A file opened to write that hashes what passes; it appears under its name only when it is whole."""

    def __init__(self, path: Path) -> None:
        if path.exists():
            raise Failed(f"{path} is there already and would be lost; name another file.")
        self._path = path
        self._fresh = path.with_name(f".{path.name}.{os.getpid()}.fresh")
        fd = os.open(self._fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file: BinaryIO = os.fdopen(fd, "wb")
        self._hash = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        self._hash.update(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()

    def finish(self) -> None:
        self._file.write(b"\nsha256 " + self._hash.hexdigest().encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self.size = self._fresh.stat().st_size
        self._fresh.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def drop(self) -> None:
        self._file.close()
        with suppress(OSError):
            self._fresh.unlink()


class ArchiveWriter:
    """Writes one backup. Without ``finish`` nothing is left of it."""

    def __init__(self, path: Path) -> None:
        self._out = _Hashing(path)
        self._zip = gzip.GzipFile(filename="", mode="wb", fileobj=cast("Any", self._out), compresslevel=LEVEL)
        self._done = False

    def __enter__(self) -> "ArchiveWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._done:
            self._out.drop()

    @property
    def size(self) -> int:
        """The bytes of the finished file."""
        return self._out.size

    def document(self, kind: bytes, document: dict[str, Any]) -> None:
        self.raw(kind, bson.encode(document))

    def raw(self, kind: bytes, body: bytes) -> None:
        self._zip.write(kind + _LENGTH.pack(len(body)))
        self._zip.write(body)

    def finish(self) -> None:
        self._zip.close()
        self._out.finish()
        self._done = True


def verify(path: Path) -> None:
    """``Failed`` unless the file is whole and as it was written."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            digest, left = hashlib.sha256(), size - TRAILER_BYTES
            while left > 0 and (chunk := file.read(min(_CHUNK, left))):
                digest.update(chunk)
                left -= len(chunk)
            trailer = file.read(TRAILER_BYTES)
    except OSError as error:
        raise Failed(
            f"{path} cannot be read: {error.strerror}. Name a file of `astreinte backup`."
        ) from error
    if not trailer.startswith(b"\nsha256 ") or len(trailer) != TRAILER_BYTES:
        raise Failed(f"{path} is no backup of Astreinte or was cut short. Nothing was changed: take another.")
    if trailer[8:-1].decode("ascii", "replace") != digest.hexdigest():
        raise Failed(f"{path} is damaged, its checksum does not fit. Nothing was changed: take another.")


def frames(path: Path) -> Iterator[tuple[bytes, bytes]]:
    """The frames of a file that was verified."""
    with path.open("rb") as file, gzip.GzipFile(fileobj=cast("Any", _Body(file, path)), mode="rb") as stream:
        while head := stream.read(1 + _LENGTH.size):
            yield head[:1], stream.read(_LENGTH.unpack(head[1:])[0])


class _Body:
    """The file without its trailer, which gzip would take for a second, broken member."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self._file = file
        self._left = path.stat().st_size - TRAILER_BYTES

    def read(self, size: int = -1) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        found = self._file.read(wanted)
        self._left -= len(found)
        return found


def header(path: Path) -> dict[str, Any]:
    """What the file says of itself; ``Failed`` where a newer Astreinte wrote it."""
    kind, body = next(frames(path))
    found: dict[str, Any] = bson.decode(body) if kind == HEADER else {}
    if found.get("format") != FORMAT:
        raise Failed(f"{path} is no backup of Astreinte; name a file that `astreinte backup` made.")
    if found["version"] > VERSION:
        raise Failed(
            f"{path} was made by Astreinte {found['astreinte']} in a format that this one does not know "
            f"({found['version']}, here up to {VERSION}); restore with that Astreinte."
        )
    return found


def documents(body: bytes) -> list[RawBSONDocument]:
    """The documents of a frame, which nobody decodes."""
    return bson.decode_all(body, _RAW)
