"""The filters of tickets: parameters of lists and exports, and what a view keeps."""

import inspect
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal, get_type_hints

from fastapi import Query

from contracts.values import Channel, HoldReason, Id, Priority, TicketKind, TicketState
from infra.chassis.http.body import Body
from infra.chassis.http.parameters import Moment
from services.ticket.domain.attention import Attention

ME = "me"
MOST_MINUTES = 5 * 366 * 24 * 60
LONGEST_QUERY = 200
OF_THE_PAGE = frozenset({"state", "updated_after"})
"""Filters that every list of things with states has, and which its page brings with it."""

Minutes = Annotated[int | None, Query(ge=1, le=MOST_MINUTES)]
Order = Literal["best", "updated", "due"]


class TicketFilters(Body):
    """All that are given have to hold. What ends in ``_minutes`` counts back, or on, from when it is read."""

    state: tuple[TicketState, ...] = ()
    updated_after: datetime | None = None
    q: Annotated[
        str | None,
        Query(
            min_length=1,
            max_length=LONGEST_QUERY,
            description="Words of its texts, sites and asset, a number or reference; to the firm also the"
            " requester's name, phone or e-mail. The last word may be half-written",
        ),
    ] = None
    customer: Id | None = None
    site: Id | None = None
    asset: Id | None = None
    contract: Id | None = None
    technician: Id | None = None
    category: Id | None = None
    kind: TicketKind | None = None
    priority: Priority | None = None
    external_reference: str | None = None
    number: str | None = None
    requester: Annotated[Id | None, Query(description="A contact; `me`: who asks")] = None
    parent: Id | None = None
    major: Id | None = None
    channel: Channel | None = None
    agent: Annotated[
        str | None, Query(max_length=200, description="Whose they are, by subject; `me`: who asks")
    ] = None
    unassigned: Annotated[bool, Query(description="Those that nobody has taken")] = False
    attention: Annotated[
        bool | Attention | None, Query(description="Those that ask for somebody, or for one reason")
    ] = None
    reopened: Annotated[bool, Query(description="Those whose end somebody did not accept")] = False
    reopened_within_minutes: Minutes = None
    updated_within_minutes: Minutes = None
    held: Annotated[HoldReason | None, Query(description="Those on hold somewhere, for that reason")] = None
    held_for_minutes: Annotated[
        int | None, Query(ge=1, le=MOST_MINUTES, description="Since at least so long")
    ] = None
    due_before: Annotated[
        Moment | None, Query(description="Those still open whose clock is late or due by then; RFC 3339")
    ] = None
    due_within_minutes: Minutes = None


def filtered(depends: Callable[..., Any]) -> Callable[..., Any]:
    """The dependency with a parameter for each filter, gathered in its ``filters``."""
    hints = get_type_hints(TicketFilters, include_extras=True)
    asked = [name for name in TicketFilters.model_fields if name not in OF_THE_PAGE]
    own = [each for each in inspect.signature(depends).parameters.values() if each.name != "filters"]

    async def with_parameters(**given: Any) -> Any:
        chosen = {name: given.pop(name) for name in asked}
        return await depends(filters=TicketFilters.model_construct(**chosen), **given)

    with_parameters.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            *(each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in own),
            *(
                inspect.Parameter(
                    name,
                    inspect.Parameter.KEYWORD_ONLY,
                    default=TicketFilters.model_fields[name].default,
                    annotation=hints[name],
                )
                for name in asked
            ),
        ]
    )
    return with_parameters
