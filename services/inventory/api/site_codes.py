"""``/v1/sites/{id}/codes``: what opens a site's doors. Every view of them is written down."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from contracts.text import Text
from contracts.values import Id, Instant
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body, said
from infra.chassis.http.etag import IfMatch, etag
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.paging import Paged
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import Problem, not_found
from infra.chassis.runtime import Kept
from infra.chassis.service import Caused, Run
from services.inventory.api.boundary import require_site
from services.inventory.domain.site_codes import CodeView, Viewer
from services.inventory.store.planned_visits import PlannedVisits
from services.inventory.store.sealing import AccessCode, Seal, Unreadable
from services.inventory.store.site_codes import CodesOfSites, CodeViews
from services.inventory.store.sites import Sites
from services.inventory.usecases.keep_codes import KeepCodes, ShowCodes

router = APIRouter(tags=["sites"])

Reason = Annotated[str, said(500)]


class CodeBody(Body):
    """``name`` says what it opens (``Gate``, ``Alarm``), ``note`` how."""

    name: Annotated[str, said(100)]
    code: Annotated[str, said(200)]
    note: Annotated[str, said(500)] | None = None


class CodesBody(Body):
    """All codes of the site; none: nothing is kept any more."""

    codes: Annotated[tuple[CodeBody, ...], Field(max_length=20)]


class CodesKept(BaseModel):
    """What is kept, without what opens anything."""

    site_id: str
    names: list[str]
    updated_at: Instant


class CodeShown(BaseModel):
    name: str
    code: str
    note: str | None


class CodesShown(BaseModel):
    """``visit_id`` is the visit for which a technician sees them."""

    site_id: str
    visit_id: str | None
    codes: list[CodeShown]


class CodeViewView(BaseModel):
    """Who was shown the codes, when, and for which visit or reason. ``subject`` is his token's."""

    id: str
    site_id: str
    at: Instant
    subject: str
    role: str
    visit_id: str | None
    reason: str | None


class CodeViewPage(BaseModel):
    items: list[CodeViewView]
    next: str | None


def _seal(request: Request) -> Seal:
    seal: Seal = request.app.state.seal
    if not seal:
        raise Problem(
            "codes-not-kept",
            Text(
                "No key is set under which codes could be kept: set ASTREINTE_CODES_KEY.",
                "Aucune clé ne permet de garder des codes : définissez ASTREINTE_CODES_KEY.",
            ),
        )
    return seal


Sealing = Annotated[Seal, Depends(_seal)]


@router.put("/v1/sites/{id}/codes")
async def put_codes(
    id: Id,
    body: CodesBody,
    expected: IfMatch,
    key: Idempotency,
    principal: Annotated[Principal, allow("sites:write-codes")],
    cause: Caused,
    run: Run,
    seal: Sealing,
    response: Response,
) -> CodesKept:
    """Replace all codes of the site. The answer does not repeat them."""
    codes = tuple(AccessCode(**dict(each)) for each in body.codes)
    before = await run.read(CodesOfSites, id)
    sealed = before.value.sealed if before is not None else None
    if not codes:
        sealed = None
    elif sealed is None or not seal.is_newest(sealed) or _opened(seal, id, sealed) != codes:
        sealed = seal.close(id, codes)
    # The hash of a body with so short a secret would tell it.
    hidden = None if key is None else replace(key, hash=seal.stamp(key.hash))
    await run.do(KeepCodes(id, sealed, expected), cause, hidden)
    kept = await run.read(CodesOfSites, id)
    assert kept is not None
    response.headers["ETag"] = etag(kept.version)
    return CodesKept(site_id=id, names=[each.name for each in codes], updated_at=kept.updated_at)


@router.get("/v1/sites/{id}/codes")
async def show_codes(
    id: Id,
    principal: Annotated[Principal, allow("sites:read-codes")],
    cause: Caused,
    run: Run,
    seal: Sealing,
    response: Response,
    reason: Annotated[Reason | None, Query(description="Why, by whoever is not its technician")] = None,
) -> CodesShown:
    """A technician sees them around a visit of his there; others say why. It is written down."""
    response.headers["Cache-Control"] = "no-store"
    site = await run.read(Sites, id)
    if site is None:
        raise not_found("site", id)
    subject, visit = principal.subject or principal.caller, None
    if principal.role == "technician":
        reason, visit = None, await _visit_of(run, id, subject)
    elif reason is None:
        raise Problem(
            "reason-needed",
            Text("Say why you look at these codes.", "Dites pourquoi vous consultez ces codes."),
        )
    done = await run.do(ShowCodes(id, Viewer(subject, principal.role, visit, reason)), cause)
    codes = _opened(seal, id, done.result)
    if codes is None:
        raise Problem(
            "codes-not-kept",
            Text(
                "These codes were sealed with another key: add it to ASTREINTE_CODES_KEY.",
                "Ces codes ont été scellés avec une autre clé : ajoutez-la à ASTREINTE_CODES_KEY.",
            ),
        )
    shown = [CodeShown(name=each.name, code=each.code, note=each.note) for each in codes]
    return CodesShown(site_id=id, visit_id=visit, codes=shown)


@router.get("/v1/sites/{id}/codes/views", response_model=CodeViewPage)
async def list_code_views(
    id: Id, page: Paged, principal: Annotated[Principal, allow("sites:see-code-views")], run: Run
) -> Any:
    """Who was shown the codes of the site."""
    site = await run.read(Sites, id)
    if site is None:
        raise not_found("site", id)
    await require_site(run, principal, site.value.customer_id, id, "site", id)
    found = await run.find(CodeViews, page.filter(site_id=id), sort=page.sort, limit=page.fetch)
    return page.of(found, _view)


async def _visit_of(run: Run, site_id: str, technician_id: str) -> str | None:
    """The visit that he has there now; the next one, if there is none."""
    his = {"technician_id": technician_id, "site_id": site_id}
    found = [each.value for each in await run.find(PlannedVisits, his, sort=(("end_at", -1),), limit=50)]
    now = run.clock.now()
    open_now = [each for each in found if each.shows_codes(technician_id, now)]
    to_come = [each for each in reversed(found) if each.codes_from is not None and each.codes_from > now]
    return next((each.id for each in (*open_now, *to_come)), None)


def _opened(seal: Seal, site_id: str, sealed: str) -> tuple[AccessCode, ...] | None:
    try:
        return seal.open(site_id, sealed)
    except Unreadable:
        return None


def _view(kept: Kept[CodeView]) -> CodeViewView:
    return CodeViewView(**{name: getattr(kept.value, name) for name in CodeViewView.model_fields})
