"""A real HTTP gateway for SMS on this machine that delivers nowhere: it keeps what it got and shows it."""

import asyncio
import json
import socket
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from contracts.values import rfc3339
from infra.local.keeping import KEPT, Keeping
from infra.local.serving import Server, unbound_socket
from services.notify.sms.alphabet import Size, size

PATH = "/messages"
STOP_SECONDS = 2


@dataclass(frozen=True)
class ReceivedSms:
    """One SMS as it came in; ``key`` is what makes two the same one."""

    number: int
    at: datetime
    sender: str
    to: str
    text: str
    key: str

    @property
    def size(self) -> Size:
        """What an operator would bill."""
        return size(self.text)

    def summary(self) -> dict[str, Any]:
        """What a list shows, ready for JSON."""
        counted = self.size
        return {
            "number": self.number,
            "at": rfc3339(self.at),
            "from": self.sender,
            "to": self.to,
            "text": self.text,
            "key": self.key,
            "encoding": counted.encoding,
            "parts": counted.parts,
        }


class SmsSink(Keeping[ReceivedSms]):
    """Listens on loopback; takes what ``services/notify/sms/gateway.py`` posts where nothing else is set."""

    def __init__(self, *, file: Path | None = None, kept: int = KEPT) -> None:
        super().__init__(file=file, kept=kept)
        self._socket: socket.socket | None = None
        self._server: Server | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where to post to, once started."""
        if self._socket is None:
            raise RuntimeError("the SMS sink is not started")
        return f"http://127.0.0.1:{cast(int, self._socket.getsockname()[1])}{PATH}"

    async def start(self) -> None:
        await self._open_file()
        self._socket = unbound_socket()
        self._socket.bind(("127.0.0.1", 0))
        # Who connects before the server runs waits for it.
        self._socket.listen()
        app = Starlette(routes=[Route(PATH, self._receive, methods=["POST"])])
        config = uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=STOP_SECONDS
        )
        self._server = Server(config)
        self._task = asyncio.create_task(self._server.serve([self._socket]))

    async def stop(self) -> None:
        if self._server is not None and self._task is not None:
            self._server.should_exit = True
            await self._task
            self._server, self._task, self._socket = None, None, None

    async def _receive(self, request: Request) -> Response:
        try:
            said = json.loads(await request.body())
            to, text = str(said["to"]), str(said["text"])
        except (ValueError, TypeError, KeyError):
            return JSONResponse({"error": "say to and text in a JSON object"}, status_code=400)
        number = self._next_number()
        sms = ReceivedSms(
            number=number,
            at=datetime.now(UTC),
            sender=str(said.get("from", "")),
            to=to,
            text=text,
            key=request.headers.get("Idempotency-Key") or str(said.get("id") or f"without-key-{number}"),
        )
        await self._keep(sms, sms.summary())
        return JSONResponse({"id": sms.key, "parts": sms.size.parts}, status_code=202)
