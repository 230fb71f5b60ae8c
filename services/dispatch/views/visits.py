"""A visit as the API shows it."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from contracts.checklists import ChecklistAnswer, ChecklistItem
from contracts.dispatch.events import Attention, ContactAttempt, NoSlot, Silence, SilenceTold
from contracts.values import (
    Answer,
    Outcome,
    PartNeed,
    PartUsed,
    Priority,
    SiteAccess,
    TicketKind,
    VisitState,
    Window,
)
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept
from services.dispatch.domain.lawful_exit import Basis
from services.dispatch.domain.report import Report
from services.dispatch.domain.visit import Visit
from services.dispatch.views.travel import TravelView, travel_view
from services.dispatch.views.visibility import sees_hours


class WorkView(BaseModel):
    """What came of a visit, as its customer may read it too: nothing that names a person."""

    outcome: Outcome
    started_at: datetime | None
    ended_at: datetime
    work_done: str


class SignedBy(BaseModel):
    name: str
    role: str | None


class ReportView(WorkView):
    """The service report without the drawing of the signature."""

    cause: str | None
    article_id: str | None
    article_worked: bool | None
    parts_used: tuple[PartUsed, ...]
    answers: tuple[Answer, ...]
    travel_minutes: int | None
    kilometres: float | None
    waiting_minutes: int | None
    signed: bool
    signed_by: SignedBy | None
    signature_refused: str | None
    contact_attempts: tuple[ContactAttempt, ...]
    found: str
    remaining: str
    checklist: tuple[ChecklistAnswer, ...]
    digest: str


class RuledOutView(BaseModel):
    """The first rule against one technician: ``rule`` is stable, ``detail`` is for people."""

    technician_id: str
    rule: str
    detail: str


class Warned(BaseModel, frozen=True):
    """What speaks against a time chosen by hand: ``rule`` is stable, ``detail`` is for people."""

    rule: str
    detail: str


class LawfulExitView(BaseModel):
    """By what right the visit is made in the technician's rest, which ``rule`` owes him."""

    basis: Basis
    reason: str
    author: str
    rule: str
    rest_from: datetime
    rest_to: datetime


class VisitView(BaseModel):
    """What everybody concerned may see. ``appointment_from``, ``appointment_to``: the arrival window that the
    client has chosen. ``report_version``: of its service report, once there is one. Lists leave the report
    out."""

    id: str
    ticket_id: str
    number: str
    customer_id: str
    site_id: str
    contract_id: str | None
    requester_id: str | None
    on_site_contact_id: str | None
    confidential: bool
    state: VisitState
    priority: Priority
    kind: TicketKind
    category: str
    summary: str
    technician_id: str | None
    planned_start: datetime | None
    planned_end: datetime | None
    arrival_from: datetime | None
    arrival_to: datetime | None
    appointment_from: datetime | None
    appointment_to: datetime | None
    pinned: bool
    briefing: tuple[Answer, ...]
    follows: str | None
    duration_minutes: int
    departed_at: datetime | None
    arrived_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    report_version: int | None
    updated_at: datetime
    report: WorkView | None = None


class AloneView(BaseModel):
    """That he works alone there, and what is known of him. ``due``: when he is to say that he is well."""

    since: datetime
    every_minutes: int
    last_sign: datetime
    due: datetime
    told: SilenceTold | None


class FirmVisitView(VisitView):
    """What the firm's own staff sees besides: how it was planned, and what can be done now.

    ``warnings`` come with the answer to ``assign`` and ``reschedule`` only. ``lawful_exit`` is for the
    technician and for who sees hours; null for others. Where it takes two ``technicians``, ``technician_id``
    leads, and ``companions`` are there beside him, ``apprentices`` where their tutor is one of them. What is
    ``possible`` is what the reader himself may say.
    """

    after: tuple[str, ...]
    same_technician: bool
    technicians: int
    companions: tuple[str, ...]
    companion_skills: dict[str, int]
    apprentices: tuple[str, ...]
    skills: dict[str, int]
    parts: tuple[PartNeed, ...]
    access: SiteAccess | None
    remote: bool
    preferred_windows: tuple[Window, ...]
    respond_by: datetime | None
    restore_by: datetime | None
    not_before: datetime | None
    held: bool
    travel_minutes: int | None
    travel: TravelView | None
    dispatched_at: datetime | None
    acknowledge_by: datetime | None
    attention: Attention | NoSlot | Silence | None
    reasons: tuple[RuledOutView, ...]
    possible: tuple[str, ...]
    lawful_exit: LawfulExitView | None
    checklist: tuple[ChecklistItem, ...] = ()
    alone: AloneView | None = None
    report: ReportView | None = None
    warnings: tuple[Warned, ...] | None = None


class VisitPage(BaseModel):
    items: tuple[FirmVisitView | VisitView, ...]
    next: str | None


