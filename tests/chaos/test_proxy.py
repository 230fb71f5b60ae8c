"""A wire does to bytes what it was told to, and nothing else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.chaos.proxy import Proxy, Way

MEANWHILE_SECONDS = 0.2
"""So long nothing must come."""


@asynccontextmanager
async def echo() -> AsyncIterator[Proxy]:
    """A proxy before somebody who sends back what he gets."""

    async def back(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1024):
            writer.write(data)
        writer.close()

    server = await asyncio.start_server(back, "127.0.0.1", 0)
    proxy = Proxy(server.sockets[0].getsockname()[1])
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.stop()
        server.close()


async def test_what_is_said_comes_through_and_back() -> None:
    async with echo() as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        for word in (b"one", b"two", b"x" * 200_000):
            writer.write(word)
            assert await reader.readexactly(len(word)) == word


@pytest.mark.parametrize("ways", [("out",), ("back",), ("out", "back")])
async def test_a_cut_holds_back_what_was_said_until_the_wire_is_whole(ways: tuple[Way, ...]) -> None:
    async with echo() as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        proxy.cut(*ways)
        writer.write(b"late")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.readexactly(4), MEANWHILE_SECONDS)
        proxy.heal()
        assert await asyncio.wait_for(reader.readexactly(4), 5) == b"late"


async def test_a_delay_holds_up_each_way_and_keeps_the_order() -> None:
    async with echo() as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        proxy.delay(0.1)
        begun = asyncio.get_running_loop().time()
        for n in range(10):
            writer.write(bytes([n]))
            await writer.drain()
        assert await asyncio.wait_for(reader.readexactly(10), 5) == bytes(range(10))
        assert asyncio.get_running_loop().time() - begun >= 0.2


async def test_a_narrow_wire_carries_so_many_bytes_a_second() -> None:
    async with echo() as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        proxy.narrow(20_000)
        begun = asyncio.get_running_loop().time()
        writer.write(b"x" * 10_000)
        await asyncio.wait_for(reader.readexactly(10_000), 10)
        assert asyncio.get_running_loop().time() - begun >= 0.5


async def test_who_hangs_up_on_one_side_is_gone_on_the_other() -> None:
    async with echo() as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write_eof()
        assert await asyncio.wait_for(reader.read(), 5) == b""
