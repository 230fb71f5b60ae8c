"""Work KPIs out of what is stored, a page of tickets at a time: others are served in between."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from contracts.values import parse_rfc3339
from infra.chassis.runtime import Runtime
from infra.chassis.store.collection import Document
from services.ticket.domain.kpi_case import Case, Measure
from services.ticket.domain.kpi_cases import Asked, cases_of
from services.ticket.domain.kpis import Counting
from services.ticket.domain.measured import Measured, Period, Scope, Spent
from services.ticket.domain.timeline import WORK, Line
from services.ticket.store.copies import Sites
from services.ticket.store.measured import MeasuredTickets
from services.ticket.store.revisions import Revisions
from services.ticket.store.timeline import Timeline

PAGE = 500
IDS = 10_000
FARTHEST_ZONE = timedelta(hours=14)
USUAL_ZONE = "Europe/Paris"
"""Of a site that is not known any more."""

_VISIT = ("id", "site_id", "contract_id", "state", "arrived_at", "started_at", "ended_at", "outcome")
_ASSIGNMENT = ("technician_id", "arrival_from", "arrival_to")
SHOWN: Document = {
    **dict.fromkeys((name for name in MeasuredTickets.fields if name not in ("sla", "visits")), 1),
    **{f"visits.{name}": 1 for name in _VISIT},
    **{f"visits.assignment.{name}": 1 for name in _ASSIGNMENT},
    **dict.fromkeys(("sla.promises", "sla.log", "sla.as_of", "schema"), 1),
}


@dataclass
class Measuring:
    """``visible`` is what exists for who asks, as a query."""

    run: Runtime
    terms: Revisions
    period: Period
    scope: Scope
    now: datetime
    visible: Document
    _zones: dict[str, str] = field(default_factory=dict)

    @property
    def wanted(self) -> Document:
        """Tickets that had been declared before the period ended and were not over before it began."""
        start = datetime.combine(self.period.first, time(), UTC) - FARTHEST_ZONE
        end = datetime.combine(self.period.last + timedelta(days=1), time(), UTC) + FARTHEST_ZONE
        of = {
            "customer_id": self.scope.customer_id,
            "site_ids": self.scope.site_id,
            "visits.contract_id": self.scope.contract_id,
        }
        return {
            **{name: value for name, value in of.items() if value is not None},
            "over_at": {"$gte": start},
            "declared_at": {"$lt": end},
            "erased": {"$ne": True},
            "$and": [self.visible],
        }

    async def count(self, counting: Counting) -> None:
        """Have every ticket of the period counted."""
        ids = await self.ids()
        for n in range(0, len(ids), PAGE):
            given = await self._given(ids[n : n + PAGE])
            await asyncio.to_thread(_count, *given, counting)

    async def ids(self, after: str = "", updated_after: datetime | None = None) -> list[str]:
        """Those of the period's tickets from that one on, in their order.

        They are found by another index than that of the ids. What changes while thousands are read moves in
        it, so that the ids come first and at once: none is counted twice, or missed.
        """
        query = self.wanted
        if updated_after is not None:
            query["updated_at"] = {"$gt": updated_after}
        found = self._tickets.find(query, {"_id": 1}, batch_size=IDS)
        return sorted({each["_id"] async for each in found if each["_id"] >= after})

    async def cases(self, ids: Sequence[str], measure: Measure) -> list[Case]:
        """The cases of one measure in these tickets, in the order of the tickets' ids."""
        found = await asyncio.to_thread(_cases, *await self._given(ids))
        return sorted((case for case in found if case.measure is measure), key=lambda case: case.id)

    @property
    def _tickets(self) -> Any:
        return self.run.collection(MeasuredTickets.name)

    async def _given(self, ids: Sequence[str]) -> tuple[list[Measured], Asked, Mapping[str, Sequence[Spent]]]:
        query = {**self.wanted, "_id": {"$in": list(ids)}}
        found = self._tickets.find(query, SHOWN, batch_size=PAGE, hint=[("_id", 1)])
        documents = await found.to_list(None)
        page = await asyncio.to_thread(_decoded, documents)
        revisions = await self.terms(
            id for each in page if each.sla is not None for id in each.sla.revision_ids
        )
        await self._learn_zones({site for each in page for site in each.site_ids})
        asked = Asked(self.period, self.scope, self.now, self._zones, revisions)
        return page, asked, await self._spent([each.id for each in page])

    async def _learn_zones(self, sites: set[str]) -> None:
        missing = sorted(sites - self._zones.keys())
        if missing:
            found = self.run.collection(Sites.name).find({"_id": {"$in": missing}}, {"time_zone": 1})
            known = {each["_id"]: each.get("time_zone") or USUAL_ZONE async for each in found}
            self._zones.update({site: known.get(site, USUAL_ZONE) for site in missing})

    async def _spent(self, ids: Sequence[str]) -> Mapping[str, Sequence[Spent]]:
        query = {"ticket_id": {"$in": list(ids)}, "event": {"$in": list(WORK)}}
        found = [Timeline.decode(each) async for each in self.run.collection(Timeline.name).find(query)]
        logged: dict[str, list[Spent]] = defaultdict(list)
        for spent in spent_in(found):
            logged[spent.ticket_id].append(spent)
        return logged


def spent_in(lines: Iterable[Line]) -> Iterable[Spent]:
    """The time that lines of the timeline tell of, each worklog as it was last corrected."""
    last: dict[str, Line] = {}
    for line in sorted(lines, key=lambda each: (each.ticket_id, each.n)):
        if line.details is not None and line.event in WORK:
            last[line.details["worklog_id"]] = line
    return (_spent(id, line.ticket_id, line.details or {}) for id, line in last.items())


def _spent(worklog_id: str, ticket_id: str, said: Mapping[str, Any]) -> Spent:
    return Spent(
        worklog_id,
        ticket_id,
        said["person_id"],
        parse_rfc3339(said["began_at"]),
        parse_rfc3339(said["ended_at"]),
    )


def _decoded(documents: list[Document]) -> list[Measured]:
    return [MeasuredTickets.decode(each) for each in documents]


def _cases(page: Iterable[Measured], asked: Asked, spent: Mapping[str, Sequence[Spent]]) -> list[Case]:
    return [case for ticket in page for case in cases_of(ticket, asked, spent.get(ticket.id, ()))]


def _count(
    page: Iterable[Measured], asked: Asked, spent: Mapping[str, Sequence[Spent]], counting: Counting
) -> None:
    counting.add(_cases(page, asked, spent))
