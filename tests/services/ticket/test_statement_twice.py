"""The statements of a quarter of the sample firm's, worked out twice, by two programs that share nothing."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from contracts.values import HoldReason, Priority, ServiceHealth, WorkMode
from infra.sample.promises import PROMISES
from services.ticket.api.contract_body import ContractBody
from services.ticket.domain.commitment import Commitment, Month, Outcome, commitments_of
from services.ticket.domain.contract import Contract, revision_of
from services.ticket.domain.part_of import PartOf
from services.ticket.domain.penalties import Per, Rule, Scale
from services.ticket.domain.sla_log import Happening, LogEntry
from services.ticket.domain.sla_record import Promise, SlaRecord
from services.ticket.domain.statement import Statement, statement_of
from services.ticket.domain.tally import tally_of
from tests.services.ticket.clocks import PARIS
from tests.services.ticket.month_by_hand import ByHand, month_by_hand
from tests.services.ticket.months import Ticket

Json = dict[str, Any]
QUARTER = (Month(2026, 4), Month(2026, 5), Month(2026, 6))
HOLIDAYS = ["2026-04-06", "2026-05-01", "2026-05-08", "2026-05-14", "2026-05-25"]
SCALE = Scale(
    "EUR",
    (
        Rule("hours", Per.HOUR, Decimal("12.50")),
        Rule("each", Per.INCIDENT, Decimal("30.00")),
        Rule("rate", Per.RATE, Decimal("7.00"), rate=Decimal(95)),
    ),
)
IN_CENTS = {"hour": 1250, "incident": 3000, "rate": 95, "point": 700}
EARLIER, LATEST = datetime(2026, 7, 15, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC)


def a_log(chance: Random) -> list[Json]:
    """A life of a ticket in whole minutes: begun, held, taken up, repaired, sometimes not for good."""
    at = datetime(2026, 4, 1, tzinfo=PARIS) + timedelta(
        days=chance.randrange(91), minutes=chance.randrange(1440)
    )
    log: list[Json] = [{"at": at.isoformat(), "event": "opened"}]

    def then(event: str, most: int, **said: Any) -> None:
        nonlocal at
        at += timedelta(minutes=chance.randint(1, most))
        log.append({"at": at.isoformat(), "event": event, **said})

    if chance.random() < 0.1:
        then("cancelled", 900)
        return log
    then("started", 400, mode=chance.choice(["remote", "onsite"]))
    if chance.random() < 0.4:
        then("held", 300, reason=chance.choice(["waiting-for-client", "waiting-for-parts"]))
        then("resumed", 3000)
    if chance.random() < 0.5:
        then("arrived", 1500)
        then("started", 60, mode="onsite")
    if chance.random() < 0.3:
        then("restored", 1500)
    then("resolved", chance.choice([300, 3000, 9000]))
    if chance.random() < 0.3:
        then("reopened", 9000, service=chance.choice(["up", "down", "degraded"]))
        then("resolved", 3000)
    if chance.random() < 0.25:
        then("requalified", 20000, priority=chance.choice(["P1", "P2", "P3"]))
    return log


def majors_of(chance: Random) -> list[Json]:
    """Some tickets join one of two major incidents, leave it and join again: in June, in July, later."""
    at, majors, part = datetime(2026, 6, 20, tzinfo=UTC), list[Json](), None
    while chance.random() < 0.5:
        at += timedelta(minutes=chance.randint(1, 60 * 24 * 30))
        part = None if part else chance.choice(["m1", "m2"])
        majors.append({"recorded_at": at.isoformat(), "major": part})
    return majors


def part_of(majors: list[Json]) -> tuple[PartOf, ...]:
    ends = [*(datetime.fromisoformat(each["recorded_at"]) for each in majors), None]
    spans = zip(majors, ends, ends[1:], strict=False)
    return tuple(PartOf(each["major"], since, until) for each, since, until in spans if each["major"])


def terms_of(bought: str) -> Contract:
    promises = PROMISES[bought]
    body = {
        "customer_id": "clinic",
        "name": "Care",
        "valid_from": "2016-01-01",
        "calendars": {"hours": promises.calendar()},
        "targets": promises.by_priority(),
    }
    return Contract("care", "clinic", 1, ContractBody.model_validate(body).terms())


def entry_of(said: Json, n: int) -> LogEntry:
    return LogEntry(
        datetime.fromisoformat(said["at"]).astimezone(UTC),
        Happening(said["event"]),
        id=f"line:{n}",
        reason=HoldReason(said["reason"]) if "reason" in said else None,
        mode=WorkMode(said.get("mode", "onsite")),
        service=ServiceHealth(said["service"]) if "service" in said else None,
        priority=Priority(said["priority"]) if "priority" in said else None,
    )


def by_the_service(
    contract: Contract, tickets: list[Json], month: Month, known: datetime
) -> tuple[Statement, list[Commitment]]:
    revision = revision_of(contract)
    promise = Promise("nord", "care", 1, "Europe/Paris", "FR")
    found: list[Commitment] = []
    for said in tickets:
        first, *rest = (entry_of(entry, n) for n, entry in enumerate(said["log"]))
        opening = LogEntry(first.at, first.event, id=first.id, priority=Priority(said["priority"]))
        parts = part_of(said["majors"])
        now = parts[-1].major_id if parts and parts[-1].until is None else None
        record = SlaRecord((promise,), (opening, *rest), first.at)
        ticket = Ticket(said["id"], said["id"], record, major_id=now, part_of=parts)
        said_of = commitments_of(ticket, "care", month, {revision.id: revision}, known)
        found += [each for each, _ in said_of]
    stated = statement_of("care", "clinic", 1, SCALE, month, known, tally_of(found), [])
    return stated, [each for each in found if each.shown]


def by_hand(bought: str, tickets: list[Json], month: Month, known: datetime) -> ByHand:
    promises = PROMISES[bought]
    form = {**promises.calendar(), "time_zone": "Europe/Paris", "exceptions": {}}
    form["holidays"] = [] if promises.holidays == "none" else HOLIDAYS
    start, end = (
        datetime(each.year, each.month, 1, tzinfo=PARIS).astimezone(UTC) for each in (month, month.following)
    )
    promised, calendars = dict(promises.by_priority()), {"hours": form}
    return month_by_hand(tickets, promised, calendars, start, end, IN_CENTS, known)


@pytest.mark.parametrize("bought", ["business", "extended", "light"])
def test_two_programs_say_the_same_of_every_month_of_a_quarter(bought: str) -> None:
    chance = Random(f"2026-Q2 {bought}")
    tickets = [
        {"id": f"t{n:03}", "priority": chance.choice(["P1", "P2", "P3"]), "log": a_log(chance)}
        for n in range(40)
    ]
    for each in tickets:
        each["majors"] = majors_of(chance)
    contract, broken, learned = terms_of(bought), 0, False
    for month, known in zip(QUARTER, (LATEST, EARLIER, EARLIER), strict=True):
        ours, commitments = by_the_service(contract, tickets, month, known)
        theirs = by_hand(bought, tickets, month, known)
        said = {
            outcome: {(c.ticket_id, c.target) for c in commitments if c.outcome is outcome}
            for outcome in Outcome
        }
        assert said[Outcome.KEPT] == theirs.kept
        assert said[Outcome.BROKEN] == theirs.broken
        late = {
            (c.ticket_id, c.target): (c.late - c.late_before) // timedelta(minutes=1)
            for c in commitments
            if c.late > c.late_before
        }
        assert late == theirs.late
        assert ours.penalties is not None
        assert ours.penalties.total * 100 == theirs.cents
        assert sum(count.broken for count in ours.counts) == len(theirs.broken)
        broken += len(theirs.broken)
        learned = learned or by_the_service(contract, tickets, month, LATEST)[0].penalties != ours.penalties
    assert broken > 5, "a quarter in which nothing is broken proves little"
    assert learned, "what is learned of major incidents in summer changes no month"
