"""A ticket as the outside sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from contracts.audience import Viewer
from contracts.values import (
    Channel,
    HoldReason,
    Impact,
    Instant,
    Outcome,
    Priority,
    TicketKind,
    TicketState,
    Urgency,
    VisitState,
    Window,
)
from services.ticket.domain.accepting import silence_ends
from services.ticket.domain.attention import Attention
from services.ticket.domain.diagnosis import Diagnosed
from services.ticket.domain.kin import LEFT, LeftBecause
from services.ticket.domain.reminding import NO_ANSWER
from services.ticket.domain.resolution import Resolution
from services.ticket.domain.sla import due_first
from services.ticket.domain.ticket import Ticket
from services.ticket.domain.visit import Visit
from services.ticket.views.coverage import CoverageView, coverage_views
from services.ticket.views.ended_early import EndedEarlyView, ended_early_view
from services.ticket.views.mark import SatisfactionView
from services.ticket.views.prepaid import PrepaidView
from services.ticket.views.sla import SlaView, sla_views
from services.ticket.views.warnings import Shortcoming, warnings_of

_UNANSWERED = {
    "fr": "Sans réponse du client après plusieurs relances.",
    "en": "The client did not answer, though he was reminded.",
}


class WindowView(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    from_: Instant = Field(alias="from")
    to: Instant


class VisitView(BaseModel):
    id: str
    site_id: str
    state: VisitState
    technician_id: str | None
    companions: tuple[str, ...]
    arrival_from: Instant | None
    arrival_to: Instant | None
    contract_id: str | None
    contract_revision: int | None
    follows: str | None
    after: tuple[str, ...]
    same_technician: bool
    outcome: Outcome | None
    started_at: Instant | None
    ended_at: Instant | None
    report_version: int | None


class HoldView(BaseModel):
    site_id: str
    reason: HoldReason
    since: Instant
    until: Instant | None


class DiagnosedView(BaseModel):
    """Answers by question, null where somebody does not know; ``done``: nothing is left to ask.

    ``ended_early`` says why, where questions were left out.
    """

    id: str
    revision: int
    answers: dict[str, str | None]
    done: bool
    ended_early: EndedEarlyView | None


class ResolutionView(BaseModel):
    work_done: str | None
    cause: str | None
    article_id: str | None


@dataclass(frozen=True)
class Kin:
    """What stands around a ticket, as far as its reader may see it."""

    parent_id: str | None = None
    parent_number: str | None = None
    children: int | None = None
    suggested_major: str | None = None


class TicketView(BaseModel):
    """``attention``, ``agent_id`` and ``remote_until`` are the firm's own and null for the customer's side.

    ``declared_at`` is when the client said so, ``opened_at`` when it was typed in. ``due_at`` is when the
    most urgent of its clocks is due: past where one is late, null where none runs. ``closes_at`` is when
    a resolved ticket counts as accepted, unless somebody reopens it. ``satisfaction`` are the client's
    marks, shown to the firm, and ``children`` counts those of a ticket, both where it is read by itself.
    ``suggested_major`` is an open major incident at its sites that the ticket may be part of. ``prepaid``
    is what its prepaid contracts have left, for the firm and who answers for the whole customer.
    """

    id: str
    number: str
    state: TicketState
    priority: Priority
    visits: list[VisitView]
    coverage: list[CoverageView]
    due_at: Instant | None
    sla: list[SlaView]
    customer_id: str
    kind: TicketKind
    summary: str
    description: str
    category: str
    impact: Impact
    urgency: Urgency
    diagnosis: DiagnosedView | None
    sites: tuple[str, ...]
    asset: str | None
    requester_id: str | None
    on_site_contact_id: str | None
    watchers: tuple[str, ...]
    preferred_windows: list[WindowView]
    confidential: bool
    channel: Channel
    declared_by: str | None
    external_reference: str | None
    custom: dict[str, Any]
    declared_at: Instant
    opened_at: Instant
    holds: list[HoldView]
    resolution: ResolutionView | None
    resolved_at: Instant | None
    closed_at: Instant | None
    closes_at: Instant | None
    cancelled_at: Instant | None
    duplicate_of: str | None
    parent_id: str | None
    parent_number: str | None
    children: int | None
    major_id: str | None
    suggested_major: str | None
    possible: tuple[str, ...]
    agent_id: str | None
    attention: tuple[Attention, ...] | None
    remote_until: Instant | None
    warnings: list[Shortcoming]
    prepaid: list[PrepaidView] | None
    updated_at: Instant
    satisfaction: list[SatisfactionView] | None = None


class LeftView(BaseModel):
    """A ticket that was not resolved with another; ``reason`` is stable, ``detail`` says what to do."""

    id: str
    reason: LeftBecause
    detail: str


class TogetherView(BaseModel):
    """What was resolved together, by ids, and what was left."""

    resolved: list[str]
    left: list[LeftView]


class ResolvedView(TicketView):
    """``together`` is there where the children were to be resolved, too."""

    together: TogetherView | None = None


def together_view(told: Mapping[str, Any], language: str) -> TogetherView:
    """What ``resolve_together`` told."""
    return TogetherView(
        resolved=list(told["resolved"]),
        left=[
            LeftView(id=id, reason=LeftBecause(reason), detail=LEFT[LeftBecause(reason)].in_(language))
            for id, reason in told["left"].items()
        ],
    )


def ticket_view(
    ticket: Ticket,
    viewer: Viewer,
    language: str,
    *,
    updated_at: datetime,
    sla: list[SlaView] | None = None,
    kin: Kin | None = None,
    prepaid: list[PrepaidView] | None = None,
) -> TicketView:
    """The ticket as ``viewer`` may read it, with texts in ``language`` and the ``kin`` that he may see.

    ``sla`` are its clocks as they are now; without it, as somebody last looked at them.
    """
    inside = viewer.of_the_firm
    clocks = sla_views(ticket.sla) if sla is None else sla
    kin = kin or Kin()
    return TicketView.model_construct(
        id=ticket.id,
        number=ticket.number,
        state=ticket.state,
        priority=ticket.priority,
        visits=[_visit(visit) for visit in ticket.visits if visit.asked],
        coverage=coverage_views(ticket, language),
        due_at=due_first(clocks),
        sla=clocks,
        customer_id=ticket.customer_id,
        kind=ticket.kind,
        summary=ticket.summary,
        description=ticket.description,
        category=ticket.category,
        impact=ticket.impact,
        urgency=ticket.urgency,
        diagnosis=None if ticket.diagnosed is None else _diagnosed(ticket.diagnosed, language),
        sites=ticket.site_ids,
        asset=ticket.asset_id,
        requester_id=ticket.requester_id,
        on_site_contact_id=ticket.on_site_contact_id,
        watchers=ticket.watcher_ids,
        preferred_windows=[_window(window) for window in ticket.preferred_windows],
        confidential=ticket.confidential,
        channel=ticket.channel,
        declared_by=ticket.declared_by,
        external_reference=ticket.external_reference,
        custom=dict(ticket.custom or {}),
        declared_at=ticket.declared_at,
        opened_at=ticket.opened_at,
        holds=[
            HoldView.model_construct(site_id=h.site_id, reason=h.reason, since=h.since, until=h.until)
            for h in ticket.holds
        ],
        resolution=None
        if ticket.resolution is None
        else ResolutionView.model_construct(
            work_done=_work_done(ticket.resolution, language),
            cause=ticket.resolution.cause,
            article_id=ticket.resolution.article_id,
        ),
        resolved_at=ticket.resolved_at,
        closed_at=ticket.closed_at,
        closes_at=silence_ends(ticket),
        cancelled_at=ticket.cancelled_at,
        duplicate_of=ticket.duplicate_of,
        parent_id=kin.parent_id,
        parent_number=kin.parent_number,
        children=kin.children,
        major_id=ticket.major_id,
        suggested_major=kin.suggested_major,
        possible=ticket.possible,
        agent_id=ticket.agent_id if inside else None,
        attention=ticket.attention if inside else None,
        remote_until=ticket.remote_until if inside else None,
        warnings=warnings_of(ticket, language),
        prepaid=prepaid,
        updated_at=updated_at,
    )


def _work_done(resolution: Resolution, language: str) -> str | None:
    if resolution.work_done is None and resolution.cause == NO_ANSWER:
        return _UNANSWERED[language]
    return resolution.work_done


def _diagnosed(diagnosed: Diagnosed, language: str) -> DiagnosedView:
    return DiagnosedView.model_construct(
        id=diagnosed.diagnosis_id,
        revision=diagnosed.revision,
        answers={each.question: each.value for each in diagnosed.given},
        done=diagnosed.done,
        ended_early=ended_early_view(diagnosed.early, language),
    )


def _visit(visit: Visit) -> VisitView:
    who = visit.assignment
    return VisitView.model_construct(
        id=visit.id,
        site_id=visit.site_id,
        state=visit.state,
        technician_id=visit.technician_id,
        companions=() if who is None else who.companions,
        arrival_from=None if who is None else who.arrival_from,
        arrival_to=None if who is None else who.arrival_to,
        contract_id=visit.contract_id,
        contract_revision=visit.contract_revision,
        follows=visit.follows,
        after=visit.after,
        same_technician=visit.same_technician,
        outcome=visit.outcome,
        started_at=visit.started_at,
        ended_at=visit.ended_at,
        report_version=visit.report_version,
    )


def _window(window: Window) -> WindowView:
    return WindowView.model_construct(from_=window.from_at, to=window.to_at)
