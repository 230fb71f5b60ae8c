"""``/v1/assets/{id}/documents``: papers and pictures of a machine."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from starlette.responses import StreamingResponse

from contracts.file_names import cleaned_name
from contracts.refusal import Refusal
from contracts.values import Id, Instant
from infra.chassis.attaching.headers import file_headers
from infra.chassis.attaching.media_types import HEAD_BYTES, media_type_of
from infra.chassis.attaching.position import CLEANED, blank_position
from infra.chassis.http.auth import allow
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.paging import Paged
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.imports.api import FILE_FORM, FORM_BYTES, uploaded
from infra.chassis.runtime import Runtime, new_id
from infra.chassis.service import Caused, Run
from infra.chassis.store.files import CHUNK_BYTES
from services.inventory.api.boundary import require_site
from services.inventory.domain.document import AssetDocument
from services.inventory.store.assets import Assets
from services.inventory.store.documents import AssetDocuments, document_files
from services.inventory.usecases.keep_documents import AddDocument, RemoveDocument

PATH = "/v1/assets/{id}/documents"
STREAMED = {PATH: FORM_BYTES}

router = APIRouter(tags=["assets"])

Reader = Annotated[Principal, allow("assets:read")]
Writer = Annotated[Principal, allow("assets:write")]


class DocumentView(BaseModel):
    """``media_type`` is what its bytes said; ``photo``: it is a picture that may be shown in place."""

    id: str
    asset_id: str
    name: str
    media_type: str
    photo: bool
    size: int
    sha256: str
    added_by: str
    added_at: Instant


class DocumentPage(BaseModel):
    items: list[DocumentView]
    next: str | None


@dataclass(frozen=True)
class Looked:
    """Bytes as they are kept: a picture says no more where it was taken."""

    content: bytes
    media_type: str
    sha256: str

    def parts(self) -> Iterator[bytes]:
        for start in range(0, len(self.content), CHUNK_BYTES):
            yield self.content[start : start + CHUNK_BYTES]


@router.post(PATH, status_code=201, openapi_extra=dict(FILE_FORM))
async def add_document(
    id: Id, who: Writer, run: Run, cause: Caused, key: Idempotency, request: Request, response: Response
) -> DocumentView:
    """Keep a paper or a picture of 10 MB at most with a machine."""
    await _require(run, who, id)
    file = await uploaded(request)
    looked = await asyncio.to_thread(_looked_at, file.content)
    name, files, file_id = cleaned_name(file.name), document_files(run), new_id()
    await files.store(file_id, run.system_clock.now(), looked.parts())
    said = hashlib.sha256(f"{id}\n{looked.sha256}\n{name}".encode()).hexdigest()
    try:
        created = await run.create(
            lambda new: AddDocument(
                id=new,
                asset_id=id,
                file_id=file_id,
                name=name,
                media_type=looked.media_type,
                size=len(looked.content),
                sha256=looked.sha256,
            ),
            cause,
            # A form is the same whatever stands between its parts.
            None if key is None else replace(key, hash=said),
        )
    except Refusal as refused:
        # Where the database did not answer it may be stored after all: the sweep finds out.
        if refused.slug != "not-ready":
            await files.drop(file_id)
        raise
    document = await _there(run, id, created.id)
    await (files.settle(file_id) if document.file_id == file_id else files.drop(file_id))
    response.headers["ETag"] = f'"{document.sha256}"'
    response.headers["Location"] = f"/v1/assets/{id}/documents/{document.id}"
    return _view(document)


@router.get(PATH, response_model=DocumentPage)
async def list_documents(id: Id, page: Paged, who: Reader, run: Run) -> Any:
    await _require(run, who, id)
    query = page.filter({"asset_id": id, "removed_at": None})
    found = await run.find(AssetDocuments, query, sort=page.sort, limit=page.fetch)
    return page.of(found, lambda kept: _view(kept.value))


@router.get(
    f"{PATH}/{{document_id}}",
    response_class=Response,
    responses={200: {"description": "Its bytes", "content": {"application/octet-stream": {}}}},
)
async def read_document(id: Id, document_id: Id, who: Reader, run: Run, request: Request) -> Response:
    """Its bytes. Pictures and PDF may be shown in place, anything else is saved."""
    await _require(run, who, id)
    document = await _there(run, id, document_id)
    headers = dict(file_headers(document.name, document.media_type, document.sha256))
    given = request.headers.get("if-none-match", "")
    if headers["ETag"] in (each.strip().removeprefix("W/") for each in given.split(",")):
        return Response(status_code=304, headers=headers)
    parts = document_files(run).read(document.file_id)
    first = await anext(parts)
    headers["Content-Length"] = str(document.size)
    return StreamingResponse(_all(first, parts), headers=headers, media_type=document.media_type)


@router.delete(f"{PATH}/{{document_id}}", status_code=204)
async def remove_document(
    id: Id, document_id: Id, who: Writer, run: Run, cause: Caused, key: Idempotency
) -> Response:
    """Remove its bytes for good; the machine's history keeps that it was there."""
    await _require(run, who, id)
    kept = await run.read(AssetDocuments, document_id)
    files = document_files(run)
    if kept is not None and kept.value.asset_id == id:
        await files.doubt(kept.value.file_id, run.system_clock.now())
    done = await run.do(RemoveDocument(id=document_id, asset_id=id), cause, key)
    if isinstance(done.result, str):
        await files.drop(done.result)
    return Response(status_code=204)


async def _all(first: bytes, parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Removed meanwhile it breaks off, before the length that was announced: nobody takes it for whole."""
    yield first
    async for part in parts:
        yield part


def _looked_at(content: bytes) -> Looked:
    media_type = media_type_of(content[:HEAD_BYTES])
    if media_type in CLEANED:
        cleaned = bytearray(content)
        blank_position(cleaned)
        content = bytes(cleaned)
    return Looked(content, media_type, hashlib.sha256(content).hexdigest())


async def _require(run: Runtime, who: Principal, id: str) -> None:
    kept = await run.read(Assets, id)
    if kept is None:
        raise not_found("asset", id)
    await require_site(run, who, kept.value.customer_id, kept.value.site_id, "asset", id)


async def _there(run: Runtime, asset_id: str, id: str) -> AssetDocument:
    kept = await run.read(AssetDocuments, id)
    if kept is None or kept.value.asset_id != asset_id or kept.value.removed_at is not None:
        raise not_found("document", id)
    return kept.value


def _view(document: AssetDocument) -> DocumentView:
    shown = DocumentView.model_fields.keys() - {"photo"}
    return DocumentView(photo=document.is_photo, **{name: getattr(document, name) for name in shown})
