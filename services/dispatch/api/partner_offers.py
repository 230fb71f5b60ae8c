"""``/v1/partner-offers/{token}``: a partner's firm accepts a visit or declines it, by a link."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request, Response
from pydantic import model_validator

from contracts.refusal import NotFound, Refusal
from contracts.text import InvalidValue, Text
from contracts.values import VisitState
from infra.chassis.http.body import Body, said
from infra.chassis.http.call import call_of
from infra.chassis.http.linked import sent, wants_page
from infra.chassis.http.problems import Problem
from infra.chassis.http.signed import what_is_signed
from infra.chassis.runtime import Runtime
from infra.chassis.service import Caused, Run
from services.dispatch.domain.technician import Technician
from services.dispatch.domain.visit import Visit
from services.dispatch.store.copies import Sites
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.answer_dispatch import AnswerOffer
from services.dispatch.views.partner_offers import PAGE_HEADERS, OfferView, Standing, offer_page, offer_view

PATH = "/v1/partner-offers/{token}"
STREAMED = {PATH: 16 * 1024}
"""A page's own form comes as forms do, a program's answer as JSON."""

Token = Annotated[str, Path(min_length=1, max_length=400)]
_NO_LOGIN: dict[str, Any] = {"security": []}
_BODY = {
    **_NO_LOGIN,
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["answer"],
                    "additionalProperties": False,
                    "properties": {
                        "answer": {"type": "string", "enum": ["accept", "decline"]},
                        "reason": {"type": "string", "description": "Why not: for `decline`"},
                    },
                }
            }
        },
    },
}

router = APIRouter(tags=["visits"])


class AnswerBody(Body):
    """``reason`` is for those who plan, and owed where it is declined."""

    answer: Literal["accept", "decline"]
    reason: Annotated[str, said(400)] | None = None

    @model_validator(mode="after")
    def _with_its_reason(self) -> "AnswerBody":
        if self.answer == "decline" and self.reason is None:
            raise InvalidValue("say why it is declined", "dites pourquoi elle est refusée")
        return self


@router.get(PATH, response_model=OfferView, openapi_extra=_NO_LOGIN)
async def read_offer(token: Token, run: Run, request: Request) -> Response:
    """What is offered, as a page for whoever followed the link. Nothing is recorded."""
    visit, technician = await _offered(request, run, token)
    return await _answer(request, run, visit, technician)


@router.post(PATH, response_model=OfferView, openapi_extra=_BODY)
async def answer_offer(token: Token, run: Run, cause: Caused, request: Request) -> Response:
    """Accept, or decline with a reason, upon which it is planned anew. Saying so twice changes nothing."""
    visit, technician = await _offered(request, run, token)
    body = await sent(request, AnswerBody, _of_form)
    refused: Refusal | None = None
    try:
        reason = body.reason if body.answer == "decline" else None
        case = AnswerOffer(visit.id, technician.id, reason)
        await run.do(case, replace(cause, actor=f"partner:{technician.id}"))
    except Refusal as refusal:
        if isinstance(refusal, NotFound) or not wants_page(request):
            raise
        refused = refusal
    visit, technician = await _offered(request, run, token)
    return await _answer(request, run, visit, technician, refused)


def _of_form(fields: Mapping[str, str]) -> dict[str, Any]:
    declined = fields.get("answer") == "decline"
    return {name: value for name, value in fields.items() if name != "reason" or declined}


async def _offered(request: Request, run: Runtime, token: str) -> tuple[Visit, Technician]:
    """Of a visit that is somebody else's by now no more is said than that."""
    said_in_it = what_is_signed(request.app.state.link_key, token, run.clock.now())
    kind, _, rest = (said_in_it or "").partition("/")
    visit_id, _, technician_id = rest.partition("/")
    visit = await run.read(Visits, visit_id) if kind == "offer" else None
    technician = await run.read(Technicians, technician_id) if visit is not None else None
    if visit is None or technician is None or technician.value.partner is None:
        raise Problem(
            "no-such-link",
            Text(
                "This link is none of ours, or has expired: the visit is offered to somebody else. "
                "Call us if in doubt.",
                "Ce lien n'est pas des nôtres, ou a expiré : la visite est proposée à quelqu'un d'autre, ou "
                "appelez-nous.",
            ),
        )
    return visit.value, technician.value


async def _answer(
    request: Request, run: Runtime, visit: Visit, technician: Technician, refused: Refusal | None = None
) -> Response:
    standing = standing_of(visit, technician)
    site = await run.read(Sites, visit.site_id) if standing is not Standing.OVER else None
    view = offer_view(visit, technician, standing, None if site is None else site.value)
    if not wants_page(request):
        return Response(view.model_dump_json(), headers=PAGE_HEADERS, media_type="application/json")
    language = call_of(request).language
    if request.headers.get("accept-language") is None:
        language = str(technician.language)
    said_no = None if refused is None else refused.detail.in_(language)
    page = offer_page(view, visit.place.time_zone, language, said_no)
    return Response(page, 200 if refused is None else 409, headers=PAGE_HEADERS, media_type="text/html")


def standing_of(visit: Visit, technician: Technician) -> Standing:
    """What has become of the offer."""
    if visit.technician_id == technician.id:
        if visit.state is VisitState.DISPATCHED:
            return Standing.OFFERED
        return Standing.OVER if visit.state is VisitState.CANCELLED else Standing.ACCEPTED
    declined = any(
        each.technician_id == technician.id and each.rule == "declined-before" for each in visit.refused_by
    )
    return Standing.DECLINED if declined else Standing.OVER
