"""What only shows on a real socket: sizes of bodies, chunks, and streams that stay open."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from infra.chassis.http.json_body import MAX_BODY_BYTES
from infra.chassis.http.serving import Server, server_of
from infra.chassis.http.sse import SentEvent
from tests.infra.chassis.http.shop import Shop, make_shop, token

PATIENCE = 10


class Listening:
    """A server on a free port, and raw connections to it."""

    def __init__(self, shop: Shop, server: Server, port: int) -> None:
        self.shop = shop
        self.server = server
        self.port = port

    async def ask(self, request: bytes, *pieces: bytes) -> tuple[int, dict[str, str]]:
        """Send a request in pieces; the status and the JSON of the answer."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(request)
            for piece in pieces:
                await writer.drain()
                writer.write(piece)
            async with asyncio.timeout(PATIENCE):
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(
                    int(line.split(b":")[1])
                    for line in head.lower().split(b"\r\n")
                    if line.startswith(b"content-length")
                )
                body = await reader.readexactly(length)
        finally:
            writer.close()
        return int(head.split()[1]), json.loads(body)

    def post(self, *headers: str) -> bytes:
        lines = [
            "POST /v1/things HTTP/1.1",
            "Host: shop.example",
            f"Authorization: Bearer {token()}",
            "Idempotency-Key: k",
            "Content-Type: application/json",
            *headers,
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    @asynccontextmanager
    async def stream(self, *headers: str) -> AsyncIterator[asyncio.StreamReader]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        lines = ["GET /v1/stream HTTP/1.1", "Host: shop.example", *headers]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        try:
            async with asyncio.timeout(PATIENCE):
                head = await reader.readuntil(b"\r\n\r\n")
                assert b"text/event-stream" in head
                yield reader
        finally:
            writer.close()


@asynccontextmanager
async def listening() -> AsyncIterator[Listening]:
    shop = make_shop()
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        server = server_of(shop.app)
        running = asyncio.create_task(server.serve(sockets=[place]))
        try:
            await asyncio.wait_for(server.answering.wait(), PATIENCE)
            yield Listening(shop, server, place.getsockname()[1])
        finally:
            server.should_exit = True
            await asyncio.wait_for(running, PATIENCE)


@pytest.fixture(scope="module")
async def shared() -> AsyncIterator[Listening]:
    """One server for all tests: it takes a fifth of a second to stop."""
    async with listening() as there:
        yield there


@pytest.fixture
def there(shared: Listening) -> Listening:
    """The server, with nothing in it."""
    shared.shop.things.clear()
    shared.shop.streams_ended.clear()
    while not shared.shop.said.empty():
        shared.shop.said.get_nowait()
    return shared


def _body(size: int) -> bytes:
    frame = len(b'{"name": ""}')
    return b'{"name": "' + b"x" * (size - frame) + b'"}'


def _chunked(body: bytes, size: int) -> list[bytes]:
    chunks = [body[i : i + size] for i in range(0, len(body), size)]
    return [f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n" for chunk in chunks] + [b"0\r\n\r\n"]


async def test_a_body_of_exactly_the_limit_is_read(there: Listening) -> None:
    body = _body(MAX_BODY_BYTES)
    status, _ = await there.ask(there.post(f"Content-Length: {len(body)}"), body)
    assert status == 201


async def test_a_body_one_byte_over_the_limit_is_refused(there: Listening) -> None:
    body = _body(MAX_BODY_BYTES + 1)
    status, problem = await there.ask(there.post(f"Content-Length: {len(body)}"), body)
    assert (status, problem["type"]) == (413, "/problems/body-too-large")
    assert not there.shop.things


async def test_a_declared_size_over_any_sense_is_refused_before_a_byte_of_it_comes(there: Listening) -> None:
    status, problem = await there.ask(there.post("Content-Length: 100000000000"))
    assert (status, problem["type"]) == (413, "/problems/body-too-large")


async def test_a_chunked_body_within_the_limit_is_read(there: Listening) -> None:
    status, _ = await there.ask(there.post("Transfer-Encoding: chunked"), *_chunked(_body(500_000), 60_000))
    assert status == 201


async def test_a_chunked_body_over_the_limit_is_refused_and_the_client_reads_why(there: Listening) -> None:
    body = _chunked(_body(3 * MAX_BODY_BYTES), 60_000)
    status, problem = await there.ask(there.post("Transfer-Encoding: chunked"), *body)
    assert (status, problem["type"]) == (413, "/problems/body-too-large")
    assert not there.shop.things


async def test_a_chunked_body_without_end_is_refused(there: Listening) -> None:
    endless = [b"ffff\r\n" + b"x" * 0xFFFF + b"\r\n"] * (12 * 1024 * 1024 // 0xFFFF)
    reader, writer = await asyncio.open_connection("127.0.0.1", there.port)
    writer.write(there.post("Transfer-Encoding: chunked"))
    async with asyncio.timeout(PATIENCE):
        for chunk in endless:
            writer.write(chunk)
        head = await reader.readuntil(b"\r\n\r\n")
    writer.close()
    assert b" 413 " in head


async def test_a_body_that_is_not_utf8_is_refused(there: Listening) -> None:
    body = b'{"name": "\xe9t\xe9"}'
    status, problem = await there.ask(there.post(f"Content-Length: {len(body)}"), body)
    assert (status, problem["type"]) == (400, "/problems/not-utf8")


async def test_a_client_that_leaves_in_the_middle_of_its_body_stores_nothing(there: Listening) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", there.port)
    writer.write(there.post("Content-Length: 100") + b'{"name": "pri')
    await writer.drain()
    writer.close()
    await asyncio.wait_for(there.shop.logs.until('"status": 499'), PATIENCE)
    assert not there.shop.things


async def test_events_come_as_they_happen_with_their_numbers(there: Listening) -> None:
    async with there.stream() as reader:
        there.shop.said.put_nowait(SentEvent("7", "visit-planned", '{"a": 1}'))
        event = await reader.readuntil(b'data: {"a": 1}\n')
        assert b"event: visit-planned\n" in event
        assert b"id: 7\n" in await reader.readuntil(b"id: 7\n")
        there.shop.said.put_nowait(SentEvent("8", "visit-planned", '{"a": 2}'))
        await reader.readuntil(b"id: 8\n")


async def test_a_quiet_stream_is_kept_alive_by_comments(there: Listening) -> None:
    async with there.stream() as reader:
        await reader.readuntil(b": still here\n\n")
        await reader.readuntil(b": still here\n\n")
        there.shop.said.put_nowait(SentEvent("1", "x", "{}"))
        await reader.readuntil(b"id: 1\n")


async def test_a_client_goes_on_after_its_last_event(there: Listening) -> None:
    async with there.stream("Last-Event-ID: 41") as reader:
        await reader.readuntil(b"id: 42\n")


async def test_a_last_event_id_that_is_no_number_is_refused(there: Listening) -> None:
    status, problem = await there.ask(b"GET /v1/stream HTTP/1.1\r\nHost: x\r\nLast-Event-ID: abc\r\n\r\n")
    assert (status, problem["type"]) == (422, "/problems/invalid-parameter")


async def test_a_stream_whose_client_has_left_is_let_go(there: Listening) -> None:
    async with there.stream() as reader:
        await reader.readuntil(b": still here\n\n")
    await asyncio.wait_for(there.shop.streams_ended.wait(), PATIENCE)


async def test_a_stream_ends_with_the_token_that_asked_for_it(there: Listening) -> None:
    now = time.time()
    async with there.stream(f"Authorization: Bearer {token(exp=int(now) + 2)}") as reader:
        await reader.readuntil(b"\r\n0\r\n\r\n")
    assert int(now) + 2 <= time.time() < now + PATIENCE
    await asyncio.wait_for(there.shop.streams_ended.wait(), PATIENCE)


async def test_a_stream_asked_for_by_a_clock_that_is_late_goes_on_for_the_leeway(there: Listening) -> None:
    async with there.stream(f"Authorization: Bearer {token(exp=int(time.time()) - 5)}") as reader:
        there.shop.said.put_nowait(SentEvent("1", "x", "{}"))
        await reader.readuntil(b"id: 1\n")


async def test_a_server_told_to_stop_ends_its_streams_and_stops() -> None:
    async with listening() as there, there.stream() as reader:
        await reader.readuntil(b": still here\n\n")
        there.server.should_exit = True
        rest = await reader.read()
    assert there.shop.streams_ended.is_set()
    assert rest.endswith(b"0\r\n\r\n")
