"""A real IMAP server (pymap) as a child of the tests: mail is put into it as by any mail program."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from imapclient import IMAPClient

from tests.servers import free_port, until

USER, PASSWORD = "desk", "open-sesame"


@dataclass
class ImapServer:
    port: int = field(default_factory=free_port)
    _process: Process | None = None

    async def start(self) -> None:
        serve = "import sys; from pymap.main import main; sys.exit(main())"
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", serve, "--host", "127.0.0.1", "--port", str(self.port), "--no-tls"),
            *("dict", "--demo-user", USER, "--demo-password", PASSWORD),
            stdin=DEVNULL,
            stdout=DEVNULL,
            stderr=DEVNULL,
        )

        async def answers() -> bool:
            try:
                await asyncio.to_thread(self._do, lambda client: client.noop())
            except OSError:
                return False
            return True

        await until(answers, within=20)

    async def kill(self) -> None:
        """What it holds is gone."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def deliver(self, raw: bytes, folder: str = "INBOX", at: datetime | None = None) -> None:
        await self.does(lambda client: client.append(folder, raw, msg_time=at))

    async def unseen(self, folder: str = "INBOX") -> list[int]:
        found: list[int] = await self.does(lambda c: (c.select_folder(folder), c.search("UNSEEN"))[1])
        return found

    async def does(self, work: Any) -> Any:
        return await asyncio.to_thread(self._do, work)

    def _do(self, work: Any) -> Any:
        with IMAPClient("127.0.0.1", port=self.port, ssl=False, timeout=10) as client:
            client.login(USER, PASSWORD)
            return work(client)


@asynccontextmanager
async def imap_server() -> AsyncIterator[ImapServer]:
    server = ImapServer()
    await server.start()
    try:
        yield server
    finally:
        await server.kill()
