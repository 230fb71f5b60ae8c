"""Something that answers HTTP for tests, on a real socket."""

import asyncio

import uvicorn
from starlette.types import ASGIApp

from infra.local.serving import Server, unbound_socket


class Listening:
    """``open`` listens on a free port of 127.0.0.1, and after ``close`` on the same again."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._server: Server | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def open(self) -> None:
        listening = unbound_socket()
        listening.bind(("127.0.0.1", self.port))
        listening.listen()
        self.port = listening.getsockname()[1]
        config = uvicorn.Config(
            self._app,
            interface="asgi3",
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
        self._server = Server(config)
        self._serving = asyncio.create_task(self._server.serve([listening]))

    async def close(self) -> None:
        if self._server is not None:
            self._server.should_exit = True
            await self._serving
            self._server = None
