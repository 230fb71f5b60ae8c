"""Words for months, commitments and scales, so that tests of statements read like a contract."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from contracts.values import Channel, HoldReason, Priority
from services.ticket.domain.commitment import Commitment, Month, Story, commitments_of
from services.ticket.domain.contract import ContractRevision, MetBy, Target, Terms
from services.ticket.domain.part_of import PartOf
from services.ticket.domain.sla_log import LogEntry
from services.ticket.domain.sla_record import Promise, SlaRecord
from tests.services.ticket.clocks import OFFICE, next_mon
from tests.services.ticket.sample import ALWAYS

MARCH = Month.of("2026-03")
FEBRUARY = Month.of("2026-02")
APRIL = Month.of("2026-04")


@dataclass(frozen=True)
class Ticket:
    """What of a ticket a month reads."""

    id: str
    number: str
    sla: SlaRecord | None
    priority: Priority = Priority.P2
    major_id: str | None = None
    part_of: tuple[PartOf, ...] = ()


def target(name: str = "repair", **changes: Any) -> Target:
    usual = Target(name, "office", (HoldReason.WAITING_FOR_CLIENT,), MetBy.RESOLVED, minutes=240)
    return replace(usual, **changes)


def revision(*targets: Target) -> Mapping[str, ContractRevision]:
    promised = tuple(targets) or (target(),)
    calendars = {"office": OFFICE.model_dump(mode="json"), "always": ALWAYS}
    terms = Terms("Pasteur", "2026-01-01", calendars, dict.fromkeys(Priority, promised))
    return {"c1:1": ContractRevision("c1:1", "c1", "pasteur", 1, terms)}


def a_ticket(
    *log: LogEntry, id: str = "t1", zone: str = "Europe/Paris", sites: Sequence[str] = ("nord",), **more: Any
) -> Ticket:
    """``log`` without priorities or channels: they come with the opening."""
    opening, *rest = log
    first = replace(opening, priority=opening.priority or Priority.P2, channel=Channel.PHONE)
    promises = tuple(Promise(site, "c1", 1, zone, "FR") for site in sites)
    return Ticket(id, f"N-{id}", SlaRecord(promises, (first, *rest), opening.at), **more)


def in_month(
    *tickets: Ticket,
    month: Month = MARCH,
    targets: Sequence[Target] = (),
    as_of: datetime | None = None,
) -> list[Commitment]:
    return [each for each, _ in with_stories(*tickets, month=month, targets=targets, as_of=as_of)]


def with_stories(
    *tickets: Ticket,
    month: Month = MARCH,
    targets: Sequence[Target] = (),
    as_of: datetime | None = None,
) -> list[tuple[Commitment, Story]]:
    known = as_of or next_mon("08:00").replace(year=2027)
    terms = revision(*targets)
    return [each for ticket in tickets for each in commitments_of(ticket, "c1", month, terms, known)]
