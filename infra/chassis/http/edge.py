"""The one middleware: everything that holds for every request, whatever its route."""

import re
import time
from collections.abc import Callable, Iterable, Mapping

import uuid_utils
from opentelemetry.trace import SpanKind
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contracts.text import Text
from infra.chassis.http.api_keys import is_key
from infra.chassis.http.auth import invalid_token
from infra.chassis.http.call import SCOPE_KEY, Call, language_of
from infra.chassis.http.json_body import (
    MAX_BODY_BYTES,
    Disconnected,
    Limited,
    check_media_type,
    parse_json,
    read_body,
)
from infra.chassis.http.problems import Problem, unexpected
from infra.chassis.http.rate import RateLimit, Spent
from infra.chassis.http.sessions import LANGUAGE_COOKIE, LANGUAGES, check_same_origin, cookie, session_token
from infra.chassis.http.vouching import Vouching
from infra.chassis.ops.context import Context, carrying
from infra.chassis.ops.telemetry import Telemetry
from infra.chassis.ops.tracing import named

_CORRELATION = re.compile(rb"[A-Za-z0-9._~-]{1,64}")
_SECRET = re.compile(r"\{(?:token|secret)\}")
"""A part of a path that is a right in itself."""

_WATCHED = frozenset(("/live", "/ready", "/health", "/metrics"))
_NO_BODY = frozenset(("GET", "HEAD", "OPTIONS"))


def _opening(paths: Iterable[str]) -> re.Pattern[str]:
    """What the addresses of these routes have up to such a part, and the part."""
    heads = sorted({path[: found.start()] for path in paths if (found := _SECRET.search(path))})
    return re.compile(f"^({'|'.join(map(re.escape, heads))})[^/]+" if heads else "(?!)()")


Refused = Callable[[HTTPConnection, Problem], Response]
"""How a request is told what is wrong: a program by a problem, a person by a page."""


