"""How aggregates of this service are put on the wire."""

from collections.abc import Callable
from typing import TypeVar

from pydantic import BaseModel
from starlette.responses import Response

from contracts.refusal import NotFound
from infra.chassis.http.etag import etag
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.store.collection import Collection

A = TypeVar("A")


def answer(shown: BaseModel, version: int, *, status: int = 200, location: str | None = None) -> Response:
    """One aggregate with its ETag; ``location`` where it was created."""
    headers = {"ETag": etag(version)}
    if location is not None:
        headers["Location"] = location
    content = shown.model_dump_json(by_alias=True)
    return Response(content, status, headers, media_type="application/json")


async def put_answer(
    run: Runtime,
    kind: Collection[A],
    id: str,
    shape: Callable[[Kept[A]], BaseModel],
    location: str,
    *,
    created: bool,
) -> Response:
    """What was put, as it is kept now: 201 where it was created, else 200."""
    kept = await run.read(kind, id)
    if kept is None:
        raise NotFound(kind.name, id)
    if created:
        return answer(shape(kept), kept.version, status=201, location=location)
    return answer(shape(kept), kept.version)
