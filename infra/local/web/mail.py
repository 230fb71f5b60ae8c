"""``/mail``: what the sink received."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from infra.local.mail_sink import MailSink
from infra.local.web.rendering import page

SHOWN = 200
_MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"


def mail_router(sink: MailSink) -> APIRouter:
    """The list, each message, its HTML in a page of its own that may do nothing, and ``/mail.json``."""
    router = APIRouter(include_in_schema=False)

    @router.get("/mail")
    async def mail(request: Request) -> Response:
        return page(request, "mail.html", sink=sink, messages=sink.messages[:SHOWN], kept=len(sink.messages))

    @router.get("/mail.json")
    async def mail_json() -> Response:
        return JSONResponse(
            {
                "total": sink.total,
                "distinct": sink.distinct,
                "repeated": sink.repeated,
                "items": [{**each.summary(), "text": each.text} for each in sink.messages],
            },
            headers={"Cache-Control": "no-store"},
        )

    @router.get("/mail/{number}")
    async def message(request: Request, number: int) -> Response:
        found = sink.message(number)
        return page(request, "message.html", status=200 if found else 404, message=found)

    @router.get("/mail/{number}/html")
    async def html(request: Request, number: int) -> Response:
        found = sink.message(number)
        if found is None or not found.html:
            return page(request, "message.html", status=404, message=None)
        return HTMLResponse(found.html, headers={"Content-Security-Policy": _MAIL_POLICY})

    return router
