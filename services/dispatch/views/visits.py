"""A visit as the API shows it."""

from typing import Any

from contracts.values import Language
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept
from services.dispatch.domain.plan import POSSIBLE, arrival_window
from services.dispatch.domain.report import Report
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.reasons import Against, advantage
from services.dispatch.planning.roster import Candidate, Roster


def shown(kept: Kept[Visit], principal: Principal) -> dict[str, Any]:
    """The visit for this caller: why others were ruled out is the firm's own business."""
    visit = kept.value
    plan, need = visit.plan, visit.need
    document: dict[str, Any] = {
        "id": visit.id,
        "ticket_id": visit.ticket_id,
        "number": visit.number,
        "customer_id": visit.customer_id,
        "site_id": visit.site_id,
        "contract_id": visit.contract_id,
        "requester_id": visit.requester_id,
        "on_site_contact_id": visit.on_site_contact_id,
        "confidential": visit.confidential,
        "state": visit.state,
        "priority": visit.priority,
        "kind": need.kind,
        "category": need.category,
        "summary": need.summary,
        "technician_id": visit.technician_id,
        "planned_start": plan.start_at if plan else None,
        "planned_end": plan.end_at if plan else None,
        "arrival_from": plan.arrival_from_at if plan else None,
        "arrival_to": plan.arrival_to_at if plan else None,
        "pinned": visit.pinned,
        "briefing": [answer.model_dump() for answer in need.briefing],
        "follows": need.follows,
        "duration_minutes": need.duration_minutes,
        "departed_at": visit.departed_at,
        "arrived_at": visit.arrived_at,
        "started_at": visit.started_at,
        "ended_at": visit.ended_at,
        "updated_at": kept.updated_at,
    }
    if principal.of_the_firm:
        document |= {
            "skills": dict(need.skills),
            "parts": [part.model_dump() for part in need.parts],
            "access": need.access.model_dump() if need.access else None,
            "preferred_windows": [window.model_dump() for window in need.preferred_windows],
            "respond_by": need.respond_by_at,
            "restore_by": need.restore_by_at,
            "travel_minutes": round(plan.travel_seconds / 60) if plan else None,
            "dispatched_at": visit.told_at,
            "acknowledge_by": visit.acknowledge_by_at,
            "attention": visit.attention,
            "reasons": [reason.model_dump() for reason in visit.reasons],
            "possible": list(POSSIBLE[visit.state]),
        }
    return document


def report_shown(report: Report) -> dict[str, Any]:
    """The report without the drawing of the signature."""
    signature = report.signature
    return {
        "outcome": report.outcome,
        "started_at": report.started_at,
        "ended_at": report.ended_at,
        "work_done": report.work_done,
        "cause": report.cause,
        "article_id": report.article_id,
        "parts_used": [part.model_dump() for part in report.parts_used],
        "travel_minutes": report.travel_minutes,
        "kilometres": report.kilometres,
        "waiting_minutes": report.waiting_minutes,
        "signed": report.signed,
        "signed_by": {"name": signature.name, "role": signature.role} if signature else None,
        "signature_refused": report.signature_refused,
        "digest": report.digest,
    }


def candidate_shown(candidate: Candidate, visit: Visit, roster: Roster, language: Language) -> dict[str, Any]:
    arrival_from, arrival_to = arrival_window(visit.priority, candidate.start_at)
    return {
        "technician_id": candidate.technician_id,
        "name": roster.technicians[candidate.technician_id].name,
        "planned_start": candidate.start_at,
        "planned_end": candidate.end_at,
        "arrival_from": arrival_from,
        "arrival_to": arrival_to,
        "travel_minutes": round(candidate.travel_seconds / 60),
        "added_travel_minutes": candidate.added_travel_minutes,
        "late_minutes": candidate.late_minutes,
        "cost": candidate.cost,
        "reason": advantage(candidate, visit, language),
    }


def against_shown(reason: Against, roster: Roster, language: Language) -> dict[str, Any]:
    return {
        "technician_id": reason.technician_id,
        "name": roster.technicians[reason.technician_id].name,
        "rule": reason.rule,
        "detail": reason.text(language),
    }
