"""The figures and violations of a run, counted from databases and topics alone.

An independent witness: nothing here, nor in what it is made of, imports the chassis or a service.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from infra.sample.clocks import decided
from infra.sample.evidence import Document, Event, Evidence, gather
from infra.sample.figures import Figure, figures, first_time_fix, told
from infra.sample.invariants import INVARIANTS

URGENT = frozenset({"P1", "P2"})
AT_ONCE = timedelta(minutes=1)
"""An urgent visit dispatched later than this, by the domain's clock, had to wait for somebody to be free."""
OF_ITSELF = "service:ticket"
"""Who opens what the firm plans by itself."""

ALWAYS = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Summary:
    """``figures`` say what they mean; ``first_time_fix`` is one of them. ``sla`` counts clocks by the
    last word on each.

    ``notifications`` are mails and ``sms``, each message once.

    ``dispatch_ms`` is from the record of ``ticket-opened`` to that of ``technician-dispatched``, of
    urgent visits for which somebody was free. ``found`` says each violation in words: violations are
    those of everything that was ever kept, figures those of the day alone.
    """

    requests: int
    visits: int
    dispatched: int
    closed: int
    notifications: int
    sms: int
    sla: Mapping[str, int]
    first_time_fix: float | None
    kilometres: float
    dispatch_ms: Mapping[str, int | None]
    violations: Mapping[str, int]
    figures: tuple[Figure, ...]
    found: Mapping[str, Sequence[str]]

    def with_check(self, name: str, sentences: Sequence[str]) -> "Summary":
        """The same with what somebody else found."""
        return replace(
            self,
            violations={**self.violations, name: len(sentences)},
            found={**self.found, name: sentences},
        )

    def public(self) -> dict[str, Any]:
        """The summary as ``astreinte demo --json`` prints it."""
        hidden = ("found", "figures", "sms")
        shown = {name: value for name, value in asdict(self).items() if name not in hidden}
        return {**shown, "figures": {figure.name: figure.value for figure in self.figures}}


async def audit(
    kafka: str,
    mongodb: str,
    *,
    mails: Path | None = None,
    texts: Path | None = None,
    database_prefix: str = "astreinte",
    group_prefix: str = "astreinte",
    since: datetime = ALWAYS,
) -> Summary:
    """Read everything and judge it. ``mails`` and ``texts`` are the sinks' files; it began ``since``."""
    found = await gather(
        kafka,
        mongodb,
        mails=mails,
        texts=texts,
        database_prefix=database_prefix,
        group_prefix=group_prefix,
    )
    return judge(found, since=since)


def judge(evidence: Evidence, *, since: datetime = ALWAYS) -> Summary:
    found = {name: tuple(check(evidence)) for name, check in INVARIANTS.items()}
    counted = told(evidence, since)
    day = counted.day
    sent = day.facts("notification-sent")
    closings = day.facts("intervention-closed")
    delays = _dispatch_delays(evidence, since)
    return Summary(
        requests=len(_requests(day)),
        visits=len(_asked_for(day)),
        dispatched=len({event.subject for event in day.facts("technician-dispatched")}),
        closed=len({event.subject for event in closings}),
        notifications=len(sent),
        sms=sum((event.body or {}).get("channel") == "sms" for event in sent),
        sla=decided(day, since),
        first_time_fix=first_time_fix(counted),
        kilometres=round(sum((event.body or {}).get("kilometres") or 0 for event in closings), 1),
        dispatch_ms={"p50": _percentile(delays, 50), "p99": _percentile(delays, 99)},
        violations={name: len(sentences) for name, sentences in found.items()},
        figures=figures(counted),
        found=found,
    )


def _requests(evidence: Evidence) -> list[Event]:
    """What was asked for by people: what the firm plans of itself is opened by the ticket service."""
    own = {each["_id"] for each in evidence.of("ticket.tickets") if each.get("opened_by") == OF_ITSELF}
    return [each for each in evidence.facts("ticket-opened") if each.subject not in own]


def _asked_for(evidence: Evidence) -> list[Document]:
    """The visits that requests and follow-ups asked for."""
    asking = evidence.facts("ticket-opened", "visits-requested")
    return [need for event in asking for need in (event.body or {}).get("visits", ())]


def _dispatch_delays(evidence: Evidence, since: datetime) -> list[int]:
    opened = {event.subject: event for event in evidence.facts("ticket-opened")}
    delays: dict[str, int] = {}
    for event in evidence.facts("technician-dispatched"):
        body = event.body or {}
        ticket = opened.get(body.get("ticket_id", ""))
        if ticket is None or event.subject in delays or body.get("priority") not in URGENT:
            continue
        if event.recorded_at - ticket.recorded_at <= AT_ONCE and event.recorded_at >= since:
            delays[event.subject] = event.written_ms - ticket.written_ms
    return sorted(delays.values())


def _percentile(ordered: Sequence[int], percent: int) -> int | None:
    """The smallest value that at least so many percent do not exceed."""
    if not ordered:
        return None
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]
