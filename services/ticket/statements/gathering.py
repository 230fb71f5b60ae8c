"""Work a month's statement out of what is stored."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import TypeAdapter, ValidationError

from infra.chassis.runtime import Runtime
from infra.chassis.store.collection import A_STRING, Document
from services.ticket.domain.commitment import Commitment, Month, as_it_was, commitments_of
from services.ticket.domain.contract import Contract, ContractRevision, revision_id, revision_of
from services.ticket.domain.part_of import known_major
from services.ticket.domain.penalties import Scale
from services.ticket.domain.sla_log import Happening
from services.ticket.domain.statement import Cancelled, statement_of
from services.ticket.domain.statement_month import Change, changes_between
from services.ticket.store.revisions import Revisions
from services.ticket.store.statements import CountedTicket, CountedTickets
from services.ticket.views.statement import (
    CommitmentView,
    StatementContent,
    commitment_written,
    content_of,
)

PAGE = 500
FARTHEST_ZONE = timedelta(hours=14)
_SCALE: TypeAdapter[Scale] = TypeAdapter(Scale)


def scale_of(penalties: Mapping[str, Any] | None) -> Scale | None:
    """The scale in a contract's terms; none where they hold none that can be computed."""
    try:
        scale = None if penalties is None else _SCALE.validate_python(penalties)
    except ValidationError:
        return None
    return scale if scale is not None and scale.computable else None


def over(month: Month, at: datetime) -> bool:
    """Whether it has ended wherever there are sites."""
    return at >= over_at(month)


def over_at(month: Month) -> datetime:
    return _midnight_in_utc(month.following) + FARTHEST_ZONE


async def gathered(
    run: Runtime, terms: Revisions, contract: Contract, month: Month, as_of: datetime
) -> StatementContent:
    """The month as known at ``as_of``, a page of tickets at a time: others are served in between."""
    found = _Gathered(contract.id, month, as_of)
    seen: set[str] = set()
    majors: set[str] = set()
    async for page in _pages(run, _of_month(contract.id, month, as_of)):
        await _add(found, page, terms)
        seen |= {each.id for each in page}
        majors |= {major for each in page if (major := known_major(each, as_of)) is not None}
    # One penalty for a major incident: those of its tickets that had ended before count too.
    async for page in _pages(run, _of_majors(contract.id, majors)) if majors else _nothing():
        await _add(found, [each for each in page if each.id not in seen], terms)
    version = contract.version_on(month.last_day.isoformat()) or contract.dated[0]
    if version.revision == contract.revision:
        agreed = revision_of(contract)
    else:
        id = revision_id(contract.id, version.revision)
        agreed = (await terms([id]))[id]
    return await asyncio.to_thread(found.content, agreed)


@dataclass
class _Gathered:
    contract_id: str
    month: Month
    as_of: datetime
    commitments: list[Commitment] = field(default_factory=list)
    written: dict[tuple[str, str, str], bytes] = field(default_factory=dict)
    cancelled: list[Cancelled] = field(default_factory=list)

    def add(self, page: list[CountedTicket], revisions: Mapping[str, ContractRevision]) -> None:
        for ticket in page:
            for each, story in commitments_of(ticket, self.contract_id, self.month, revisions, self.as_of):
                self.commitments.append(each)
                self.written[each.key] = commitment_written(each, story)
            if (gone := _cancelled(ticket, self.contract_id, self.month, self.as_of)) is not None:
                self.cancelled.append(gone)

    def content(self, agreed: ContractRevision) -> StatementContent:
        """``agreed`` are the terms of the month's last day."""
        statement = statement_of(
            agreed.contract_id,
            agreed.customer_id,
            agreed.revision,
            scale_of(agreed.terms.penalties),
            self.month,
            self.as_of,
            self.commitments,
            self.cancelled,
        )
        return content_of(statement, self.written)


async def _add(found: _Gathered, page: list[CountedTicket], terms: Revisions) -> None:
    revisions = await terms(id for each in page if each.sla is not None for id in each.sla.revision_ids)
    await asyncio.to_thread(found.add, page, revisions)


