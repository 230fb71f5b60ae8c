"""A browser and its push service, on a real socket: another library reads what comes."""

import asyncio
import base64
import json
import os
from dataclasses import dataclass, field
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from services.notify.domain.push import Device, device_id
from services.notify.push.sealing import text_of
from tests.listening import Listening
from tests.world import MONDAY_NINE


@dataclass(frozen=True)
class Shown:
    """One notification: what the service worker is told, and what the push service was asked for."""

    said: dict[str, Any]
    headers: dict[str, str]
    claims: dict[str, Any]


@dataclass
class Browser:
    """It answers ``then``; ``vapid`` is the public key with which it subscribed."""

    vapid: str
    then: int = 201
    shown: list[Shown] = field(default_factory=list)
    asked: int = 0

    def __post_init__(self) -> None:
        self.own = generate_private_key(SECP256R1())
        self.auth = os.urandom(16)
        self._arrived = asyncio.Condition()
        self._listening = Listening(self._serve)

    async def __aenter__(self) -> "Browser":
        await self._listening.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._listening.close()

    @property
    def subscription(self) -> dict[str, Any]:
        """As ``PushSubscription.toJSON()`` says it."""
        point = self.own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {
            "endpoint": f"{self._listening.url}/push/secret",
            "expirationTime": None,
            "keys": {"p256dh": text_of(point), "auth": text_of(self.auth)},
        }

    @property
    def device(self) -> Device:
        said = self.subscription
        keys = said["keys"]
        return Device(
            device_id(said["endpoint"]), said["endpoint"], keys["p256dh"], keys["auth"], MONDAY_NINE
        )

    async def until(self, count: int, *, within: float = 10) -> list[Shown]:
        async with asyncio.timeout(within), self._arrived:
            await self._arrived.wait_for(lambda: len(self.shown) >= count)
        return self.shown

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        content = await request.body()
        self.asked += 1
        if 200 <= self.then < 300:
            said = http_ece.decrypt(content, private_key=self.own, auth_secret=self.auth, version="aes128gcm")
            shown = Shown(json.loads(said), dict(request.headers), self._vouched(request))
            async with self._arrived:
                self.shown.append(shown)
                self._arrived.notify_all()
        await Response(status_code=self.then)(scope, receive, send)

    def _vouched(self, request: Request) -> dict[str, Any]:
        """The claims of RFC 8292, whose signature is of the key that it subscribed with."""
        scheme, _, rest = request.headers["authorization"].partition(" ")
        given = dict(each.strip().split("=", 1) for each in rest.split(","))
        assert (scheme, given["k"]) == ("vapid", self.vapid)
        point = base64.urlsafe_b64decode(self.vapid + "=")
        key = ECKey.import_key(
            {"kty": "EC", "crv": "P-256", "x": text_of(point[1:33]), "y": text_of(point[33:])}
        )
        return dict(jwt.decode(given["t"], key, algorithms=["ES256"]).claims)
