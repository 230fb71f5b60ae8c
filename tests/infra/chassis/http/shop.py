"""A service of three routes, to try on it what holds for all of them."""

import asyncio
import io
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any

import httpx
import pymongo
from fastapi import APIRouter, FastAPI, Request, Response
from joserfc import jwt
from joserfc.jwk import ECKey
from pydantic import Field
from pymongo.errors import OperationFailure

from contracts.refusal import Refusal, UnknownReference, illegal_transition
from contracts.text import Text
from infra.chassis.http.app import create_app
from infra.chassis.http.auth import AUDIENCE, Anybody, Authenticator, allow
from infra.chassis.http.body import Body
from infra.chassis.http.etag import IfMatch, IfMatchRequired, check_version, etag, not_modified
from infra.chassis.http.idempotency import Idempotency, IdempotencyRequired
from infra.chassis.http.paging import Page, paged
from infra.chassis.http.principal import Principal
from infra.chassis.http.problem_types import ProblemType
from infra.chassis.http.problems import not_found
from infra.chassis.http.sse import LastEventId, SentEvent, event_stream
from infra.chassis.http.vouching import Vouching
from infra.chassis.ops.telemetry import telemetry_of
from infra.chassis.web.pages import Pages

ISSUER = "https://issuer.example"
KEY = ECKey.generate_key("P-256", {"kid": "first"})
JWKS = {"keys": [KEY.as_dict(private=False)]}
DAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def token(
    role: str = "agent", customer: str | None = None, subject: str | None = "marie", **claims: Any
) -> str:
    """A good token, but for what ``claims`` change; a claim of None is left out."""
    now = int(time.time())
    content = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "exp": now + 600,
        "role": role,
        "customer": customer,
        "sub": subject,
        **claims,
    }
    kept = {name: value for name, value in content.items() if value is not None}
    return jwt.encode({"alg": "ES256", "kid": "first"}, kept, KEY)


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class ThingState(StrEnum):
    NEW = "new"
    OLD = "old"


class Part(Body):
    sku: str
    quantity: int = Field(ge=1)


class ThingBody(Body):
    name: str = Field(min_length=1)
    amount: int = 1
    ratio: float = 1.0
    urgent: bool = False
    colour: Colour = Colour.RED
    parts: tuple[Part, ...] = ()
    happened_at: datetime | None = None
    bought_on: date | None = None


@dataclass
class Thing:
    id: str
    name: str
    customer: str
    state: str = "new"


@dataclass(frozen=True)
class Shown:
    value: Thing
    updated_at: datetime


class Logs(io.StringIO):
    """What was logged, and a way to wait for a line of it."""

    def __init__(self) -> None:
        super().__init__()
        self._wrote = asyncio.Event()

    def write(self, text: str) -> int:
        written = super().write(text)
        self._wrote.set()
        return written

    async def until(self, text: str) -> None:
        while text not in self.getvalue():
            self._wrote.clear()
            await self._wrote.wait()


@dataclass
class Shop:
    """The application and what it stored."""

    app: FastAPI
    logs: Logs
    things: dict[str, Thing] = field(default_factory=dict)
    keys: list[Any] = field(default_factory=list)
    said: asyncio.Queue[SentEvent] = field(default_factory=asyncio.Queue)
    streams_ended: asyncio.Event = field(default_factory=asyncio.Event)

    def client(self, bearer: str | None = None, **headers: str) -> httpx.AsyncClient:
        if bearer is not None:
            headers["Authorization"] = f"Bearer {bearer}"
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url="http://shop.example", headers=headers
        )


AN_ANVIL = Text("An anvil is too heavy: send a truck.", "Une enclume est trop lourde : envoyez un camion.")
OWN_PROBLEMS = {
    "too-heavy": ProblemType(409, Text("Too heavy", "Trop lourd"), Text("Carry less.", "Portez moins."))
}


def make_shop(
    *,
    requests_per_minute: int | None = None,
    authenticator: Vouching | None = None,
    routers: Sequence[APIRouter] = (),
    pages: Pages | None = None,
) -> Shop:
    logs = Logs()
    router = APIRouter()
    app = create_app(
        "shop",
        routers=[router_of(router), *routers],
        authenticator=authenticator or Authenticator(jwks=JWKS, issuer=ISSUER),
        telemetry=telemetry_of("shop", stream=logs),
        problems=OWN_PROBLEMS,
        requests_per_minute=requests_per_minute,
        pages=pages,
    )
    shop = Shop(app, logs)
    app.state.shop = shop
    return shop


def router_of(router: APIRouter) -> APIRouter:
    @router.post("/v1/things", status_code=201)
    async def make(
        request: Request,
        body: ThingBody,
        principal: Annotated[Principal, allow("tickets:open")],
        key: IdempotencyRequired,
        response: Response,
    ) -> dict[str, Any]:
        shop: Shop = request.app.state.shop
        if any(part.sku == "unknown" for part in body.parts):
            raise UnknownReference("part", "unknown")
        if any(part.sku == "anvil" for part in body.parts):
            raise Refusal("too-heavy", AN_ANVIL, kilograms=80)
        shop.keys.append(key)
        thing = Thing(f"t{len(shop.things) + 1}", body.name, principal.customer or "none")
        shop.things[thing.id] = thing
        response.headers["ETag"] = etag(1)
        return {"id": thing.id, "body": body.model_dump(mode="json")}

    @router.get("/v1/things")
    async def things(
        request: Request, page: Annotated[Page, paged(ThingState)], _: Anybody
    ) -> dict[str, Any]:
        shop: Shop = request.app.state.shop
        shown = [Shown(thing, DAY) for thing in shop.things.values()]
        return page.of(shown[: page.fetch], lambda each: each.value.id)

    @router.get("/v1/things/{id}")
    async def read(id: str, request: Request, principal: Anybody) -> Any:
        shop: Shop = request.app.state.shop
        thing = shop.things.get(id)
        if thing is None:
            raise not_found("thing", id)
        principal.require_customer(thing.customer, "thing", id)
        return not_modified(request, 1) or {"id": id}

    @router.patch("/v1/things/{id}")
    async def change(id: str, expected: IfMatchRequired, _: Anybody) -> dict[str, str]:
        check_version(3, expected)
        return {"id": id}

    @router.post("/v1/things/{id}/close")
    async def close(
        id: str, expected: IfMatch, key: Idempotency, request: Request, _: Anybody
    ) -> dict[str, Any]:
        check_version(3, expected)
        if id == "closed":
            raise illegal_transition("thing", "closed", "close", ("reopen",))
        return {"id": id, "key": None if key is None else key.hash}

    @router.get("/v1/boom")
    async def boom() -> None:
        raise RuntimeError("the password is hunter2")

    @router.get("/v1/stored")
    async def stored() -> None:
        nowhere = "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=20"
        async with pymongo.AsyncMongoClient[dict[str, Any]](nowhere) as client:
            await client.admin.command("ping")

    @router.get("/v1/stored-wrongly")
    async def stored_wrongly() -> None:
        raise OperationFailure("unknown operator: $hunter2", 2)

    @router.get("/v1/stream")
    async def stream(request: Request, after: LastEventId) -> Response:
        shop: Shop = request.app.state.shop

        async def events() -> AsyncIterator[SentEvent]:
            try:
                if after is not None:
                    yield SentEvent(str(after + 1), "resumed", "{}")
                while True:
                    yield await shop.said.get()
            finally:
                shop.streams_ended.set()

        return event_stream(request, events(), heartbeat_seconds=0.05)

    return router
