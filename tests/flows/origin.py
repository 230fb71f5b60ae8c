"""One address in front of services that run apart, as a browser needs it; on request it loses answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.flows.apart import Apart
from tests.flows.waiting import until
from tests.servers import free_port

OF_THIS_HOP = {"connection", "content-length", "content-encoding", "transfer-encoding", "date", "server"}
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


@dataclass
class Origin:
    """``loses`` are ends of paths whose next answer does not come back, although the request was carried out.

    ``posted`` are the paths of the changes that were asked for, in order, with their Idempotency-Key.
    """

    services: Apart
    http: str
    loses: set[str] = field(default_factory=set)
    posted: list[tuple[str, str]] = field(default_factory=list)

    async def answer(self, request: Request) -> Response:
        headers = [(name, value) for name, value in request.headers.items() if name != "content-length"]
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        if request.method == "POST":
            self.posted.append((request.url.path, request.headers.get("idempotency-key", "")))
        body = await request.body()
        try:
            given = await self.services.client.request(request.method, target, content=body, headers=headers)
        except httpx.TransportError:
            return Response(status_code=503)
        lost = {end for end in self.loses if request.method == "POST" and request.url.path.endswith(end)}
        if lost:
            self.loses -= lost
            return Response(status_code=504)
        kept = [(name, value) for name, value in given.headers.multi_items() if name not in OF_THIS_HOP]
        answer = Response(given.content, given.status_code)
        for name, value in kept:
            answer.headers.append(name, value)
        return answer

    async def has_lost_all_but(self, left: int) -> None:
        async def lost() -> bool:
            return len(self.loses) <= left

        await until(lost, why=lambda: f"for {sorted(self.loses)} to be asked for")


@asynccontextmanager
async def origin(services: Apart) -> AsyncIterator[Origin]:
    """Answers as long as the body runs; 503 where no replica does."""
    port = free_port()
    given = Origin(services, f"http://127.0.0.1:{port}")
    app = Starlette(routes=[Route("/{path:path}", given.answer, methods=METHODS)])
    server = uvicorn.Server(uvicorn.Config(app, "127.0.0.1", port, log_level="warning", lifespan="off"))
    running = asyncio.create_task(server.serve())

    async def listens() -> bool:
        return server.started

    await until(listens, why="for the origin")
    try:
        yield given
    finally:
        server.should_exit = True
        await running
