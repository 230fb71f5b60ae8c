"""An agent's connection: the bytes of a request over a real socket, and what the server answers."""

import asyncio
import base64
import json
import zlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.listening import Listening
from tests.services.inventory.running import Running


@dataclass(frozen=True)
class Answered:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def xml(self) -> str:
        """Unpacked as older agents do it: by what it begins with."""
        packed = self.body[:1] in (b"\x78", b"\x1f")
        return (zlib.decompress(self.body, 47) if packed else self.body).decode()


@dataclass
class Wire:
    """``secret`` goes as a password, or into the address where ``in_address``."""

    port: int
    secret: str | None = None
    in_address: bool = False
    headers: dict[str, str] = field(default_factory=dict)

    async def post(
        self, body: bytes, headers: Mapping[str, str] | None = None, *, length: int | None = None
    ) -> Answered:
        """``length``: what Content-Length says where it is not the truth."""
        said = {**self.headers, **(headers or {})}
        if self.secret is not None and not self.in_address:
            basic = base64.b64encode(f"agent:{self.secret}".encode()).decode()
            said["Authorization"] = f"Basic {basic}"
        path = f"/inventory/{self.secret}" if self.in_address else "/inventory"
        lines = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in said.items()]
        lines.append(f"Content-Length: {len(body) if length is None else length}")
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write("\r\n".join((*lines, "", "")).encode() + body)
            await writer.drain()
            answer = await asyncio.wait_for(reader.read(), 30)
        finally:
            writer.close()
        head, _, content = answer.partition(b"\r\n\r\n")
        status, *rest = head.decode("latin-1").split("\r\n")
        named = dict(line.split(": ", 1) for line in rest)
        return Answered(
            int(status.split()[1]), {name.lower(): value for name, value in named.items()}, content
        )


@asynccontextmanager
async def wired(inventory: Running) -> AsyncIterator[Wire]:
    listening = Listening(inventory.app)
    await listening.open()
    try:
        yield Wire(listening.port)
    finally:
        await listening.close()
