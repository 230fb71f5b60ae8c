"""``/mail``: what the sinks received, mails and SMS, newest first."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from infra.local.mail_sink import MailSink, Received
from infra.local.sms_sink import ReceivedSms, SmsSink
from infra.local.web.rendering import page

SHOWN = 200
_MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"

_LINK = re.compile(r"\s+https?://\S+$")


class Channel(StrEnum):
    MAIL = "mail"
    SMS = "sms"


@dataclass(frozen=True)
class Row:
    """A line of the list; ``says`` is a mail's subject, or an SMS without the link at its end."""

    channel: Channel
    path: str
    says: str
    to: tuple[str, ...]
    at: datetime


def mail_router(mails: MailSink, texts: SmsSink) -> APIRouter:
    """The list, each message, a mail's HTML in a page of its own that may do nothing, and ``/mail.json``."""
    router = APIRouter(include_in_schema=False)

    @router.get("/mail")
    async def mail(request: Request) -> Response:
        asked = request.query_params.get("channel")
        channel = Channel(asked) if asked in tuple(Channel) else None
        counts = {Channel.MAIL: mails.total, Channel.SMS: texts.total}
        return page(
            request,
            "mail.html",
            rows=rows_of(mails.messages, texts.messages, channel),
            channel=channel,
            counts=counts,
            total=mails.total + texts.total,
            repeated=len(mails.repeated) + len(texts.repeated),
        )

    @router.get("/mail.json")
    async def mail_json() -> Response:
        return JSONResponse(
            {
                "total": mails.total,
                "distinct": mails.distinct,
                "repeated": mails.repeated,
                "items": [{**each.summary(), "text": each.text} for each in mails.messages],
                "sms": {
                    "total": texts.total,
                    "distinct": texts.distinct,
                    "repeated": texts.repeated,
                    "items": [each.summary() for each in texts.messages],
                },
            },
            headers={"Cache-Control": "no-store"},
        )

    @router.get("/mail/sms/{number}")
    async def sms(request: Request, number: int) -> Response:
        found = texts.message(number)
        return page(request, "sms.html", status=200 if found else 404, sms=found)

    @router.get("/mail/{number}")
    async def message(request: Request, number: int) -> Response:
        found = mails.message(number)
        return page(request, "message.html", status=200 if found else 404, message=found)

    @router.get("/mail/{number}/html")
    async def html(request: Request, number: int) -> Response:
        found = mails.message(number)
        if found is None or not found.html:
            return page(request, "message.html", status=404, message=None)
        return HTMLResponse(found.html, headers={"Content-Security-Policy": _MAIL_POLICY})

    return router


def rows_of(
    mails: Iterable[Received], texts: Iterable[ReceivedSms], channel: Channel | None = None
) -> list[Row]:
    """The newest of both, or of one of them."""
    rows = [
        Row(Channel.MAIL, f"/mail/{each.number}", each.subject, each.recipients, each.at)
        for each in mails
        if channel is not Channel.SMS
    ]
    rows += [
        Row(Channel.SMS, f"/mail/sms/{each.number}", _LINK.sub("", each.text), (each.to,), each.at)
        for each in texts
        if channel is not Channel.MAIL
    ]
    return sorted(rows, key=lambda row: row.at, reverse=True)[:SHOWN]
