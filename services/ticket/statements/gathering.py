"""Work a month's statement out of what is stored."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError

from infra.chassis.crew import Crew
from infra.chassis.runtime import Runtime
from infra.chassis.store.collection import A_STRING
from services.ticket.domain.commitment import Month
from services.ticket.domain.contract import Contract, ContractRevision, revision_id, revision_of
from services.ticket.domain.penalties import Scale
from services.ticket.domain.statement import statement_of
from services.ticket.domain.statement_month import Change, changes_between
from services.ticket.statements.counting import Asked, Counted, counted
from services.ticket.store.revisions import Revisions
from services.ticket.store.statements import CountedTickets
from services.ticket.views.statement import CommitmentView, StatementContent, content_of

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
    run: Runtime,
    crew: Crew,
    terms: Revisions,
    contract: Contract,
    month: Month,
    as_of: datetime,
    *,
    size: int = PAGE,
) -> StatementContent:
    """The month as known at ``as_of``, a page of ``size`` tickets at a time: others are served in between."""
    version = contract.version_on(month.last_day.isoformat()) or contract.dated[0]
    revisions = await terms(revision_id(contract.id, n) for n in range(1, contract.revision + 1))
    asked = Asked(contract.id, month, as_of, revisions)
    found = Counted()
    await _count(run, crew, asked, found, _of_month(contract.id, month, as_of), size)
    if majors := found.majors:
        # One penalty for a major incident: those of its tickets that had ended before count too.
        there = run.collection(CountedTickets.name).find(_of_majors(contract.id, majors), {"_id": 1})
        others = [each["_id"] async for each in there if each["_id"] not in found.ids]
        await _count(run, crew, asked, found, {"_id": {"$in": others}}, size)
    agreed = revision_of(contract)
    if version.revision != contract.revision:
        agreed = revisions[revision_id(contract.id, version.revision)]
    return await asyncio.to_thread(_content, agreed, asked, found)


async def _count(
    run: Runtime, crew: Crew, asked: Asked, found: Counted, wanted: Mapping[str, Any], size: int
) -> None:
    """The first page is worked out here, what is more by the crew."""
    shown = {name: 1 for name in CountedTickets.fields if name != "sla"} | {"schema": 1}
    shown |= {"sla.promises": 1, "sla.log": 1, "sla.as_of": 1}
    query = {**wanted, "erased": {"$ne": True}}
    tickets = run.collection(CountedTickets.name)
    pages = cast("AsyncIterator[bytes]", tickets.find_raw_batches(query, shown, batch_size=size))
    on_its_way: set[asyncio.Future[Counted]] = set()
    first = True
    try:
        async for page in pages:
            if first:
                found.take(await asyncio.to_thread(counted, asked, page))
                first = False
                continue
            if len(on_its_way) > crew.hands:
                done, on_its_way = await asyncio.wait(on_its_way, return_when=asyncio.FIRST_COMPLETED)
                _taken(found, done)
            on_its_way.add(asyncio.ensure_future(crew.do(counted, asked, page)))
        if on_its_way:
            done, _ = await asyncio.wait(on_its_way)
            on_its_way = set()
            _taken(found, done)
    finally:
        for each in on_its_way:
            each.cancel()


def _taken(found: Counted, done: Iterable["asyncio.Future[Counted]"]) -> None:
    for each in done:
        found.take(each.result())


def _content(agreed: ContractRevision, asked: Asked, found: Counted) -> StatementContent:
    """``agreed`` are the terms of the month's last day."""
    statement = statement_of(
        agreed.contract_id,
        agreed.customer_id,
        agreed.revision,
        scale_of(agreed.terms.penalties),
        asked.month,
        asked.as_of,
        found.tally,
        found.cancelled,
    )
    return content_of(statement, found.lines)


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
