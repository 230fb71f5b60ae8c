"""Work one page of tickets out: what a process can do by itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bson import decode_all
from bson.codec_options import CodecOptions

from services.ticket.domain.commitment import Month, as_it_was, commitments_of
from services.ticket.domain.contract import ContractRevision
from services.ticket.domain.part_of import known_major
from services.ticket.domain.sla_log import Happening
from services.ticket.domain.statement import Cancelled
from services.ticket.domain.tally import Tally
from services.ticket.store.statements import CountedTicket, CountedTickets
from services.ticket.views.statement import Line, commitment_written

_OPTIONS: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True, tzinfo=UTC)


@dataclass(frozen=True)
class Asked:
    """A month of a contract as known at ``as_of``; ``revisions`` are all that the contract has had."""

    contract_id: str
    month: Month
    as_of: datetime
    revisions: Mapping[str, ContractRevision]


@dataclass
class Counted:
    """What tickets come to; ``lines`` are the commitments that are shown, in no order."""

    tally: Tally = field(default_factory=Tally)
    lines: list[Line] = field(default_factory=list)
    cancelled: list[Cancelled] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    majors: set[str] = field(default_factory=set)

    def take(self, other: "Counted") -> None:
        self.tally.take(other.tally)
        self.lines += other.lines
        self.cancelled += other.cancelled
        self.ids |= other.ids
        self.majors |= other.majors


def counted(asked: Asked, page: bytes) -> Counted:
    """``page`` are documents in BSON, one after the other."""
    found = Counted()
    for ticket in map(CountedTickets.decode, decode_all(page, _OPTIONS)):
        found.ids.add(ticket.id)
        if (major := known_major(ticket, asked.as_of)) is not None:
            found.majors.add(major)
        for each, story in commitments_of(
            ticket, asked.contract_id, asked.month, asked.revisions, asked.as_of
        ):
            found.tally.add(each)
            if each.shown:
                found.lines.append(((each.number, *each.key), commitment_written(each, story)))
        if (gone := _cancelled(ticket, asked)) is not None:
            found.cancelled.append(gone)
    return found


def _cancelled(ticket: CountedTicket, asked: Asked) -> Cancelled | None:
    if ticket.sla is None:
        return None
    known = as_it_was(ticket.sla.log, asked.as_of, asked.as_of)
    at = next((entry.at for entry in known if entry.event is Happening.CANCELLED), None)
    if at is None:
        return None
    zones = [each.time_zone for each in ticket.sla.promises if each.contract_id == asked.contract_id]
    start, end = asked.month.bounds(zones[0])
    return Cancelled(ticket.id, ticket.number, at, ticket.duplicate_of) if start <= at < end else None
