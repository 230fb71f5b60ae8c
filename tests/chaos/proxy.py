"""A wire between two programs that can be cut, slowed and made narrow while they talk."""

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

Way = Literal["out", "back"]
"""``out``: from who connects to the server."""
WAYS: tuple[Way, Way] = ("out", "back")

CHUNK = 64 * 1024
IN_FLIGHT = 64


@dataclass
class Proxy:
    """Listens on a port of its own and hands bytes on to ``target``.

    A cut loses nothing that was written before, as TCP does not either: what is held back goes on once the
    wire is whole again. Whoever waited too long for it has hung up by then.
    """

    target: int
    port: int = 0
    _open: dict[Way, asyncio.Event] = field(default_factory=dict)
    _delay: float = 0.0
    _bytes_per_second: float | None = None
    _server: asyncio.Server | None = None
    _connections: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> None:
        self._open = {way: asyncio.Event() for way in WAYS}
        self.heal()
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for each in list(self._connections):
            each.cancel()
        if self._connections:
            await asyncio.wait(self._connections, timeout=2)

    # -- what may happen to a wire -----------------------------------------------------------

    def cut(self, *ways: Way) -> None:
        """Nothing passes any more in these directions."""
        for way in ways:
            self._open[way].clear()

    def delay(self, seconds: float) -> None:
        """Whatever passes takes so much longer, in each direction."""
        self._delay = seconds

    def narrow(self, bytes_per_second: float) -> None:
        """No connection carries more, in each direction."""
        self._bytes_per_second = bytes_per_second

    def heal(self) -> None:
        for way in WAYS:
            self._open[way].set()
        self._delay, self._bytes_per_second = 0.0, None

    # -- one connection ----------------------------------------------------------------------

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            await self._carry(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._connections.discard(task)
            writer.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        try:
            both = [
                asyncio.create_task(self._pump(reader, far_writer, "out")),
                asyncio.create_task(self._pump(far_reader, writer, "back")),
            ]
            try:
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for each in both:
                    each.cancel()
                await asyncio.gather(*both, return_exceptions=True)
        finally:
            far_writer.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: Way) -> None:
        """Read ahead and write in order, each piece when its time has come."""
        pieces: deque[tuple[float, bytes]] = deque()
        some, room = asyncio.Event(), asyncio.Event()
        room.set()
        loop = asyncio.get_running_loop()

        async def read() -> None:
            while data := await reader.read(CHUNK):
                await room.wait()
                pieces.append((loop.time() + self._delay, data))
                some.set()
                if len(pieces) >= IN_FLIGHT:
                    room.clear()

        reading = asyncio.create_task(read())
        reading.add_done_callback(lambda _: some.set())
        try:
            while True:
                while pieces:
                    due, data = pieces.popleft()
                    room.set()
                    await asyncio.sleep(max(0.0, due - loop.time()))
                    await self._open[way].wait()
                    await self._write(writer, data)
                if reading.done():
                    return
                some.clear()
                if not pieces and not reading.done():
                    await some.wait()
        finally:
            reading.cancel()
            with suppress(asyncio.CancelledError, OSError):
                await reading

    async def _write(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        while data:
            piece, data = data, b""
            if self._bytes_per_second is not None:
                step = max(1, int(self._bytes_per_second / 20))
                piece, data = piece[:step], piece[step:]
                await asyncio.sleep(len(piece) / self._bytes_per_second)
            writer.write(piece)
            await writer.drain()
