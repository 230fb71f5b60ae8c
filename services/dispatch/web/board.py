"""``/board``: the day of every technician, and what waits for one."""

import gzip
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from contracts.values import Id, VisitState
from infra.chassis.http.auth import allow
from infra.chassis.http.parameters import Day, Moment
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.service import Run
from infra.chassis.store.collection import Document
from services.dispatch.domain.local_days import A_DAY, date_at, midnight, monday_of
from services.dispatch.domain.plan import UNPLANNED
from services.dispatch.domain.technician import Technician
from services.dispatch.domain.visit import Visit
from services.dispatch.store.copies import Sites
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits
from services.dispatch.views.board import (
    BoardView,
    SiteLabel,
    common_zone,
    technician_row,
    urgency,
    visit_row,
)
from services.dispatch.web.pages import PAGES

router = APIRouter(include_in_schema=False)

MOST_TECHNICIANS = 1000
MOST_VISITS = 4000
"""Drawn at once; where there are more the board says so, and a territory is to be chosen."""
MOST_WAITING = 500
LONGEST = timedelta(hours=12)
"""A visit that began so long before midnight may still be under way after it."""
OVERLAP = timedelta(seconds=10)
"""What is asked for again: a write is stamped a moment before it can be read."""

Planner = Annotated[Principal, allow("screens:board")]


class Shown(BaseModel):
    """What the page's module reads from the page's address, and keeps there for a later visit."""

    date: str = ""
    days: str = ""
    territory: str = ""
    search: str = ""
    skill: str = ""
    state: str = ""
    visit: str = ""


@router.get("/board")
async def board(request: Request, who: Planner, shown: Annotated[Shown, Query()]) -> Response:
    """The page; what it draws is in ``/board/day``."""
    return PAGES.page(request, "board.html")


@router.get("/board/day")
async def day(
    request: Request,
    who: Planner,
    run: Run,
    date: Annotated[Day | None, Query(description="Today when absent")] = None,
    days: Annotated[Literal["1", "7"], Query(description="7: the week that the date is in")] = "1",
    territory: Id | None = None,
    since: Annotated[Moment | None, Query(description="Only what has changed since then")] = None,
) -> Response:
    """What the board draws of a day or a week, and all that waits; or what has changed of it."""
    now, as_of = run.clock.now(), run.system_clock.now()
    everybody = await run.find(Technicians, {}, limit=MOST_TECHNICIANS)
    mine = [each for each in everybody if territory in (None, each.value.territory)]
    zone = common_zone(each.value for each in mine)
    start, end = _bounds(date or date_at(now, zone), int(days), zone)
    if since is None:
        visits, more = await _all(run, mine, start, end, territory)
    else:
        changed = {"updated_at": {"$gte": since - OVERLAP}}
        visits = await run.find(Visits, changed, sort=(("updated_at", 1), ("_id", 1)), limit=MOST_WAITING)
        more = len(visits) == MOST_WAITING
    sites = await _sites(run, {each.value.site_id for each in visits})
    rows = sorted((visit_row(each, sites) for each in visits), key=urgency)
    shown = [each for each in mine if since is None or each.updated_at >= since - OVERLAP]
    view = BoardView(
        now=now,
        as_of=as_of,
        from_at=start,
        to_at=end,
        time_zone=zone,
        complete=since is None,
        more=more,
        territories=tuple(sorted({each.value.territory for each in everybody} - {None})),
        technicians=tuple(
            technician_row(each.value, start, end)
            for each in sorted(shown, key=lambda kept: (kept.value.territory or "~", kept.value.name))
        ),
        visits=tuple(rows),
    )
    return _zipped(request, view)


def _zipped(request: Request, view: BoardView) -> Response:
    """A full day is most of a megabyte, and a tenth of that as it is sent."""
    body, headers = view.model_dump_json(by_alias=True).encode(), {"Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        body, headers["Content-Encoding"] = gzip.compress(body, 5, mtime=0), "gzip"
    return Response(body, media_type="application/json", headers={**headers, "Cache-Control": "no-store"})


def _bounds(day: date, days: int, zone: str) -> tuple[datetime, datetime]:
    first = day if days == 1 else monday_of(day)
    return midnight(first, zone), midnight(first + days * A_DAY, zone)


async def _all(
    run: Runtime,
    technicians: Iterable[Kept[Technician]],
    start: datetime,
    end: datetime,
    territory: str | None,
) -> tuple[list[Kept[Visit]], bool]:
    """Planned in that time, or waiting for somebody to plan them."""
    planned: Document = {
        "plan.start_at": {"$gte": start - LONGEST, "$lt": end},
        "state": {"$ne": VisitState.CANCELLED},
    }
    here: Document = {}
    if territory is not None:
        ids = {"$in": sorted(each.value.id for each in technicians)}
        planned["$or"] = [{"technician_id": ids}, {"plan.companions": ids}, {"apprentices": ids}]
        here = {"place.territory": territory}
    asked: tuple[tuple[Document, int], ...] = (
        (planned, MOST_VISITS),
        ({"state": {"$in": sorted(UNPLANNED)}, **here}, MOST_WAITING),
        ({"attention": {"$type": "string"}, **here}, MOST_WAITING),
    )
    found: dict[str, Kept[Visit]] = {}
    more = False
    for query, most in asked:
        some: list[Kept[Visit]] = await run.find(Visits, query, limit=most)
        found.update((each.value.id, each) for each in some)
        more = more or len(some) == most
    return list(found.values()), more


async def _sites(run: Runtime, ids: set[str]) -> dict[str, SiteLabel]:
    named: Any = run.collection(Sites.name).find(
        {"_id": {"$in": sorted(ids)}, "name": {"$exists": True}}, {"name": 1, "commune": 1}
    )
    return {
        each["_id"]: SiteLabel(name=each["name"], commune=each.get("commune") or "")
        for each in await named.to_list(None)
    }
