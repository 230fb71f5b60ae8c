"""The KPIs of a quarter of random tickets, worked out twice, by two programs that share nothing."""

import statistics
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from contracts.values import Outcome, ServiceHealth, VisitState
from services.ticket.domain.commitment import Month, commitments_of
from services.ticket.domain.kpi_case import Age, Case, Standing
from services.ticket.domain.kpi_cases import Asked, cases_of
from services.ticket.domain.kpis import Figure
from services.ticket.domain.measured import MadeVisit, Measured, Period, Promised, Scope
from services.ticket.domain.resolution import Reopening
from services.ticket.domain.sla_log import Happening, LogEntry
from services.ticket.domain.statement import counts_of, percent_kept
from services.ticket.domain.tally import tally_of
from tests.services.ticket.kpis_by_hand import ByHand, by_hand
from tests.services.ticket.measured import figures, measured
from tests.services.ticket.months import Ticket, revision

Json = dict[str, Any]
QUARTER = (Month(2026, 2), Month(2026, 3), Month(2026, 4))
NOW = datetime(2026, 5, 6, 10, tzinfo=UTC)
OUTCOMES = ("fixed", "fixed", "fixed", "not-fixed", "no-access", "user-absent", "part-dead")
AGES = dict(zip(("1", "3", "7", "14", "30", "more"), Age, strict=True))


