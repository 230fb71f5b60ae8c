"""What was said of SLA clocks, read from their topic: one clock for each target at each site of a ticket."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from contracts.values import parse_rfc3339
from infra.sample.evidence import Document, Event, Evidence

WORDS = (
    "sla-started",
    "sla-paused",
    "sla-resumed",
    "sla-at-risk",
    "sla-met",
    "sla-breached",
    "sla-stopped",
    "sla-corrected",
)


class ClockName(NamedTuple):
    ticket_id: str
    site_id: str
    target: str

    def __str__(self) -> str:
        return f"{self.target} of ticket {self.ticket_id} at {self.site_id}"


def said(evidence: Evidence) -> dict[ClockName, list[Event]]:
    """All that was said of each clock, in its order."""
    found: dict[ClockName, list[Event]] = {}
    for event in sorted(evidence.facts(*WORDS), key=lambda each: (each.subject, each.epoch, each.n)):
        body = event.body or {}
        found.setdefault(ClockName(event.subject, body["site_id"], body["target"]), []).append(event)
    return found


def holds_still(events: list[Event]) -> Iterator[Event]:
    """Of what was said of one clock, what no correction has taken back."""
    gone = {(event.epoch, each["n"]) for event in events for each in (event.body or {}).get("corrects", ())}
    return (event for event in events if (event.epoch, event.n) not in gone)


def decided(day: Evidence, since: datetime) -> Mapping[str, int]:
    """How many clocks were met in time, and how many breached, since then: by the last word on each."""
    last = [events[-1].body or {} for events in said(day).values()]
    return {
        "met": sum(word["state"] == "met" for word in last),
        "breached": sum(_breached_at(word) >= since for word in last if word.get("breached_at")),
    }


def _breached_at(word: Document) -> datetime:
    return parse_rfc3339(word["breached_at"])


def breach_once(evidence: Evidence) -> Iterable[str]:
    """Of each clock at most one breach stands: another may only come after a correction."""
    for name, events in said(evidence).items():
        breaches = [event for event in holds_still(events) if event.type == "sla-breached"]
        if len(breaches) > 1:
            yield f"{name} breached {len(breaches)} times"


def no_breach_while_paused(evidence: Evidence) -> Iterable[str]:
    """A clock that a hold stops does not breach. At the instant at which the hold begins it still runs."""
    for name, events in said(evidence).items():
        paused: datetime | None = None
        for event in holds_still(events):
            if event.type == "sla-paused":
                paused = event.occurred_at
            elif event.type == "sla-breached" and paused is not None:
                breached = _breached_at(event.body or {})
                if breached > paused:
                    yield f"{name} breached at {breached.isoformat()}, paused since {paused.isoformat()}"
            elif event.type in ("sla-resumed", "sla-started", "sla-met", "sla-stopped", "sla-corrected"):
                paused = None


def last_word_is_kept(evidence: Evidence) -> Iterable[str]:
    """The last word on each clock is how the ticket has it, and what breached has been said."""
    if evidence.lacks("ticket.sla.v1"):
        return
    last = {name: events[-1].body or {} for name, events in said(evidence).items()}
    for ticket in evidence.of("ticket.tickets"):
        for clock in (ticket.get("sla") or {}).get("clocks", ()):
            name = ClockName(ticket["_id"], clock["site_id"], clock["target"])
            kept, word = clock["reading"], last.pop(name, None)
            if word is None:
                if kept["state"] != "stopped":
                    yield f"{name} is {kept['state']}, nothing was said of it"
            elif (word["state"], _at(word.get("breached_at"))) != (kept["state"], kept["breached_at"]):
                yield f"{name} is {kept['state']}, the last word on it is {word['state']}"
    yield from (
        f"{name} is in no ticket, the last word on it is {word['state']}"
        for name, word in last.items()
        if word["state"] != "stopped"
    )


def _at(text: str | None) -> datetime | None:
    return None if text is None else parse_rfc3339(text)
