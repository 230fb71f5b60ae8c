"""``/v1/audit/<service>`` and ``/admin/<service>/audit``: who changed what of a service's reference data."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from contracts.values import Id, Instant
from infra.chassis.http.auth import allow
from infra.chassis.http.paging import Paged
from infra.chassis.http.parameters import Moment
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept
from infra.chassis.service import Run
from infra.chassis.store.audit import Audited, AuditEntries, AuditEntry
from infra.chassis.web.pages import Pages, asks_for_part

ZONE = "Europe/Paris"
SHOWN = 50

Auditor = Annotated[Principal, allow("audit:read")]
Since = Annotated[Moment | None, Query(alias="from", description="Changes from then on")]
Until = Annotated[Moment | None, Query(alias="to", description="Changes before then")]
Person = Annotated[str | None, Query(min_length=1, max_length=200, description="The subject of his token")]


class FieldChangeView(BaseModel):
    """``field`` is a dotted path with rows in brackets, from 0; null is what is not there."""

    field: str
    before: Any
    after: Any


class AuditEntryView(BaseModel):
    """``what`` is ``created``, ``changed`` or ``erased``. Secrets and what is personal read ``•••``."""

    at: Instant
    actor: str
    role: str
    person: str | None
    entity: str
    id: str
    what: Literal["created", "changed", "erased"]
    changes: list[FieldChangeView]


class AuditPage(BaseModel):
    items: list[AuditEntryView]
    next: str | None


def audit_router(service: str, audited: Sequence[Audited], pages: Pages) -> APIRouter:
    """The two addresses of a service whose ``audited`` kinds are told of."""
    router = APIRouter(tags=["audit"])
    entities = [each.entity for each in audited]

    @router.get(f"/v1/audit/{service}", response_model=AuditPage)
    async def list_changes(
        page: Paged,
        principal: Auditor,
        run: Run,
        entity: Annotated[Id | None, Query(description=f"One of {', '.join(entities)}")] = None,
        id: Id | None = None,
        person: Person = None,
        since: Since = None,
        until: Until = None,
    ) -> Any:
        """Who changed which reference data, when and what, oldest first."""
        ordered = page.by("at", lambda kept: kept.value.at)
        query = ordered.filter(_between(since, until), entity=entity, subject=id, person=person)
        found: list[Kept[AuditEntry]] = await run.find(
            AuditEntries, query, sort=ordered.sort, limit=ordered.fetch
        )
        return ordered.of(found, lambda kept: _view(kept.value).model_dump(mode="json"))

    @router.get(f"/admin/{service}/audit", include_in_schema=False)
    async def changes(
        request: Request,
        principal: Auditor,
        run: Run,
        entity: Annotated[str, Query(max_length=64)] = "",
        id: Annotated[str, Query(max_length=64)] = "",
        person: Annotated[str, Query(max_length=200)] = "",
        first: Annotated[str, Query(alias="from", max_length=10)] = "",
        last: Annotated[str, Query(alias="to", max_length=10)] = "",
        before: Annotated[Moment | None, Query()] = None,
    ) -> Response:
        asked = {"entity": entity, "id": id, "person": person, "from": first, "to": last}
        until = _midnight(last, days=1) if before is None else before
        query = {
            **_between(_midnight(first), until),
            **{name: value for name, value in _equal(entity, id, person).items() if value},
        }
        newest = (("at", -1), ("_id", -1))
        found: list[Kept[AuditEntry]] = await run.find(AuditEntries, query, sort=newest, limit=SHOWN + 1)
        return pages.page(
            request,
            "admin-audit-rows.html" if asks_for_part(request) else "admin-audit.html",
            entries=[kept.value for kept in found[:SHOWN]],
            older=found[SHOWN - 1].value.at if len(found) > SHOWN else None,
            begun=before is not None,
            asked=asked,
            entities=entities,
            base=f"/admin/{service}/audit",
            now=run.clock.now(),
            zone=ZONE,
            said=_said,
        )

    return router


def _view(entry: AuditEntry) -> AuditEntryView:
    return AuditEntryView(
        at=entry.at,
        actor=entry.actor,
        role=entry.role,
        person=entry.person,
        entity=entry.entity,
        id=entry.subject,
        what=entry.what,
        changes=[
            FieldChangeView(field=each.field, before=each.before, after=each.after) for each in entry.changes
        ],
    )


def _equal(entity: str, id: str, person: str) -> Mapping[str, str]:
    return {"entity": entity, "subject": id.strip(), "person": person.strip()}


def _between(since: datetime | None, until: datetime | None) -> dict[str, Any]:
    bounds = {"$gte": since, "$lt": until}
    asked = {name: at for name, at in bounds.items() if at is not None}
    return {"at": asked} if asked else {}


def _midnight(day: str, days: int = 0) -> datetime | None:
    """When the day begins where the firm is, or the one so many days later; None for what is no day."""
    try:
        found = date.fromisoformat(day)
    except ValueError:
        return None
    return datetime.combine(found + timedelta(days=days), time(), ZoneInfo(ZONE))


def _said(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False, default=str)