def a_life(n: int, chance: Random, zone: str) -> Json:
    """Visited or not, sometimes again, repaired, sometimes not for good; in whole minutes."""
    at = datetime(2026, 1, 20, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    at += timedelta(days=chance.randrange(95), minutes=chance.randrange(1440))
    life: Json = {"id": f"t{n:03}", "happened": [(at, "opened")], "visits": []}

    def then(most: int, what: str | None = None) -> datetime:
        nonlocal at
        at += timedelta(minutes=chance.randint(1, most))
        if what is not None:
            life["happened"].append((at, what))
        return at

    def visited() -> None:
        start, outcome = then(3000), chance.choice(OUTCOMES)
        promised = start + timedelta(minutes=chance.randint(-90, 90))
        end = then(120, "restored" if outcome == "fixed" else None)
        visit = {"id": f"{life['id']}-{len(life['visits']) + 1}", "start": start, "end": end}
        window = {"from": promised - timedelta(hours=1), "to": promised + timedelta(hours=1)}
        life["visits"].append({**visit, **window, "outcome": outcome})

    for _ in range(chance.choice((0, 1, 1, 2))):
        visited()
    if chance.random() < 0.15:
        then(5000, "cancelled")
        return life
    if chance.random() < 0.9:
        then(20000, "resolved")
    for _ in range(chance.choice((0, 0, 0, 1, 2))):
        if life["happened"][-1][1] == "resolved":
            then(30000, f"reopened-{chance.choice(('up', 'down', 'degraded'))}")
            if chance.random() < 0.5:
                visited()
            then(4000, "resolved")
    life["happened"] = [each for each in life["happened"] if each[0] < NOW]
    life["visits"] = [each for each in life["visits"] if each["end"] < NOW]
    return life


def as_stored(life: Json, zone: str, *, covered: bool) -> Measured:
    log = [_entry(at, what) for at, what in life["happened"]]
    visits = [
        MadeVisit(
            each["id"],
            "nord",
            "c1",
            VisitState.CLOSED,
            Promised("lea", each["from"], each["to"]),
            each["start"],
            each["start"],
            each["end"],
            Outcome(each["outcome"]),
        )
        for each in life["visits"]
    ]
    cancelled = next((at for at, what in life["happened"] if what == "cancelled"), None)
    ticket = measured(*log, visits=visits, zone=zone, id=life["id"], cancelled_at=cancelled)
    return ticket if covered else _uncovered(ticket, log)


def _uncovered(ticket: Measured, log: list[LogEntry]) -> Measured:
    """The same as a ticket without a contract keeps it."""
    ends = [each for each in log if each.event is Happening.RESOLVED]
    again = [each for each in log if each.event is Happening.REOPENED]
    undone = tuple(Reopening(a.at, b.at, b.service) for a, b in zip(ends, again, strict=False))
    open_now = len(ends) == len(again)
    return replace(
        ticket, sla=None, reopenings=undone, resolved_at=None if open_now or not ends else ends[-1].at
    )


def _entry(at: datetime, what: str) -> LogEntry:
    event, _, service = what.partition("-")
    return LogEntry(at, Happening(event), service=ServiceHealth(service) if service else None)


@pytest.mark.parametrize("zone", ["Europe/Paris", "Indian/Reunion"])
@pytest.mark.parametrize("covered", [True, False])
def test_two_programs_say_the_same_of_every_month_of_a_quarter(zone: str, covered: bool) -> None:
    chance = Random(f"{zone} {covered}")
    lives = [a_life(n, chance, zone) for n in range(150)]
    tickets = [as_stored(life, zone, covered=covered) for life in lives]
    weight = Counter[str]()
    for month in QUARTER:
        period = Period(month.first_day, month.last_day)
        asked = Asked(period, Scope(), NOW, {"nord": zone}, revision())
        found = [case for ticket in tickets for case in cases_of(ticket, asked)]
        theirs = by_hand(lives, zone, period.first, period.last, NOW)
        for kpi in ("opened", "remote-solved", "reopened", "no-access", "on-time-arrival", "first-time-fix"):
            ours = _sides(found, kpi)
            assert ours == (
                theirs.well.get(kpi, set()),
                theirs.ill.get(kpi, set()),
                theirs.unsaid.get(kpi, set()),
            ), (kpi, month)
            weight[kpi] += len(ours[0])
        said = figures(found)
        _agree_on_times(said, theirs)
        ages = Counter(case.age for case in found if case.measure == "backlog")
        assert ages == {AGES[age]: n for age, n in theirs.backlog.items()}
        _agree_with_the_statement(said, tickets, month)
        weight["repairs"] += len(theirs.repairs)
    assert min(weight.values()) > 10, "a quarter in which nothing happens proves little"


def _sides(found: list[Case], kpi: str) -> tuple[set[str], set[str], set[str]]:
    mine = [case for case in found if case.measure == kpi]

    def those(standing: Standing, amount: int) -> set[str]:
        by_ticket = kpi in ("opened", "remote-solved", "reopened", "first-time-fix")
        return {
            case.ticket.id if by_ticket else case.part
            for case in mine
            if (case.standing, case.amount) == (standing, amount)
        }

    return (
        those(Standing.COUNTED, 1),
        those(Standing.COUNTED, 0),
        those(Standing.UNKNOWN, 0),
    )


def _agree_on_times(said: dict[str, Figure], theirs: ByHand) -> None:
    taken = sorted(theirs.repairs)
    assert said["mttr-mean"].n == len(taken)
    assert said["mttr-mean"].value == round(sum(taken) / len(taken), 1)
    assert said["mttr-median"].value == statistics.median_low(taken)
    assert said["mttr-p90"].value == next(
        t for t in taken if sum(x <= t for x in taken) * 10 >= 9 * len(taken)
    )


def _agree_with_the_statement(said: dict[str, Figure], tickets: list[Measured], month: Month) -> None:
    read = [Ticket(each.id, each.number, each.sla, each.priority) for each in tickets]
    found = (c for each in read for c, _ in commitments_of(each, "c1", month, revision(), NOW))
    stated = counts_of(tally_of(found))
    kept, broken = sum(each.kept for each in stated), sum(each.broken for each in stated)
    figure = said["commitments-kept"]
    assert (figure.value, figure.n) == (percent_kept(kept, broken), kept + broken)
    assert figure.unknown == sum(each.open for each in stated)
