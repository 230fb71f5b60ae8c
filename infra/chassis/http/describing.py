"""``GET /problems/<slug>``: what a type of problem means and what to do about it."""

from collections.abc import Mapping
from html import escape

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from contracts.text import Text
from infra.chassis.http.call import language_of
from infra.chassis.http.problem_types import ProblemType
from infra.chassis.http.problems import PREFIX, Problem

_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>{title}</title></head>
<body><main><p>{status} · <code>{slug}</code></p><h1>{title}</h1><p>{remedy}</p></main></body></html>
"""


def problem_description(request: Request, types: Mapping[str, ProblemType], slug: str) -> Response:
    """A page for a browser, JSON for a program, in the reader's language; 404 for an unknown slug."""
    known = types.get(slug)
    if known is None:
        raise Problem(
            "not-found",
            Text(f"No problem has the type {slug!r}.", f"Aucun problème n'est du type {slug!r}."),
        )
    language = language_of(request.headers.get("accept-language"))
    headers = {"Content-Language": language, "Vary": "Accept, Accept-Language"}
    title, remedy = known.title.in_(language), known.remedy.in_(language)
    if "text/html" in request.headers.get("accept", ""):
        page = _PAGE.format(
            language=language,
            status=known.status,
            slug=escape(slug),
            title=escape(title),
            remedy=escape(remedy),
        )
        headers["Content-Security-Policy"] = "default-src 'none'"
        return HTMLResponse(page, headers=headers)
    body = {"type": PREFIX + slug, "status": known.status, "title": title, "remedy": remedy}
    return JSONResponse(body, headers=headers)


def problems_router(types: Mapping[str, ProblemType]) -> APIRouter:
    """The route over a service's types."""
    router = APIRouter(include_in_schema=False)

    @router.get(PREFIX + "{slug}")
    async def problem(request: Request, slug: str) -> Response:
        return problem_description(request, types, slug)

    return router
