"""A real HTTP server for SMS and webhooks that keeps what it gets and can be told to misbehave."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from infra.local.serving import Server, unbound_socket


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
    port: int = 0
    hangs: bool = False
    leads_to: str | None = None

    def __post_init__(self) -> None:
        self._arrived = asyncio.Condition()
        self._server: Server | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/send"

    async def __aenter__(self) -> "Witness":
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def open(self) -> None:
        listening = unbound_socket()
        listening.bind(("127.0.0.1", self.port))
        listening.listen()
        self.port = listening.getsockname()[1]
        config = uvicorn.Config(
            self._serve,
            interface="asgi3",
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
        self._server = Server(config)
        self._task = asyncio.create_task(self._server.serve([listening]))

    async def close(self) -> None:
        if self._server is not None:
            self._server.should_exit = True
            await self._task
            self._server = None

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
