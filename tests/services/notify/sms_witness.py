"""A real HTTP server for SMS and webhooks that keeps what it gets and can be told to misbehave."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from tests.listening import Listening


@dataclass(frozen=True)
class Got:
    """One request as it came in; a form's fields are lists."""

    headers: dict[str, str]
    body: Any
    content: bytes = b""

    @property
    def key(self) -> str:
        return self.headers["idempotency-key"]


@dataclass
class Witness:
    """``got`` are all requests, ``taken`` those answered 2xx; it answers ``first``, then ``then``."""

    first: list[tuple[int, str]] = field(default_factory=list)
    then: tuple[int, str] = (202, "{}")
    got: list[Got] = field(default_factory=list)
    taken: list[Got] = field(default_factory=list)
    hangs: bool = False
    leads_to: str | None = None

    def __post_init__(self) -> None:
        self._arrived = asyncio.Condition()
        self._listening = Listening(self._serve)
        self.open, self.close = self._listening.open, self._listening.close

    @property
    def url(self) -> str:
        return f"{self._listening.url}/send"

    @property
    def port(self) -> int:
        return self._listening.port

    async def __aenter__(self) -> "Witness":
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def until(self, taken: int, *, within: float = 10) -> list[Got]:
        """What it took, once there is so much."""
        async with asyncio.timeout(within), self._arrived:
            await self._arrived.wait_for(lambda: len(self.taken) >= taken)
        return self.taken

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        content = await request.body()
        is_json = request.headers["content-type"] == "application/json"
        got = Got(
            dict(request.headers), json.loads(content) if is_json else parse_qs(content.decode()), content
        )
        status, text = self.first.pop(0) if self.first else self.then
        self.got.append(got)
        if self.hangs:
            await asyncio.Event().wait()
        if 200 <= status < 300:
            async with self._arrived:
                self.taken.append(got)
                self._arrived.notify_all()
        headers = {} if self.leads_to is None else {"Location": self.leads_to}
        await Response(text, status, headers, media_type="application/json")(scope, receive, send)
