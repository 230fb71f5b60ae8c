"""What a service refuses, as a page for whoever followed a link or typed an address."""

import json
from collections.abc import Mapping

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from infra.chassis.http.problems import MEDIA_TYPE
from infra.local.web.rendering import language, page

_THE_PAGES_OWN = frozenset({"content-type", "content-length", "content-language", "vary", "cache-control"})


def is_for_a_person(scope: Scope) -> bool:
    """Whether a browser asks for a page to show; programs that take anything get what is meant for them."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    headers = MutableHeaders(scope=scope)
    return "text/html" in headers.get("accept", "") and "authorization" not in headers


async def readable(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """The application's answer, with problems as pages in the reader's language."""
    lang = language(Request(scope))
    scope = {**scope, "headers": [*scope["headers"]]}
    MutableHeaders(scope=scope)["Accept-Language"] = lang
    refusal: list[Message] = []

    async def shown(message: Message) -> None:
        begins = message["type"] == "http.response.start"
        if begins and MutableHeaders(scope=message).get("content-type") == MEDIA_TYPE:
            refusal.append(message)
        elif not refusal:
            await send(message)
        else:
            refusal.append(message)
            if not message.get("more_body"):
                await _as_page(refusal, scope, receive, send)

    await app(scope, receive, shown)


async def _as_page(refusal: list[Message], scope: Scope, receive: Receive, send: Send) -> None:
    start, *parts = refusal
    problem: Mapping[str, str] = json.loads(b"".join(each.get("body", b"") for each in parts))
    answer = page(
        Request(scope),
        "refused.html",
        status=start["status"],
        problem=problem,
        for_programs=scope["path"].startswith("/v1/"),
    )
    for name, value in MutableHeaders(scope=start).items():
        if name not in _THE_PAGES_OWN:
            answer.headers[name] = value
    answer.headers["Vary"] = "Accept, Accept-Language, Authorization"
    await answer(scope, receive, send)
