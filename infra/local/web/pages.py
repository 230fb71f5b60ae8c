"""The front page, the pages over OpenAPI and AsyncAPI, and the files that the pages use."""

from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import JSONResponse, Response

from contracts.asyncapi import document
from contracts.text import Text
from infra.chassis.http.problems import Problem
from infra.local.mail_sink import MailSink
from infra.local.people import entrances
from infra.local.sms_sink import SmsSink
from infra.local.web.rendering import page
from infra.local.web.streams import headers_of, streams_of
from infra.local.web.summing import ask_all

_OWN = files("infra.local.web") / "static"
_SWAGGER = files("fastapi_offline") / "static"
_FILES: Mapping[str, tuple[Traversable, str]] = {
    "pages.css": (_OWN / "pages.css", "text/css"),
    "docs.css": (_OWN / "docs.css", "text/css"),
    "docs.js": (_OWN / "docs.js", "text/javascript"),
    "mail.js": (_OWN / "mail.js", "text/javascript"),
    "icon.svg": (_OWN / "icon.svg", "image/svg+xml"),
    "swagger-ui-bundle.js": (_SWAGGER / "swagger-ui-bundle.js", "text/javascript"),
    "swagger-ui.css": (_SWAGGER / "swagger-ui.css", "text/css"),
}
_DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


def pages_router(
    apps: Mapping[str, FastAPI], *, kafka: str, mail_sink: MailSink | None, sms_sink: SmsSink | None
) -> APIRouter:
    """``/``, ``/docs``, ``/asyncapi``, ``/asyncapi.json`` and ``/local/<file>``."""
    router = APIRouter(include_in_schema=False)
    described = document({"local": kafka})
    streams, headers = streams_of(described), headers_of(described)

    @router.get("/")
    async def front(request: Request) -> Response:
        ready = await ask_all(apps, "/ready")
        return page(
            request,
            "front.html",
            services={name: answer.status_code == 200 for name, answer in ready.items()},
            mail=None if mail_sink is None or sms_sink is None else mail_sink.total + sms_sink.total,
            topics=len(described["channels"]),
            origin=f"{request.url.scheme}://{request.url.netloc}",
            entrances=entrances(str(request.base_url), request.app.state.people),
        )

    @router.get("/docs")
    async def docs(request: Request) -> Response:
        answer = page(request, "docs.html")
        answer.headers["Content-Security-Policy"] = _DOCS_POLICY
        return answer

    @router.get("/asyncapi")
    async def asyncapi(request: Request) -> Response:
        return page(request, "asyncapi.html", streams=streams, headers=headers, kafka=kafka)

    @router.get("/asyncapi.json")
    async def asyncapi_json() -> Response:
        return JSONResponse(described)

    @router.get("/local/{name}")
    async def file(name: str) -> Response:
        if name not in _FILES:
            raise Problem("not-found", Text("There is no such file.", "Ce fichier n'existe pas."))
        source, media_type = _FILES[name]
        return Response(source.read_bytes(), media_type=media_type, headers={"Cache-Control": "max-age=3600"})

    return router