class Edge:
    """Correlation, trace, language, caller, rate, body, problems, access log and request metrics.

    A pure ASGI middleware: responses pass through unbuffered.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        authenticator: Vouching,
        refusal: Refused,
        telemetry: Telemetry,
        rate: RateLimit | None,
        of_pages: Callable[[str], bool] = lambda _: False,
        forms: frozenset[str] = frozenset(),
        streamed: Mapping[str, int] | None = None,
        max_body_bytes: int = MAX_BODY_BYTES,
        paths: Iterable[str] = (),
    ) -> None:
        """``paths`` are those of the routes."""
        self._app = app
        self._authenticator = authenticator
        self._refusal = refusal
        self._of_pages = of_pages
        self._telemetry = telemetry
        self._rate = rate
        self._forms = forms
        self._streamed = [(compile_path(path)[0], limit) for path, limit in (streamed or {}).items()]
        self._max_body_bytes = max_body_bytes
        self._opens = _opening(paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = _first(scope["headers"])
        call = _call(scope, headers)
        scope[SCOPE_KEY] = call
        name = f"{call.method} {call.path}"
        with self._telemetry.tracing.span(
            name, call.traceparent or None, kind=SpanKind.SERVER
        ) as traceparent:
            call.traceparent = traceparent
            await self._identify(call, headers)
            actor = call.principal.actor if call.principal else None
            with carrying(Context(call.correlation_id, traceparent, actor)):
                await self._answer(call, headers, scope, receive, send)

    async def _identify(self, call: Call, headers: dict[bytes, bytes]) -> None:
        scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            token = session_token(headers, secure=self._authenticator.of_production)
            call.by_session = bool(token)
            if is_key(token):
                call.refused = invalid_token(
                    Text(
                        "an API key is no session: send it as a bearer", "une clé d'API n'est pas une session"
                    )
                )
                return
        if not token:
            return
        try:
            call.principal = await self._authenticator.principal(token.strip())
        except Problem as refused:
            call.refused = refused

    async def _answer(
        self, call: Call, headers: dict[bytes, bytes], scope: Scope, receive: Receive, send: Send
    ) -> None:
        began = time.perf_counter()
        answer = _Answer(send, call)
        try:
            answer.headers = self._spend(call, scope)
            if call.by_session and call.method not in _NO_BODY:
                check_same_origin(headers)
            limit = next((most for path, most in self._streamed if path.match(call.path)), None)
            if limit is not None:
                receive = Limited(receive, headers.get(b"content-length"), limit)
            elif call.method not in _NO_BODY:
                body = await read_body(receive, headers.get(b"content-length"), self._max_body_bytes)
                if body and call.path not in self._forms and not self._of_pages(call.path):
                    check_media_type(
                        headers.get(b"content-type"),
                        headers.get(b"content-encoding"),
                        merge_patch=call.method == "PATCH",
                    )
                    call.json = parse_json(body)
                receive = _replaying(body, receive)
            await self._app(scope, receive, answer)
        except Disconnected:
            answer.status = 499
        except Problem as problem:
            await self._refuse(problem, call, scope, receive, answer)
        except Exception:
            self._telemetry.log.exception("%s %s failed", call.method, self._shown(call.path))
            if answer.began:
                raise
            await self._refuse(unexpected(call.correlation_id), call, scope, receive, answer)
        finally:
            self._tell(call, scope, answer, time.perf_counter() - began)

    async def _refuse(
        self, problem: Problem, call: Call, scope: Scope, receive: Receive, answer: "_Answer"
    ) -> None:
        response = self._refusal(HTTPConnection(scope), problem)
        await response(scope, receive, answer)

    def _spend(self, call: Call, scope: Scope) -> dict[str, str]:
        if self._rate is None or call.path in _WATCHED:
            return {}
        client = scope.get("client")
        caller = call.principal.caller if call.principal else f"address:{client[0] if client else 'unknown'}"
        spent: Spent = self._rate.spend(caller)
        return self._rate.headers(spent)

    def _tell(self, call: Call, scope: Scope, answer: "_Answer", seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "unmatched")
        named(f"{call.method} {route}", {"http.route": route, "http.response.status_code": answer.status})
        if not answer.streams:
            self._telemetry.metrics.requests.labels(call.method, route, str(answer.status)).observe(seconds)
        if call.path in _WATCHED and answer.status < 400:
            return
        self._telemetry.log.info(
            "%s %s %d",
            call.method,
            self._shown(call.path),
            answer.status,
            extra={"route": route, "status": answer.status, "milliseconds": round(seconds * 1000, 1)},
        )

    def _shown(self, path: str) -> str:
        """The path without what opens something by itself, which is nobody's to read in a log: also where no
        route has taken it, or none has yet."""
        return self._opens.sub(r"\1…", path)


class _Answer:
    """Sends the response on, with the headers that every response has."""

    def __init__(self, send: Send, call: Call) -> None:
        self._send = send
        self._call = call
        self.headers: dict[str, str] = {}
        self.began = False
        self.status = 500
        self.streams = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.began = True
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Correlation-Id"] = self._call.correlation_id
            headers["traceparent"] = self._call.traceparent
            headers.setdefault("X-Content-Type-Options", "nosniff")
            for name, value in self.headers.items():
                headers.setdefault(name, value)
            self.streams = headers.get("content-type", "").startswith("text/event-stream")
        await self._send(message)


def _first(headers: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        found.setdefault(name, value)
    return found


def _call(scope: Scope, headers: dict[bytes, bytes]) -> Call:
    given = headers.get(b"x-correlation-id", b"")
    return Call(
        correlation_id=given.decode() if _CORRELATION.fullmatch(given) else str(uuid_utils.uuid7()),
        traceparent=headers.get(b"traceparent", b"").decode("latin-1"),
        language=cookie(headers, LANGUAGE_COOKIE, LANGUAGES)
        or language_of(headers.get(b"accept-language", b"").decode("latin-1")),
        method=scope["method"],
        path=scope["path"],
    )


def _replaying(body: bytes, receive: Receive) -> Receive:
    """Gives the body that was read once more, then whatever the client still does."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
