"""The figures and violations of a run, counted from databases and topics alone.

An independent witness: nothing here, nor in what it is made of, imports the chassis or a service.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from infra.sample.evidence import Evidence, gather
from infra.sample.invariants import INVARIANTS

URGENT = frozenset({"P1", "P2"})
AT_ONCE = timedelta(minutes=1)
"""An urgent visit dispatched later than this, by the domain's clock, had to wait for somebody to be free."""


@dataclass(frozen=True)
class Summary:
    """``first_time_fix`` is the share of first visits that fixed the fault (0 to 1), None without visits.

    ``dispatch_ms`` is from the record of ``ticket-opened`` to that of ``technician-dispatched``, of
    urgent visits for which somebody was free. ``found`` says each violation in words.
    """

    requests: int
    visits: int
    dispatched: int
    closed: int
    notifications: int
    sla: Mapping[str, int]
    first_time_fix: float | None
    kilometres: float
    dispatch_ms: Mapping[str, int | None]
    violations: Mapping[str, int]
    found: Mapping[str, Sequence[str]]

    def public(self) -> dict[str, Any]:
        """The summary as ``astreinte demo --json`` prints it."""
        return {name: value for name, value in asdict(self).items() if name != "found"}


async def audit(
    kafka: str, mongodb: str, *, mails: Path | None = None, database_prefix: str = "astreinte"
) -> Summary:
    """Read everything and judge it. ``mails`` is the mail sink's file."""
    return judge(await gather(kafka, mongodb, mails=mails, database_prefix=database_prefix))


def judge(evidence: Evidence) -> Summary:
    found = {name: tuple(check(evidence)) for name, check in INVARIANTS.items()}
    closings = evidence.facts("intervention-closed")
    delays = _dispatch_delays(evidence)
    return Summary(
        requests=len(evidence.of("ticket.tickets")),
        visits=len(evidence.of("dispatch.visits")),
        dispatched=len({event.subject for event in evidence.facts("technician-dispatched")}),
        closed=len({event.subject for event in closings}),
        notifications=sum(each["state"] == "sent" for each in evidence.of("notify.deliveries")),
        sla={"met": 0, "breached": 0},
        first_time_fix=_first_time_fix(evidence),
        kilometres=round(sum((event.body or {}).get("kilometres") or 0 for event in closings), 1),
        dispatch_ms={"p50": _percentile(delays, 50), "p99": _percentile(delays, 99)},
        violations={name: len(sentences) for name, sentences in found.items()},
        found=found,
    )


def _first_time_fix(evidence: Evidence) -> float | None:
    follow_ups = {
        need["visit_id"]
        for event in evidence.facts("ticket-opened", "visits-requested")
        for need in (event.body or {}).get("visits", ())
        if need.get("follows")
    }
    outcomes = [
        (event.body or {}).get("outcome")
        for event in evidence.facts("intervention-closed")
        if event.subject not in follow_ups
    ]
    return round(outcomes.count("fixed") / len(outcomes), 3) if outcomes else None


def _dispatch_delays(evidence: Evidence) -> list[int]:
    opened = {event.subject: event for event in evidence.facts("ticket-opened")}
    delays: dict[str, int] = {}
    for event in evidence.facts("technician-dispatched"):
        body = event.body or {}
        ticket = opened.get(body.get("ticket_id", ""))
        if ticket is None or event.subject in delays or body.get("priority") not in URGENT:
            continue
        if event.recorded_at - ticket.recorded_at <= AT_ONCE:
            delays[event.subject] = event.written_ms - ticket.written_ms
    return sorted(delays.values())


def _percentile(ordered: Sequence[int], percent: int) -> int | None:
    """The smallest value that at least so many percent do not exceed."""
    if not ordered:
        return None
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]
