"""``/v1/service-reports/{token}``: a client reads his report, and signs it, by a link without a login."""

import ipaddress
from dataclasses import dataclass, replace
from typing import Annotated, Any, Self

from fastapi import APIRouter, Path, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import StringConstraints, model_validator

from contracts.refusal import Refusal
from contracts.text import InvalidValue, Text
from infra.chassis.http.body import Body, said
from infra.chassis.http.call import call_of
from infra.chassis.http.linked import Fields, sent, wants_page
from infra.chassis.http.problems import Problem
from infra.chassis.http.signed import what_is_signed
from infra.chassis.runtime import Runtime
from infra.chassis.service import Caused, Run
from infra.chassis.store.unit import Cause
from services.dispatch.api.service_reports import PDF, pdf_of
from services.dispatch.domain.service_report import (
    FromAfar,
    Opening,
    ReportVersion,
    ServiceReport,
    version_id,
)
from services.dispatch.store.copies import Contacts
from services.dispatch.store.service_reports import ReportVersions, ServiceReports
from services.dispatch.usecases.make_report import OpenReport, SignReport, report_replaced
from services.dispatch.views.report_page import PAGE_HEADERS, PageOf, gone_page, report_page
from services.dispatch.views.report_pdf import drawing_of
from services.dispatch.views.service_reports import LinkedReportView

PATH = "/v1/service-reports/{token}"
DRAWN_BYTES = 150_000
STREAMED = {PATH: 4 * DRAWN_BYTES}
"""A page's own form comes as forms do, where a drawing takes three times its length."""

router = APIRouter(tags=["visits"])

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
                    "required": ["name"],
                    "additionalProperties": False,
                    "properties": {
                        "name": {"type": "string", "maxLength": 200},
                        "role": {"type": ["string", "null"], "maxLength": 200},
                        "svg": {"type": ["string", "null"], "maxLength": DRAWN_BYTES},
                        "agreed": {"type": "boolean", "description": "I sign by typing my name"},
                        "refused": {"type": ["string", "null"], "maxLength": 500},
                    },
                }
            }
        },
    },
}


class SigningBody(Body):
    """A signature is drawn (``svg``) or typed (``agreed``); ``refused`` is why there is none."""

    name: Annotated[str, said(200)]
    role: Annotated[str, said(200)] | None = None
    svg: Annotated[str, StringConstraints(max_length=DRAWN_BYTES)] | None = None
    agreed: bool = False
    refused: Annotated[str, said(500)] | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        signs = drawing_of(self.svg) is not None or self.agreed
        if signs == (self.refused is not None):
            raise InvalidValue(
                "draw your signature or set agreed; or else say why you refuse",
                "tracez votre signature ou cochez agreed ; ou bien dites pourquoi vous refusez",
            )
        return self


@dataclass(frozen=True)
class _Linked:
    """What a link leads to; ``version`` is the one that it was made for."""

    report: ServiceReport
    version: int
    contact_id: str


@router.get(PATH, response_model=LinkedReportView, openapi_extra=_NO_LOGIN)
async def read_linked(token: Token, run: Run, cause: Caused, request: Request) -> Response:
    """The report, as a page for whoever followed the link; that it was opened is noted."""
    linked = await _linked(request, run, token)
    if linked.version != linked.report.n:
        return _gone(request, linked)
    await run.do(OpenReport(linked.report.id, _opening(request, run, linked, "page")), _by_link(cause))
    return await _answer(request, run, linked)


@router.get(
    PATH + "/report.pdf",
    response_class=Response,
    openapi_extra=_NO_LOGIN,
    responses={200: {"content": {PDF: {}}, "description": "The report to be kept"}},
)
async def read_linked_pdf(token: Token, run: Run, cause: Caused, request: Request) -> Response:
    linked = await _linked(request, run, token)
    if linked.version != linked.report.n:
        return _gone(request, linked)
    await run.do(OpenReport(linked.report.id, _opening(request, run, linked, "pdf")), _by_link(cause))
    return await pdf_of(await _version(run, linked), request)


