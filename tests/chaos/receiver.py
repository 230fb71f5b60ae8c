"""Clients' systems that take webhooks, refuse some, and write down each that they took before they say so."""

import json
import random
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from tests.listening import Listening

REFUSED = 0.02


class Receiver:
    """One for all clients: the path says whose subscription it is."""

    def __init__(self, file: Path, chance: random.Random) -> None:
        self._out = file.open("a", encoding="utf-8")
        self._chance = chance
        self._listening = Listening(self._take)

    @property
    def url(self) -> str:
        return self._listening.url

    async def start(self) -> None:
        await self._listening.open()

    async def stop(self) -> None:
        await self._listening.close()
        self._out.close()

    async def _take(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = (await request.body()).decode()
        if self._chance.random() < REFUSED:
            await Response("not now", 503)(scope, receive, send)
            return
        said = {"whose": request.url.path.strip("/"), "id": request.headers["webhook-id"], "body": body}
        self._out.write(json.dumps(said) + "\n")
        self._out.flush()
        await Response(status_code=204)(scope, receive, send)
