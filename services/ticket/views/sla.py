"""A ticket's clocks as the outside sees them, and why they stand where they do."""

from collections.abc import Iterable

from pydantic import BaseModel, Field

from contracts.ticket.sla import ClockState
from contracts.values import Instant, Language, Priority
from services.ticket.domain.sla import Clock
from services.ticket.domain.sla_explaining import Boundary, Explained, explained
from services.ticket.domain.sla_facts import minutes
from services.ticket.domain.sla_history import Reading, reading_of
from services.ticket.domain.sla_record import Promise, SlaRecord
from services.ticket.domain.ticket import Ticket
from services.ticket.views.sla_sentences import sentence


class SlaView(BaseModel):
    """One clock of one target at one site, under the contract's revision of the opening.

    ``due_at`` is null while it waits and once it is met or stopped. A target of days counts no minutes;
    what remains is less than nothing once too much has elapsed. ``threshold`` is the highest percentage
    reached of 50, 75 and 90.
    """

    site_id: str
    contract_id: str
    contract_revision: int
    target: str
    state: ClockState
    starts_at: Instant
    due_at: Instant | None
    elapsed_minutes: float | None
    remaining_minutes: float | None
    threshold: int | None
    breached_at: Instant | None
    met_at: Instant | None


class ContractClockView(SlaView):
    """A clock with the ticket that it belongs to. ``id`` names the clock: ticket, site and target."""

    id: str
    ticket_id: str
    number: str
    summary: str
    priority: Priority


class BoundaryView(BaseModel):
    """``why`` is ``entry`` (of the timeline, whose line is ``line_id``), ``hold-over``, ``opens``,
    ``closes`` (by the calendar: ``rule`` says whether its week, a holiday or an exception) or ``now``."""

    at: Instant
    why: str
    event: str | None = None
    line_id: str | None = None
    rule: str | None = None


class IntervalView(BaseModel):
    """A stretch of the clock's time. ``standing`` is ``counted``, ``closed``, ``held``, ``excluded`` or
    ``met``."""

    from_: Instant = Field(serialization_alias="from")
    to: Instant
    counted: bool
    standing: str
    opened_by: BoundaryView
    closed_by: BoundaryView
    sentence: str


class ExplainedSlaView(SlaView):
    intervals: list[IntervalView]


def sla_views(record: SlaRecord | None) -> list[SlaView]:
    """The clocks as they stood when somebody last looked; of time that passed since nothing is counted."""
    if record is None:
        return []
    return [_view(record.promise(kept.site_id), kept.target, kept.reading) for kept in record.clocks]


def clock_views(record: SlaRecord, clocks: Iterable[Clock]) -> list[SlaView]:
    """The clocks as they are now."""
    return [_clock_view(record, clock) for clock in clocks]


def contract_clock_views(
    ticket: Ticket, contract_id: str, clocks: Iterable[SlaView]
) -> list[ContractClockView]:
    """Those of a ticket's clocks that are under a contract, in the order of their ids."""
    found = [
        ContractClockView.model_construct(
            **clock.__dict__,
            id=f"{ticket.id}:{clock.site_id}:{clock.target}",
            ticket_id=ticket.id,
            number=ticket.number,
            summary=ticket.summary,
            priority=ticket.priority,
        )
        for clock in clocks
        if clock.contract_id == contract_id
    ]
    return sorted(found, key=lambda each: each.id)


def explained_views(record: SlaRecord, clocks: Iterable[Clock], language: Language) -> list[ExplainedSlaView]:
    """The clocks as they are now, each with every stretch of its time and a sentence about it."""
    found = []
    for clock in clocks:
        zone = clock.run.calendar.form.time_zone
        found.append(
            ExplainedSlaView(
                **_clock_view(record, clock).__dict__,
                intervals=[_interval(each, zone, language) for each in explained(clock)],
            )
        )
    return found


def _clock_view(record: SlaRecord, clock: Clock) -> SlaView:
    return _view(record.promise(clock.site_id or ""), clock.name, reading_of(clock.run, clock.highest))


def _view(promise: Promise, target: str, reading: Reading) -> SlaView:
    return SlaView.model_construct(
        site_id=promise.site_id,
        contract_id=promise.contract_id,
        contract_revision=promise.revision,
        target=target,
        state=reading.state,
        starts_at=reading.starts_at,
        due_at=reading.due_at,
        elapsed_minutes=minutes(reading.elapsed_seconds),
        remaining_minutes=minutes(reading.remaining_seconds),
        threshold=reading.threshold,
        breached_at=reading.breached_at,
        met_at=reading.met_at,
    )


def _interval(each: Explained, zone: str, language: Language) -> IntervalView:
    return IntervalView(
        from_=each.opened.at,
        to=each.closed.at,
        counted=each.counted,
        standing=each.standing.value,
        opened_by=_boundary(each.opened),
        closed_by=_boundary(each.closed),
        sentence=sentence(each, zone, language),
    )


def _boundary(boundary: Boundary) -> BoundaryView:
    entry = boundary.entry
    return BoundaryView(
        at=boundary.at,
        why=boundary.why.value,
        event=None if entry is None else entry.event.value,
        line_id=None if entry is None else entry.id or None,
        rule=boundary.rule,
    )