def visit_view(
    kept: Kept[Visit], principal: Principal, language: str, report: Report | None = None
) -> FirmVisitView | VisitView:
    """The visit for this caller: why others were ruled out is the firm's own business."""
    visit = kept.value
    plan, need = visit.plan, visit.need
    view = VisitView(
        id=visit.id,
        ticket_id=visit.ticket_id,
        number=visit.number,
        customer_id=visit.customer_id,
        site_id=visit.site_id,
        contract_id=visit.contract_id,
        requester_id=visit.requester_id,
        on_site_contact_id=visit.on_site_contact_id,
        confidential=visit.confidential,
        state=visit.state,
        priority=visit.priority,
        kind=need.kind,
        category=need.category,
        summary=need.summary,
        technician_id=visit.technician_id,
        planned_start=plan.start_at if plan else None,
        planned_end=plan.end_at if plan else None,
        arrival_from=plan.arrival_from_at if plan else None,
        arrival_to=plan.arrival_to_at if plan else None,
        appointment_from=visit.promised.from_at if visit.promised else None,
        appointment_to=visit.promised.to_at if visit.promised else None,
        pinned=visit.pinned,
        briefing=need.briefing,
        follows=need.follows,
        duration_minutes=need.duration_minutes,
        departed_at=visit.departed_at,
        arrived_at=visit.arrived_at,
        started_at=visit.started_at,
        ended_at=visit.ended_at,
        report_version=visit.report_version,
        updated_at=kept.updated_at,
    )
    if not principal.of_the_firm:
        view.report = WorkView(**_work(report)) if report else None
        return view
    shown = FirmVisitView(
        **dict(view),
        after=need.after,
        same_technician=need.same_technician,
        technicians=need.technicians,
        companions=visit.companions,
        companion_skills=dict(need.companion_skills),
        apprentices=visit.apprentices,
        skills=dict(need.skills),
        parts=need.parts,
        access=need.access,
        remote=need.remote,
        preferred_windows=need.preferred_windows,
        respond_by=need.respond_by_at,
        restore_by=need.restore_by_at,
        not_before=visit.not_before_at,
        held=visit.held,
        travel_minutes=round(plan.travel_seconds / 60) if plan else None,
        travel=travel_view(plan.travel_seconds, plan.travel_source) if plan else None,
        dispatched_at=visit.told_at,
        acknowledge_by=visit.acknowledge_by_at,
        attention=visit.attention,
        reasons=tuple(
            RuledOutView(
                technician_id=each.technician_id,
                rule=each.rule,
                detail=each.detail_en if language == "en" and each.detail_en else each.detail,
            )
            for each in visit.reasons
        ),
        possible=_possible(visit, principal),
        lawful_exit=_exit_view(visit) if sees_hours(principal, visit.technician_id) else None,
        checklist=need.checklist,
        alone=_alone_view(visit),
    )
    shown.report = _report_view(report) if report else None
    return shown


def _possible(visit: Visit, principal: Principal) -> tuple[str, ...]:
    """A companion may say no more than that he does not go, an apprentice nothing."""
    if principal.role == "technician" and principal.subject in visit.apprentices:
        return ()
    beside = principal.role == "technician" and not principal.owns(visit.technician_id)
    return tuple(verb for verb in visit.possible if not beside or verb == "decline")


def _alone_view(visit: Visit) -> AloneView | None:
    alone = visit.alone
    if alone is None:
        return None
    return AloneView(
        since=alone.since_at,
        every_minutes=alone.every_minutes,
        last_sign=alone.last_sign_at,
        due=alone.sign_due_at,
        told=alone.told,
    )


def _exit_view(visit: Visit) -> LawfulExitView | None:
    way_out = visit.lawful_exit
    if way_out is None:
        return None
    return LawfulExitView(
        basis=way_out.basis,
        reason=way_out.reason,
        author=way_out.author,
        rule=way_out.rule,
        rest_from=way_out.rest_from_at,
        rest_to=way_out.rest_to_at,
    )


def _work(report: Report) -> dict[str, Any]:
    return {
        "outcome": report.outcome,
        "started_at": report.started_at,
        "ended_at": report.ended_at,
        "work_done": report.work_done,
    }


def _report_view(report: Report) -> ReportView:
    signature = report.signature
    return ReportView(
        **_work(report),
        cause=report.cause,
        article_id=report.article_id,
        article_worked=report.article_worked,
        parts_used=report.parts_used,
        answers=report.answers,
        travel_minutes=report.travel_minutes,
        kilometres=report.kilometres,
        waiting_minutes=report.waiting_minutes,
        signed=report.signed,
        signed_by=SignedBy(name=signature.name, role=signature.role) if signature else None,
        signature_refused=report.signature_refused,
        contact_attempts=report.contact_attempts,
        found=report.found,
        remaining=report.remaining,
        checklist=report.checklist,
        digest=report.digest,
    )
