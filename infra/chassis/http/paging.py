"""Lists by keyset: oldest change first, so that a reader who follows ``next`` misses nothing."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, Protocol, TypeVar

from fastapi import Depends, Query, Request, Response

from contracts.text import Text
from contracts.values import parse_rfc3339, rfc3339
from infra.chassis.http.parameters import Moment, wrong_parameter

MAX_LIMIT = 200
DEFAULT_LIMIT = 50
NOT_OURS = Text(
    "This cursor is none of ours: start again without one.",
    "Ce curseur n'est pas des nôtres : reprenez sans curseur.",
)

Document = dict[str, Any]


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


class _Stored(Protocol):
    """What ``Page.of`` reads of an item: the runtime's ``Kept`` has it."""

    @property
    def value(self) -> _HasId: ...

    @property
    def updated_at(self) -> datetime: ...


T = TypeVar("T", bound=_Stored)


def _when_it_changed(stored: Any) -> datetime:
    at: datetime = stored.updated_at
    return at


@dataclass(frozen=True)
class Page:
    """What a caller asked of a list, as a query of the store and as an answer.

    ``run.find(Tickets, page.filter(customer_id=…), sort=page.sort, limit=page.fetch)``, then
    ``return page.of(found, shape)``: ``{"items", "next"}`` with a ``Link`` header.
    """

    limit: int
    after: tuple[datetime, str] | None
    updated_after: datetime | None
    states: tuple[str, ...]
    url: Callable[[str], str]
    headers: Any
    field: str = "updated_at"
    place: Callable[[Any], datetime] = _when_it_changed

    @property
    def sort(self) -> tuple[tuple[str, int], ...]:
        return ((self.field, 1), ("_id", 1))

    def by(self, field: str, place: Callable[[Any], datetime]) -> "Page":
        """The page in the order of another instant, which every document of the query has.

        What moves in that order while somebody reads may be missed or come twice.
        """
        return replace(self, field=field, place=place)

    @property
    def fetch(self) -> int:
        """How many to read: one more than shown tells whether there is a next page."""
        return self.limit + 1

    def filter(
        self, extra: Mapping[str, Any] | None = None, /, *, state_field: str = "state", **equal: Any
    ) -> Document:
        """The query: equality on each of ``equal`` that is not None, ``extra`` as it is, and the cursor."""
        query: Document = {name: value for name, value in equal.items() if value is not None}
        clauses: list[Document] = [dict(extra)] if extra else []
        clauses += [{name: wanted} for name, wanted in self.news(state_field).items()]
        if self.after is not None:
            at, id = self.after
            clauses.append({"$or": [{self.field: {"$gt": at}}, {self.field: at, "_id": {"$gt": id}}]})
        if clauses:
            query["$and"] = clauses
        return query

    def news(self, state_field: str = "state") -> Document:
        """The part of the query that ``state`` and ``updated_after`` ask for."""
        query: Document = {}
        if self.states:
            query[state_field] = {"$in": list(self.states)}
        if self.updated_after is not None:
            query["updated_at"] = {"$gt": self.updated_after}
        return query

    def of(self, found: Sequence[T], shape: Callable[[T], Any]) -> Document:
        """The answer, from what was read with ``fetch``."""
        shown = found[: self.limit]
        following = None
        if len(found) > self.limit:
            last = shown[-1]
            following = encode_cursor(self.place(last), last.value.id)
            self.headers["Link"] = f'<{self.url(following)}>; rel="next"'
        return {"items": [shape(item) for item in shown], "next": following}


def encode_cursor(at: datetime, id: str) -> str:
    """An opaque place in a list."""
    packed = json.dumps([rfc3339(at), id], separators=(",", ":"))
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> tuple[datetime, str]:
    """The place that ``encode_cursor`` named; a 422 problem for anything else."""
    try:
        packed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        at, id = json.loads(packed)
        if not isinstance(id, str):
            raise TypeError(id)
        return parse_rfc3339(at), id
    except (binascii.Error, ValueError, TypeError):
        raise wrong_parameter(("cursor", NOT_OURS)) from None


async def _page(
    request: Request,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
    updated_after: Annotated[Moment | None, Query(description="RFC 3339 with an offset")] = None,
) -> Page:
    url = request.url

    def next_url(cursor: str) -> str:
        following = url.include_query_params(cursor=cursor)
        return f"{following.path}?{following.query}"

    return Page(
        limit=limit,
        after=None if cursor is None else decode_cursor(cursor),
        updated_after=updated_after,
        states=(),
        url=next_url,
        headers=response.headers,
    )


Paged = Annotated[Page, Depends(_page)]
"""The page that the query asks for: ``limit``, ``cursor``, ``updated_after``."""


def paged(states: Any) -> Any:
    """The same of things that have states, a ``StrEnum`` or a ``Literal`` of them: with ``state``.

    ``page: Annotated[Page, paged(TicketState)]``.
    """

    async def page_of(
        page: Paged,
        state: Annotated[
            list[states] | None, Query(description="One state, or several by repeating it")
        ] = None,
    ) -> Page:
        return replace(page, states=tuple(str(each) for each in state or ()))

    return Depends(page_of)
