"""A file as it comes in a form: to a file of the system's, looked at and cleaned there, and then given on."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import BinaryIO

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from contracts.file_names import cleaned_name
from contracts.text import Text
from infra.chassis.http.problems import Problem, not_ready
from infra.chassis.store.files import CHUNK_BYTES
from services.ticket.domain.attachment import MAX_BYTES, Position
from services.ticket.lookup.looking import digest_of, looked_at

FORM_BYTES = MAX_BYTES + 64 * 1024
"""A form with the largest file, its other fields and what stands between them."""
AT_ONCE = 4
"""Files of a process that lie in the system's folder at a time; four fit into what deployments give it."""
TURN_WITHIN_SECONDS = 10.0
RECEIVED_WITHIN_SECONDS = 300.0

_TRUE, _FALSE = ("true", "1", "yes", "on"), ("false", "0", "no", "off")


@dataclass(frozen=True)
class Received:
    """A file that is whole. ``sent`` is the digest of what came, ``sha256`` of what is kept of it."""

    name: str
    media_type: str
    size: int
    sent: str
    sha256: str
    position: Position
    public: bool
    file: BinaryIO

    def parts(self) -> Iterator[bytes]:
        self.file.seek(0)
        while part := self.file.read(CHUNK_BYTES):
            yield part


@asynccontextmanager
async def received(request: Request) -> AsyncIterator[Received]:
    """The file of a request, while it is there; a ``Problem`` where none comes or it is too large."""
    turns: asyncio.Semaphore = request.app.state.turns
    try:
        await asyncio.wait_for(turns.acquire(), TURN_WITHIN_SECONDS)
    except TimeoutError:
        raise not_ready(
            Text(
                "Too many files arrive at the same time: send it again in a moment.",
                "Trop de fichiers arrivent en même temps : renvoyez-le dans un instant.",
            ),
            seconds=5,
        ) from None
    try:
        form = await _form(request)
        try:
            file, public = _read(form)
            yield await asyncio.to_thread(_received, file, public)
        finally:
            await form.close()
    finally:
        turns.release()


async def _form(request: Request) -> FormData:
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise _not_one_file()
    try:
        async with asyncio.timeout(RECEIVED_WITHIN_SECONDS):
            return await request.form(max_files=1, max_fields=2, max_part_size=1024)
    except TimeoutError:
        raise Problem(
            "upload-too-slow",
            Text(
                f"The file was not there after {RECEIVED_WITHIN_SECONDS:.0f} s; nothing was stored.",
                f"Le fichier n'était pas là après {RECEIVED_WITHIN_SECONDS:.0f} s ; rien n'a été enregistré.",
            ),
        ) from None
    except HTTPException:
        raise _not_one_file() from None
    except Problem as problem:
        raise (_too_large() if problem.slug == "body-too-large" else problem) from None


def _read(form: FormData) -> tuple[UploadFile, bool]:
    file, public = form.get("file"), str(form.get("public", "true")).lower()
    if not isinstance(file, UploadFile) or not file.filename or not file.size:
        raise _not_one_file()
    if set(form) - {"file", "public"} or public not in (*_TRUE, *_FALSE):
        raise _not_one_file()
    if file.size > MAX_BYTES:
        raise _too_large()
    return file, public in _TRUE


def _received(upload: UploadFile, public: bool) -> Received:
    kept: BinaryIO = upload.file
    sent, _ = digest_of(kept)
    about = looked_at(kept)
    return Received(
        name=cleaned_name(upload.filename or ""),
        media_type=about.media_type,
        size=about.size,
        sent=sent,
        sha256=about.sha256,
        position=about.position,
        public=public,
        file=kept,
    )


def _too_large() -> Problem:
    return Problem(
        "attachment-too-large",
        Text(
            f"A file has {MAX_BYTES // 2**20} MB at most; this one has more, and nothing was stored: "
            "send a smaller picture, or several files.",
            f"Un fichier a {MAX_BYTES // 2**20} Mo au plus ; celui-ci en a davantage, rien n'est gardé : "
            "envoyez une image plus petite, ou plusieurs fichiers.",
        ),
        limit_bytes=MAX_BYTES,
    )


def _not_one_file() -> Problem:
    return Problem(
        "not-one-file",
        Text(
            "Send multipart/form-data with one part `file` that has a name and is not empty, "
            "and `public` (true or false) if you like; nothing was stored.",
            "Envoyez multipart/form-data avec une seule partie `file`, nommée et non vide, "
            "et `public` (true ou false) au besoin ; rien n'a été enregistré.",
        ),
    )
