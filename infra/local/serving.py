"""An HTTP server among others in one process."""

import contextlib
import socket
from collections.abc import Iterator

import uvicorn


class Server(uvicorn.Server):
    """Leaves the signals to the command that started the platform."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def unbound_socket() -> socket.socket:
    # asyncio sends answers at once (TCP_NODELAY) only where the socket says that it is TCP.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return listening
