"""What the first version of a service report says: everything by name, as it was known at the closing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from contracts.checklists import NO, YES
from contracts.inventory.states import CurrentAssetChanged, SiteChanged
from contracts.ticket.states import ContactChanged
from contracts.values import Language
from services.dispatch.domain.report import IN_VAIN, Report
from services.dispatch.domain.service_report import signing_of
from services.dispatch.domain.visit import Visit

FORMAT = "astreinte-service-report/1"


@dataclass(frozen=True)
class Names:
    """Whom and what the ids of a visit stand for; None, or left out: not known."""

    firm: str
    customer: str | None = None
    site: SiteChanged | None = None
    technician: str | None = None
    contact: ContactChanged | None = None
    asset: CurrentAssetChanged | None = None
    parts: Mapping[str, str] = field(default_factory=dict)

    @property
    def language(self) -> Language:
        """The client's."""
        return Language.FR if self.contact is None else self.contact.language


def content_of(visit: Visit, report: Report, names: Names, at: datetime) -> dict[str, Any]:
    """Times are RFC 3339 in UTC, durations whole minutes; what was not said is null or empty."""
    plan, contact = visit.plan, names.contact
    return {
        "format": FORMAT,
        "number": f"{visit.number}-{visit.id.rpartition('-')[2]}",
        "version": 1,
        "replaces": None,
        "made_at": at.isoformat(),
        "language": names.language.value,
        "firm": names.firm,
        "customer": {"id": visit.customer_id, "name": names.customer},
        "site": _site(visit, names.site),
        "ticket": {
            "id": visit.ticket_id,
            "number": visit.number,
            "kind": visit.need.kind.value,
            "priority": visit.priority.value,
        },
        "visit": {"id": visit.id, "remote": visit.need.remote},
        "assets": [] if names.asset is None else [_asset(names.asset)],
        "technician": {"id": report.technician_id, "name": names.technician},
        "contact": None if contact is None else {"name": contact.name, "role": contact.role},
        "times": {
            "requested": _instant(visit.requested_at),
            "planned_from": _instant(None if plan is None else plan.start_at),
            "planned_to": _instant(None if plan is None else plan.end_at),
            "departed": _instant(visit.departed_at),
            "arrived": _instant(report.arrived_at),
            "started": _instant(report.started_at),
            "ended": _instant(report.ended_at),
        },
        "minutes": {
            "worked": _minutes(report.started_at, report.ended_at),
            "travel": _travel(visit, report),
            "waited": _waited(report),
        },
        "kilometres": report.kilometres,
        "asked": {
            "summary": visit.need.summary,
            "answers": [[each.question, each.answer] for each in visit.need.briefing],
        },
        "work": {
            "outcome": report.outcome.value,
            "found": report.found,
            "done": report.work_done,
            "cause": report.cause or "",
            "remaining": report.remaining,
            "answers": [
                *([each.question, each.answer] for each in report.answers),
                *_checked(visit, report, names.language),
            ],
        },
        "parts": [
            {
                "sku": each.sku,
                "name": names.parts.get(each.sku),
                "quantity": each.quantity,
                "serial_in": each.serial_in,
                "serial_out": each.serial_out,
            }
            for each in report.parts_used
        ],
        "photos": [{"thumbnail": each.thumbnail, "sha256": each.sha256} for each in report.photos],
        "contact_attempts": [[_instant(each.at), each.channel.value] for each in report.contact_attempts],
        "signature": _signature(report),
    }


def _checked(visit: Visit, report: Report, language: Language) -> list[list[str]]:
    """What was found at each item of the checklist, as it was asked for."""
    items = {each.id: each for each in visit.need.checklist}
    words = {YES: ("oui", "yes"), NO: ("non", "no")}
    told = []
    for each in report.checklist:
        item = items[each.item]
        answer = words.get(each.answer, (each.answer, each.answer))[language != Language.FR]
        told.append([item.label(language), f"{answer} {item.unit}" if item.unit else answer])
    return told


def _signature(report: Report) -> dict[str, Any]:
    """``nobody``: nobody was there; else how it stands, by whom or why not."""
    signature = report.signature
    if signature is not None:
        return {
            "state": signing_of(report).value,
            "how": "on-the-spot",
            "at": report.ended_at.isoformat(),
            "name": signature.name,
            "role": signature.role,
            "svg": signature.svg,
            "reason": None,
        }
    if report.signature_refused is not None:
        return {"state": signing_of(report).value, "how": "on-the-spot", "reason": report.signature_refused}
    if report.outcome in IN_VAIN:
        return {"state": "nobody"}
    return {"state": signing_of(report).value}


def _site(visit: Visit, site: SiteChanged | None) -> dict[str, Any]:
    named = {"id": visit.site_id, "time_zone": visit.place.time_zone}
    if site is None:
        return {**named, "name": None, "address": None, "postcode": None, "commune": None}
    return {
        **named,
        "name": site.name,
        "address": site.address,
        "postcode": site.postcode,
        "commune": site.commune,
    }


def _asset(asset: CurrentAssetChanged) -> dict[str, Any]:
    return {
        "id": asset.asset_id,
        "name": asset.name,
        "model": " ".join(filter(None, (asset.manufacturer, asset.model))) or None,
        "serial": asset.serial,
    }


def _travel(visit: Visit, report: Report) -> int | None:
    """As he says, or else from leaving to arriving."""
    if report.travel_minutes is not None:
        return report.travel_minutes
    return _minutes(visit.departed_at, report.arrived_at)


def _waited(report: Report) -> int | None:
    if report.waiting_minutes is not None or report.outcome not in IN_VAIN:
        return report.waiting_minutes
    return _minutes(report.arrived_at, report.ended_at)


def _minutes(start: datetime | None, end: datetime | None) -> int | None:
    return None if start is None or end is None else max(0, round((end - start).total_seconds() / 60))


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