@router.post(PATH, response_model=LinkedReportView, openapi_extra=_BODY)
async def sign_linked(token: Token, run: Run, cause: Caused, request: Request) -> Response:
    """Sign it, or refuse to; once. A version with the signature takes its place."""
    linked = await _linked(request, run, token)
    if linked.version != linked.report.n:
        return _gone(request, linked)
    fields: dict[str, str] = {}
    try:
        body = await sent(request, SigningBody, lambda form: _of_form(form, fields))
    except RequestValidationError:
        if not wants_page(request):
            raise
        return await _answer(request, run, linked, typed=fields, wrong=True)
    from_afar = FromAfar(body.name, body.role, drawing_of(body.svg), body.refused)
    address = _network(request)
    try:
        await run.do(SignReport(linked.report.id, linked.version, from_afar, address), _by_link(cause))
    except Refusal:
        if not wants_page(request):
            raise
    now_kept = await run.read(ServiceReports, linked.report.id)
    report = linked.report if now_kept is None else now_kept.value
    return await _answer(request, run, replace(linked, report=report, version=report.n))


def _of_form(form: Fields, fields: dict[str, str]) -> dict[str, Any]:
    """What was typed is kept in ``fields``, to be shown again where something is missing."""
    fields.update(form)
    body: dict[str, Any] = {name: form[name] for name in ("name", "role") if name in form}
    if form.get("do") == "refuse":
        return {**body, "refused": form.get("reason", "")}
    return {**body, "svg": form.get("svg"), "agreed": form.get("agreed") == "yes"}


async def _linked(request: Request, run: Runtime, token: str) -> _Linked:
    said_in_it = what_is_signed(request.app.state.link_key, token, run.clock.now())
    kind, _, rest = (said_in_it or "").partition("/")
    visit_id, _, rest = rest.partition("/")
    n, _, contact_id = rest.partition("/")
    kept = await run.read(ServiceReports, visit_id) if kind == "report" else None
    if kept is None or kept.value.n == 0 or not n.isdecimal():
        raise Problem(
            "no-such-link",
            Text(
                "This link is none of ours, or has expired: follow the one in our last mail, or call us.",
                "Ce lien n'est pas des nôtres, ou a expiré : suivez celui de notre dernier message, ou "
                "appelez-nous.",
            ),
        )
    return _Linked(kept.value, int(n), contact_id)


def _gone(request: Request, linked: _Linked) -> Response:
    if not wants_page(request):
        raise report_replaced(linked.report.n)
    page = gone_page(linked.report, call_of(request).language)
    return Response(page, 410, headers=PAGE_HEADERS, media_type="text/html")


async def _version(run: Runtime, linked: _Linked) -> ReportVersion:
    kept = await run.read(ReportVersions, version_id(linked.report.id, linked.report.n))
    assert kept is not None, "stored with what names it"
    return kept.value


async def _answer(
    request: Request,
    run: Runtime,
    linked: _Linked,
    *,
    typed: Fields | None = None,
    wrong: bool = False,
) -> Response:
    version = await _version(run, linked)
    page = PageOf(version=version, language=await _language(request, run, linked), typed=typed, wrong=wrong)
    if not wants_page(request):
        view = LinkedReportView(
            number=page.content["number"],
            version=version.n,
            digest=version.digest,
            signing=version.signing,
            content=page.content,
        )
        return Response(view.model_dump_json(), headers=PAGE_HEADERS, media_type="application/json")
    own = await run.read(Contacts, linked.contact_id)
    name = "" if own is None else own.value.name
    status = 422 if wrong else 200
    here = request.url.path.rpartition("/")[2]
    return Response(report_page(page, here, name), status, headers=PAGE_HEADERS, media_type="text/html")


async def _language(request: Request, run: Runtime, linked: _Linked) -> str:
    """The reader's; where his browser says none, that of the contact to whom the link was sent."""
    if request.headers.get("accept-language") is None:
        contact = await run.read(Contacts, linked.contact_id)
        if contact is not None:
            return str(contact.value.language)
    return call_of(request).language


def _opening(request: Request, run: Runtime, linked: _Linked, what: str) -> Opening:
    return Opening(run.clock.now(), linked.contact_id, linked.version, what, _network(request))


def _network(request: Request) -> str | None:
    """Whence he comes, without the part that tells one machine from its neighbours."""
    try:
        address = ipaddress.ip_address(request.client.host if request.client else "")
    except ValueError:
        return None
    kept = 24 if address.version == 4 else 48
    return str(ipaddress.ip_network((address, kept), strict=False))


def _by_link(cause: Cause) -> Cause:
    return replace(cause, actor="link")