def _cancelled(ticket: CountedTicket, contract_id: str, month: Month, as_of: datetime) -> Cancelled | None:
    if ticket.sla is None:
        return None
    known = as_it_was(ticket.sla.log, as_of, as_of)
    at = next((entry.at for entry in known if entry.event is Happening.CANCELLED), None)
    if at is None:
        return None
    zones = [each.time_zone for each in ticket.sla.promises if each.contract_id == contract_id]
    start, end = month.bounds(zones[0])
    return Cancelled(ticket.id, ticket.number, at, ticket.duplicate_of) if start <= at < end else None


def _of_month(contract_id: str, month: Month, as_of: datetime) -> dict[str, Any]:
    """Tickets that were there in the month and had not been over before it, as far as was known."""
    start = _midnight_in_utc(month) - FARTHEST_ZONE
    end = _midnight_in_utc(month.following) + FARTHEST_ZONE
    return {
        "sla.promises.contract_id": contract_id,
        "declared_at": {"$lt": end},
        "$or": [
            {"resolved_at": None, "cancelled_at": {"$not": {"$lt": start}}},
            {"resolved_at": {"$gte": start}},
            # An end that somebody told of later, and dated back.
            {"updated_at": {"$gt": as_of}},
        ],
    }


def _of_majors(contract_id: str, majors: Iterable[str]) -> dict[str, Any]:
    """Tickets that are part of one of those, or were: what left it since is still to be counted with it."""
    among = {"$in": sorted(majors), **A_STRING}
    return {
        "sla.promises.contract_id": contract_id,
        "$or": [{"major_id": among}, {"part_of.major_id": among}],
    }


async def _pages(run: Runtime, wanted: Mapping[str, Any]) -> AsyncIterator[list[CountedTicket]]:
    shown = {name: 1 for name in CountedTickets.fields if name != "sla"} | {"schema": 1}
    shown |= {"sla.promises": 1, "sla.log": 1, "sla.as_of": 1}
    query = {**wanted, "erased": {"$ne": True}}
    found = run.collection(CountedTickets.name).find(query, shown, batch_size=PAGE)
    while documents := await found.to_list(PAGE):
        yield await asyncio.to_thread(_decoded, documents)


def _decoded(documents: list[Document]) -> list[CountedTicket]:
    return [CountedTickets.decode(each) for each in documents]


async def _nothing() -> AsyncIterator[list[CountedTicket]]:
    return
    yield


def _midnight_in_utc(month: Month) -> datetime:
    return datetime.combine(month.first_day, datetime.min.time(), UTC)


def packed(content: StatementContent) -> bytes:
    """As it is kept: the same bytes from the same content."""
    return gzip.compress(content.written(), mtime=0)


def unpacked(kept: bytes) -> StatementContent:
    return StatementContent.read(gzip.decompress(kept))


def differences(before: StatementContent, after: StatementContent) -> tuple[Change, ...]:
    """What ``after`` says otherwise."""
    totals = {
        "kept": (str(before.head.kept), str(after.head.kept)),
        "broken": (str(before.head.broken), str(after.head.broken)),
        "penalties": (_total(before), _total(after)),
        "figures": (_figures(before), _figures(after)),
        "cancelled": (_cancelled_in(before), _cancelled_in(after)),
    }
    there, here = set(before.commitments), set(after.commitments)
    return changes_between(dict(_said(there - here)), dict(_said(here - there)), totals)


_TOLD = {
    *("outcome", "priority", "elapsed_minutes", "met_at", "breached_at", "late_minutes"),
    *("late_minutes_before", "reopened", "major_incident_id"),
}


def _figures(content: StatementContent) -> str:
    counts = (f"{c.target} {c.priority}: {c.kept}/{c.broken}" for c in content.head.counts)
    lines = () if content.head.penalties is None else content.head.penalties.lines
    return "; ".join((*counts, *(f"{p.rule} {p.number or ''} {p.amount}" for p in lines)))


def _cancelled_in(content: StatementContent) -> str:
    return ", ".join(each.number for each in content.head.cancelled)


def _said(written: Iterable[bytes]) -> Iterator[tuple[tuple[str, str, str], str]]:
    for each in map(CommitmentView.model_validate_json, written):
        yield (each.number, each.site_id, each.target), _in_short(each)


def _in_short(each: CommitmentView) -> str:
    said = each.model_dump(mode="json", include=_TOLD)
    return json.dumps({name: value for name, value in said.items() if value is not None})


def _total(content: StatementContent) -> str:
    penalties = content.head.penalties
    return "" if penalties is None else f"{penalties.total} {penalties.currency}"
