"""What is to be done, and when, so that an incident goes here as it went in the log.

Pure: rows and a mapping give the steps. Whom the planner sends, and when he comes, is not known
before it happens; the player adds it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from contracts.values import SUMMARY_LENGTH, HoldReason, Impact, Urgency, rfc3339
from infra.replay.incident import Incident
from infra.replay.log import Row
from infra.replay.mapping import LogMapping
from infra.replay.reference import UNKNOWN_LOCATION, on_site_type, remote_type, site_of

FINISH = "finish"
"""The one step that is no request: the log says that the work on site is over."""

OPEN = "open"
CLOSE = "close"
RESOLVE = "resolve"


@dataclass(frozen=True)
class Step:
    """A request on the ticket: ``verb`` at ``at`` with ``body``; ``line`` is the log's that asks for it.

    ``n`` counts the incident's steps from 1 and, with the verb, is the same in every run. ``exact``:
    technicians' days depend on it, so the clock has to show that very time.
    """

    n: int
    at: datetime
    verb: str
    body: Mapping[str, Any]
    line: int
    exact: bool = False


@dataclass(frozen=True)
class IncidentPlan:
    """All steps of one incident, in order. ``on_site``: somebody has to go there.

    ``resolved_at`` and ``closed_at`` are when the rows say so for the last time; the log's column of
    that name, in ``logged_resolved_at``, may say something else. ``idle_rows`` change nothing that is
    kept here.
    """

    number: str
    on_site: bool
    site_id: str
    customer_id: str
    opened_at: datetime
    resolved_at: datetime | None
    logged_resolved_at: datetime | None
    closed_at: datetime | None
    steps: tuple[Step, ...]
    rows: int
    idle_rows: int
    oddities: tuple[str, ...]
    work_done: str
    cause: str | None

    @property
    def stays_open(self) -> bool:
        """Whether the log ends before the incident does."""
        return self.steps[-1].verb != CLOSE


def plan_incident(incident: Incident, mapping: LogMapping) -> IncidentPlan:
    return _Planner(incident, mapping).plan()


@dataclass(frozen=True)
class Judged:
    """How urgent an incident is and what kind of work, of ``[work_types]``, it takes."""

    impact: Impact
    urgency: Urgency
    kind: str


@dataclass
class _Planner:
    """Walks along the rows and keeps what the ticket will be like by then."""

    incident: Incident
    mapping: LogMapping
    steps: list[Step] = field(default_factory=list)
    idle_rows: int = 0
    stage: str = "open"
    held: HoldReason | None = None
    begun: bool = False
    sent: bool = False
    agent: str | None = None
    judged: Judged = field(init=False)

    def plan(self) -> IncidentPlan:
        first = self.incident.first
        resolution = self._first_resolution()
        on_site = resolution is not None and resolution.group in self.mapping.on_site.groups
        send_at = self._send_at(resolution) if on_site and resolution else None
        site = site_of(self.mapping, first.location)
        self._open(first, site.id, site.customer_id)
        for row in self.incident.rows:
            at, known = max(row.updated_at, first.opened_at), len(self.steps)
            if send_at is not None and send_at <= at:
                self._send(send_at, row)
                send_at = None
            self._play(row, at)
            self.idle_rows += len(self.steps) == known
        last = self.incident.last
        return IncidentPlan(
            number=self.incident.number,
            on_site=on_site,
            site_id=site.id,
            customer_id=site.customer_id,
            opened_at=first.opened_at,
            resolved_at=self._last(RESOLVE, FINISH),
            logged_resolved_at=last.resolved_at,
            closed_at=self._last(CLOSE),
            steps=tuple(self.steps),
            rows=len(self.incident.rows),
            idle_rows=self.idle_rows,
            oddities=self._oddities(),
            work_done=_work_done(last),
            cause=last.closed_code,
        )

    def _last(self, *verbs: str) -> datetime | None:
        return next((step.at for step in reversed(self.steps) if step.verb in verbs), None)

    def _oddities(self) -> tuple[str, ...]:
        column = self.incident.last.resolved_at
        if column is None or column == self._last(RESOLVE, FINISH):
            return self.incident.oddities
        return (*self.incident.oddities, "its resolved_at is not when it became resolved")

    def _first_resolution(self) -> Row | None:
        over = ("resolved", "closed")
        return next((row for row in self.incident.rows if self.mapping.meaning(row.state) in over), None)

    def _send_at(self, resolution: Row) -> datetime:
        before = timedelta(minutes=self.mapping.on_site.asked_minutes_before)
        return max(resolution.opened_at, resolution.updated_at - before)

    def _judgement(self, row: Row) -> Judged:
        kind = self.mapping.work_type_of(row.category)
        return Judged(self.mapping.impact_of(row.impact), self.mapping.urgency_of(row.urgency), kind)

    def _category(self, kind: str) -> str:
        return on_site_type(self.mapping, kind) if self.sent else remote_type(self.mapping, kind)

    def _open(self, row: Row, site_id: str, customer_id: str) -> None:
        judged = self.judged = self._judgement(row)
        details = {"caller": row.caller, "subcategory": row.subcategory, "symptom": row.symptom}
        named = [row.category, row.subcategory, row.symptom]
        where = row.location or UNKNOWN_LOCATION
        what = ", ".join(text for text in named if text) or "Incident"
        self._add(
            OPEN,
            row.opened_at,
            row,
            kind="incident",
            customer_id=customer_id,
            summary=f"{what} ({where})"[:SUMMARY_LENGTH],
            description=f"{self.incident.number}: {what}, reported from {where}.",
            category=self._category(judged.kind),
            impact=judged.impact.value,
            urgency=judged.urgency.value,
            sites=[site_id],
            channel=self.mapping.channel_of(row.contact_type).value,
            external_reference=self.incident.number,
            custom={name: text for name, text in details.items() if text},
            **({"declared_by": row.caller[:200]} if row.caller else {}),
        )

    def _send(self, at: datetime, row: Row) -> None:
        """From here on it is work on site: the new category asks for a visit."""
        self._go_on(at, row)
        self.sent = True
        self._add_exactly("triage", at, row, category=self._category(self.judged.kind))

    def _play(self, row: Row, at: datetime) -> None:
        meaning = self.mapping.meaning(row.state)
        # What was solved comes back to somebody's desk or to waiting, never to being new.
        if self.stage != "open" and meaning not in ("new", "resolved", "closed"):
            self._reopen(at, row)
        if self.stage == "open":
            self._follow(row, at)
            if meaning == "active" and not self.sent:
                self._go_on(at, row)
                self._begin(at, row)
            elif isinstance(meaning, HoldReason) and not self.sent and self.held is not meaning:
                self.held = meaning
                self._add("hold", at, row, reason=meaning.value)
            elif meaning in ("resolved", "closed"):
                self._resolve(at, row)
        if meaning == "closed" and self.stage == "resolved":
            self.stage = "closed"
            self._add(CLOSE, at, row)

    def _follow(self, row: Row, at: datetime) -> None:
        """Judgement and assignment as they are in the row now."""
        judged = self._judgement(row)
        if judged != self.judged:
            self.judged = judged
            impact, urgency = judged.impact.value, judged.urgency.value
            category = self._category(judged.kind)
            self._add("triage", at, row, impact=impact, urgency=urgency, category=category)
        agent = row.assigned_to or row.group
        if agent is not None and agent != self.agent:
            self.agent = agent
            self._add("hand-over", at, row, agent_id=agent[:200], reason=f"assigned to {row.group or agent}")

    def _resolve(self, at: datetime, row: Row) -> None:
        self.stage = "resolved"
        if self.sent:
            self._add_exactly(FINISH, at, row)
            return
        self._go_on(at, row)
        self._begin(at, row)
        cause = {"cause": row.closed_code} if row.closed_code else {}
        self._add(RESOLVE, at, row, work_done=_work_done(row), **cause)

    def _reopen(self, at: datetime, row: Row) -> None:
        """It was not over; what is left is done from the desk."""
        was_sent, self.sent = self.sent, False
        self.stage, self.begun, self.held = "open", False, None
        self._add("reopen", at, row, reason=f"{row.state} again in the log", service="degraded")
        if was_sent:
            self._add("triage", at, row, category=self._category(self.judged.kind))

    def _go_on(self, at: datetime, row: Row) -> None:
        if self.held is not None:
            self.held = None
            self._add("resume", at, row)

    def _begin(self, at: datetime, row: Row) -> None:
        if not self.begun:
            self.begun = True
            self._add("start", at, row, mode="remote")

    def _add(self, verb: str, at: datetime, row: Row, **body: Any) -> None:
        self.steps.append(Step(len(self.steps) + 1, at, verb, body, row.line))

    def _add_exactly(self, verb: str, at: datetime, row: Row, **body: Any) -> None:
        self.steps.append(Step(len(self.steps) + 1, at, verb, body, row.line, exact=True))


def dated(step: Step, at: datetime) -> dict[str, Any]:
    """The body of the step's request when it happened ``at``."""
    return {**step.body, "occurred_at": rfc3339(at)}


def _work_done(row: Row) -> str:
    who = row.resolved_by or row.assigned_to or row.group or "Resolved"
    return f"{who} ({row.closed_code or 'no code'})"
