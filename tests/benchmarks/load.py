"""A load generator that costs little: keep-alive HTTP/1.1 on plain sockets, requests written beforehand."""

import asyncio
import time
from collections.abc import Callable
from urllib.parse import urlsplit


class Connection:
    """One keep-alive connection; ``send`` writes a prepared request and gives the status."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, address: str) -> "Connection":
        parts = urlsplit(address)
        return cls(*await asyncio.open_connection(parts.hostname, parts.port))

    async def send(self, request: bytes) -> int:
        status, _ = await self.ask(request)
        return status

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """The status and the body."""
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        body = await self._reader.readexactly(length)
        return int(head[9:12]), body

    def close(self) -> None:
        self._writer.close()


def post(path: str, token: str, body: bytes, key: str) -> bytes:
    """A prepared POST."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nIdempotency-Key: {key}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def get(path: str, token: str) -> bytes:
    """A prepared GET."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n".encode()


async def requests_per_second(
    address: str, request: Callable[[int], bytes], *, connections: int, seconds: float
) -> tuple[float, dict[int, int]]:
    """Requests answered a second by ``connections`` at once, and the statuses that came."""
    statuses: dict[int, int] = {}
    begun = time.perf_counter()
    numbers = iter(range(10_000_000))

    async def worker() -> None:
        connection = await Connection.open(address)
        try:
            while time.perf_counter() - begun < seconds:
                status = await connection.send(request(next(numbers)))
                statuses[status] = statuses.get(status, 0) + 1
        finally:
            connection.close()

    await asyncio.gather(*(worker() for _ in range(connections)))
    return sum(statuses.values()) / (time.perf_counter() - begun), statuses
