"""One technician for all the visits of a request."""

from collections.abc import Iterable
from dataclasses import replace

from contracts.values import VisitState
from services.dispatch.domain.visit import Visit


def bound_to(visit: Visit, request: Iterable[Visit]) -> str | None:
    """Who has, or made, another visit of the request that one technician is to make; the first of them."""
    if not visit.need.same_technician:
        return None
    others = (
        each
        for each in request
        if each.id != visit.id
        and each.need.same_technician
        and not each.wishes.released
        and each.technician_id is not None
        and each.state is not VisitState.CANCELLED
    )
    first = min(others, key=lambda each: (len(each.id), each.id), default=None)
    return None if first is None else first.technician_id


def with_binding(visit: Visit, request: Iterable[Visit]) -> Visit:
    """The visit bound to whoever has, or made, the others."""
    return replace(visit, wishes=replace(visit.wishes, bound_to=bound_to(visit, request)))
