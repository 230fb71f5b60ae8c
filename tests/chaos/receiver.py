"""Clients' systems that take webhooks, refuse some, and write down each that they took before they say so."""

import asyncio
import json
import random
from pathlib import Path

import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from infra.local.serving import Server, unbound_socket

REFUSED = 0.02


class Receiver:
    """One for all clients: the path says whose subscription it is."""

    def __init__(self, file: Path, chance: random.Random) -> None:
        self._file = file
        self._chance = chance

    async def start(self) -> None:
        listening = unbound_socket()
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        self._out = self._file.open("a", encoding="utf-8")
        config = uvicorn.Config(
            self._take, interface="asgi3", log_config=None, lifespan="off", timeout_graceful_shutdown=1
        )
        self._server = Server(config)
        self._serving = asyncio.create_task(self._server.serve([listening]))

    async def stop(self) -> None:
        self._server.should_exit = True
        await self._serving
        self._out.close()

    async def _take(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = (await request.body()).decode()
        if self._chance.random() < REFUSED:
            await Response("not now", 503)(scope, receive, send)
            return
        said = {"whose": request.url.path.strip("/"), "id": request.headers["webhook-id"], "body": body}
        self._out.write(json.dumps(said) + "\n")
        self._out.flush()
        await Response(status_code=204)(scope, receive, send)
