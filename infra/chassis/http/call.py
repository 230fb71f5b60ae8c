"""What the edge found out about a request before any route saw it."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from starlette.requests import HTTPConnection

from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import Problem

SCOPE_KEY = "astreinte.call"


@dataclass(slots=True)
class Call:
    """One request: its correlation, its place in the trace, its language, its caller.

    ``refused`` is what to answer if a route wants to know the caller and his token was no good.
    ``json`` is the parsed body; ``None`` when there was none. ``by_session``: his browser's cookie says
    who he is, which it also does where another site makes it ask.
    """

    correlation_id: str
    traceparent: str
    language: str
    method: str
    path: str
    principal: Principal | None = None
    refused: Problem | None = None
    json: Any = None
    by_session: bool = False

    @property
    def digest(self) -> str:
        """What makes two requests the same: method, path and the body whatever its spacing and order."""
        body = json.dumps(self.json, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(f"{self.method} {self.path}\n{body}".encode()).hexdigest()


def call_of(connection: HTTPConnection) -> Call:
    """The call that a request belongs to."""
    call: Call = connection.scope[SCOPE_KEY]
    return call


def language_of(accept: str | None) -> str:
    """``fr`` or ``en``, whichever an Accept-Language header prefers; English when it names neither."""
    best, weight = "en", 0.0
    for item in (accept or "").split(","):
        tag, _, parameters = item.partition(";")
        language = tag.strip().lower().partition("-")[0]
        if language == "*":
            language = "en"
        if language in ("fr", "en"):
            quality = _quality(parameters)
            if quality > weight:
                best, weight = language, quality
    return best


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
