"""``/v1/tickets/{id}/attachments``: the files of a ticket."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from starlette.responses import StreamingResponse

from contracts.audience import Viewer
from contracts.refusal import NotFound, Refusal
from contracts.text import Text
from contracts.values import Id, rfc3339
from infra.chassis.http.auth import allow
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.paging import Paged
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import Problem
from infra.chassis.runtime import Runtime, new_id
from infra.chassis.service import Caused, Run
from infra.chassis.store.files import Torn
from infra.chassis.store.idempotency import KeyedBy
from services.ticket.api.finding import visible_ticket
from services.ticket.api.receiving import FORM_BYTES, Received, received
from services.ticket.api.viewing import viewer_of
from services.ticket.domain.attachment import Attachment
from services.ticket.store.attachments import Attachments, attachment_files
from services.ticket.usecases.attach import AddAttachment, RemoveAttachment
from services.ticket.views.attachment import (
    AttachmentListView,
    AttachmentView,
    attachment_view,
    entity_tag,
    headers_of,
)

PATH = "/v1/tickets/{id}/attachments"
STREAMED = {PATH: FORM_BYTES}
_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "additionalProperties": False,
                    "properties": {
                        "file": {"type": "string", "format": "binary", "minLength": 1},
                        "public": {
                            "type": "boolean",
                            "default": True,
                            "description": "Whether the customer's side sees it; what it attaches it does",
                        },
                    },
                }
            }
        },
    }
}

router = APIRouter(tags=["tickets"])

Reader = Annotated[Principal, allow("tickets:read")]
Author = Annotated[Principal, allow("tickets:attach")]


@router.post(PATH, status_code=201, response_model=AttachmentView, openapi_extra=_FORM)
async def attach(
    id: Id, who: Author, run: Run, cause: Caused, key: Idempotency, request: Request
) -> Response:
    """Attach a file of 25 MB at most; what a picture says of where it was taken is removed from it."""
    viewer = await viewer_of(who, run)
    await visible_ticket(run, id, viewer)
    async with received(request) as file:
        files, file_id = attachment_files(run), new_id()
        await files.store(file_id, run.system_clock.now(), file.parts())
        asked: dict[str, Any] = {
            "ticket_id": id,
            "viewer": viewer,
            "file_id": file_id,
            "name": file.name,
            "media_type": file.media_type,
            "size": file.size,
            "sha256": file.sha256,
            "position": file.position,
            "public": file.public,
        }
        try:
            created = await run.create(
                lambda new: AddAttachment(id=new, **asked), cause, _key_with(key, id, file)
            )
        except Refusal as refused:
            # Where the database did not answer it may be stored after all: the sweep finds out.
            if refused.slug != "not-ready":
                await files.drop(file_id)
            raise
    kept = await run.read(Attachments, created.id)
    if kept is None or kept.value.ticket_id != id:
        raise NotFound("attachment", created.id)
    attachment = kept.value
    await (files.settle(file_id) if attachment.file_id == file_id else files.drop(file_id))
    content = attachment_view(attachment).model_dump_json()
    headers = {"ETag": entity_tag(attachment), "Location": f"/v1/tickets/{id}/attachments/{attachment.id}"}
    return Response(content, 201, headers, media_type="application/json")


def _key_with(key: KeyedBy | None, ticket_id: str, file: Received) -> KeyedBy | None:
    """A form is the same whatever stands between its parts: what was sent in them counts."""
    if key is None:
        return None
    said = f"{ticket_id}\n{file.sent}\n{file.public}\n{file.name}"
    return replace(key, hash=hashlib.sha256(said.encode()).hexdigest())


@router.get(PATH, response_model=AttachmentListView)
async def list_attachments(id: Id, page: Paged, who: Reader, run: Run) -> Any:
    """Those that are there, to the customer's side the public ones."""
    viewer = await viewer_of(who, run)
    await visible_ticket(run, id, viewer)
    query: dict[str, Any] = {"ticket_id": id, "removed_at": None}
    if not viewer.of_the_firm:
        query["public"] = True
    found = await run.find(Attachments, page.filter(query), sort=page.sort, limit=page.fetch)
    return page.of(found, lambda kept: attachment_view(kept.value).model_dump(mode="json"))


@router.get(
    f"{PATH}/{{attachment_id}}",
    response_class=Response,
    responses={200: {"description": "Its bytes", "content": {"application/octet-stream": {}}}},
)
async def read_attachment(id: Id, attachment_id: Id, who: Reader, run: Run, request: Request) -> Response:
    """Its bytes. Pictures and PDF may be shown in place, anything else is saved."""
    viewer = await viewer_of(who, run)
    await visible_ticket(run, id, viewer)
    attachment = await _there(run, viewer, id, attachment_id)
    headers = dict(headers_of(attachment))
    given = request.headers.get("if-none-match", "")
    if given.strip() == "*" or entity_tag(attachment) in (
        each.strip().removeprefix("W/") for each in given.split(",")
    ):
        return Response(status_code=304, headers=headers)
    parts = attachment_files(run).read(attachment.file_id)
    try:
        first = await anext(parts)
    except Torn:
        await _there(run, viewer, id, attachment_id)
        raise
    headers["Content-Length"] = str(attachment.size)
    return StreamingResponse(_all(first, parts), headers=headers, media_type=attachment.media_type)


async def _all(first: bytes, parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Removed meanwhile it breaks off, before the length that was announced: nobody takes it for whole."""
    yield first
    async for part in parts:
        yield part


async def _there(run: Runtime, viewer: Viewer, ticket_id: str, id: str) -> Attachment:
    kept = await run.read(Attachments, id)
    if kept is None or kept.value.ticket_id != ticket_id or not kept.value.is_seen_by(viewer):
        raise NotFound("attachment", id)
    attachment = kept.value
    if attachment.removed_at is not None:
        at = rfc3339(attachment.removed_at)
        raise Problem(
            "attachment-removed",
            Text(
                f"It was removed at {at}: its bytes are gone, the timeline says who removed it.",
                f"Elle a été retirée le {at} : le contenu n'existe plus, l'historique dit par qui.",
            ),
            removed_at=at,
        )
    return attachment


@router.delete(f"{PATH}/{{attachment_id}}", status_code=204)
async def remove_attachment(
    id: Id, attachment_id: Id, who: Author, run: Run, cause: Caused, key: Idempotency
) -> Response:
    """Remove its bytes for good; the timeline keeps that it was there, and who removed it when."""
    viewer = await viewer_of(who, run)
    await visible_ticket(run, id, viewer)
    kept = await run.read(Attachments, attachment_id)
    files = attachment_files(run)
    if kept is not None and kept.value.ticket_id == id:
        await files.doubt(kept.value.file_id, run.system_clock.now())
    removal = RemoveAttachment(ticket_id=id, viewer=viewer, attachment_id=attachment_id)
    done = await run.do(removal, cause, key)
    if isinstance(done.result, str):
        await files.drop(done.result)
    return Response(status_code=204)
