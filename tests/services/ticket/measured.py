"""Words for tickets that KPIs read, so that tests of figures read like what happened."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from contracts.values import Outcome, Priority, TicketKind, VisitState
from services.ticket.domain.contract import Target
from services.ticket.domain.kpi_case import By, Case, Measure, Standing, Why
from services.ticket.domain.kpi_cases import Asked, cases_of
from services.ticket.domain.kpi_definitions import KPIS
from services.ticket.domain.kpis import Counting, Figure
from services.ticket.domain.measured import MadeVisit, Measured, Period, Promised, Scope, Spent
from services.ticket.domain.sla_log import LogEntry
from tests.services.ticket.clocks import on
from tests.services.ticket.months import a_ticket, revision

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
APRIL = Period(date(2026, 4, 1), date(2026, 4, 30))
LONG_AFTER = on("2026-12-01", "12:00")
HOUR = timedelta(hours=1)
PARIS, REUNION = "Europe/Paris", "Indian/Reunion"


def a_visit(
    start: datetime, outcome: Outcome = Outcome.FIXED, *, id: str = "t1-1", site: str = "nord", **more: Any
) -> MadeVisit:
    """An hour of work by Léa, promised for half an hour before and after the start."""
    window = Promised("lea", start - HOUR / 2, start + HOUR / 2)
    visit = MadeVisit(id, site, "c1", VisitState.CLOSED, window, start, start, start + HOUR, outcome)
    return replace(visit, **more)


def measured(
    *log: LogEntry,
    visits: Sequence[MadeVisit] = (),
    sites: Sequence[str] = ("nord",),
    zone: str = PARIS,
    **more: Any,
) -> Measured:
    """A ticket under the contract c1; where nobody went, each site has a visit that was not needed."""
    record = a_ticket(*log, zone=zone, sites=sites).sla
    spare = [MadeVisit(f"t1-{n}", site, "c1", VisitState.CANCELLED) for n, site in enumerate(sites, start=1)]
    ticket = Measured(
        id="t1",
        number="N-t1",
        customer_id="pasteur",
        kind=TicketKind.INCIDENT,
        category="laptop",
        priority=Priority.P2,
        site_ids=tuple(sites),
        declared_at=log[0].at,
        visits=tuple(visits) or tuple(spare),
        sla=record,
    )
    return replace(ticket, **more)


def cases(
    ticket: Measured,
    measure: Measure,
    *,
    period: Period = MARCH,
    now: datetime = LONG_AFTER,
    scope: Scope = Scope(),
    targets: Sequence[Target] = (),
    spent: Sequence[Spent] = (),
    zone: str = PARIS,
) -> list[Case]:
    zones = dict.fromkeys(ticket.site_ids, zone)
    asked = Asked(period, scope, now, zones, revision(*targets))
    return [each for each in cases_of(ticket, asked, spent) if each.measure is measure]


def figures(found: Sequence[Case], by: By | None = None, sold: Any = None) -> dict[str, Figure]:
    counting = Counting(KPIS, by)
    counting.add(found)
    return {each.kpi.id: each for each in counting.figures(sold)}


COUNTS = (Standing.COUNTED, 1, None)


def told(found: Sequence[Case]) -> list[tuple[Standing, int, Why | None]]:
    return [(each.standing, each.amount, each.why) for each in found]


def hours(found: Sequence[Case]) -> list[float]:
    return [each.amount / 3_600_000 for each in found]
