"""An application on an address, until it is told to stop."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import uvicorn

from infra.chassis.ops.interpreter import settle

GRACE_SECONDS = 10


class Server(uvicorn.Server):
    """uvicorn that first ends the streams that would never end by themselves, then waits for the rest.

    ``answering`` is set once it listens; it never is when the application fails to start.
    """

    def __init__(self, config: uvicorn.Config, closing: Callable[[], None]) -> None:
        super().__init__(config)
        self.answering = asyncio.Event()
        self._closing = closing

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            settle()
            self.answering.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._closing()
        await super().shutdown(sockets)


def server_of(
    app: Any, *, host: str = "127.0.0.1", port: int = 0, grace_seconds: int = GRACE_SECONDS
) -> Server:
    """A server for a service's application or the gateway; ``await server.serve()`` runs it.

    ``app.state.closing`` is set as soon as it is told to stop; what is under way gets ``grace_seconds``.
    """
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=grace_seconds,
        lifespan="on",
    )
    return Server(config, app.state.closing.set)
