"""The local origin: four services, their documents and the development tools behind one address."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, FastAPI
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from contracts.routes import owner_of
from infra.chassis.http.app import create_app
from infra.chassis.http.auth import Authenticator, allow
from infra.chassis.http.body import Body
from infra.chassis.http.merging import merged_openapi
from infra.chassis.http.principal import Principal
from infra.chassis.http.problem_types import ProblemType
from infra.chassis.ops.telemetry import Telemetry
from infra.local.issuer import DevelopmentIssuer
from infra.local.mail_sink import MailSink
from infra.local.people import STRANGERS
from infra.local.sms_sink import SmsSink
from infra.local.web.issuing import issuer_router
from infra.local.web.mail import mail_router
from infra.local.web.pages import pages_router
from infra.local.web.refusing import is_for_a_person, readable
from infra.local.web.summing import sums_router

SERVICE_STOP_SECONDS = 5.5


class ClockControl(Protocol):
    """What steps the domain clock."""

    async def read(self) -> Mapping[str, Any]:
        """``{now, quiet, next_due}``, ready for JSON."""
        ...

    async def step(self, to: datetime) -> Mapping[str, Any]:
        """Go through each due moment up to ``to``; what ``read`` gives once all is quiet."""
        ...


class StepBody(Body):
    to: datetime


class Gateway:
    """An ASGI application: each request goes to the service that ``contracts/routes.py`` names.

    Its lifespan starts the services in the order of ``apps`` and stops them all at once.
    ``state.closing`` being set ends every event stream, so that a server can stop.
    """

    def __init__(self, apps: Mapping[str, FastAPI], local: FastAPI) -> None:
        self._apps = apps
        self._local = local
        self.state = local.state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        owner = owner_of(scope["path"]) if scope["type"] == "http" else None
        app = self._apps.get(owner, self._local) if owner else self._local
        if is_for_a_person(scope):
            await readable(app, scope, receive, send)
        else:
            await app(scope, receive, send)


def gateway(
    apps: Mapping[str, FastAPI],
    *,
    authenticator: Authenticator,
    telemetry: Telemetry,
    kafka: str,
    issuer: DevelopmentIssuer | None = None,
    mail_sink: MailSink | None = None,
    sms_sink: SmsSink | None = None,
    clock_control: ClockControl | None = None,
    requests_per_minute: int | None = None,
) -> Gateway:
    """The gateway over the services' applications; what is None is not there (404).

    ``kafka`` is the address that ``/asyncapi`` tells readers to connect to.
    """

    @asynccontextmanager
    async def lifespan(local: FastAPI) -> AsyncIterator[None]:
        services = [_Life(app) for app in apps.values()]
        closing = asyncio.create_task(_close_streams(local, apps))
        try:
            for service in services:
                await service.start()
            yield
        finally:
            closing.cancel()
            await asyncio.gather(*(service.stop() for service in services))

    types: dict[str, ProblemType] = {}
    for app in apps.values():
        types.update(app.state.problem_types)
    routers = [
        sums_router(apps),
        documents_router(apps),
        pages_router(apps, kafka=kafka, mail_sink=mail_sink, sms_sink=sms_sink),
    ]
    if issuer is not None:
        routers.append(issuer_router(issuer))
    if mail_sink is not None and sms_sink is not None:
        routers.append(mail_router(mail_sink, sms_sink))
    if clock_control is not None:
        routers.append(clock_router(clock_control))
    local = create_app(
        "local",
        routers=routers,
        authenticator=authenticator,
        telemetry=telemetry,
        lifespan=lifespan,
        problems=types,
        requests_per_minute=requests_per_minute,
        forms=("/issuer/token",),
    )
    local.state.people = STRANGERS
    return Gateway(apps, local)


class _Life:
    """One service's lifespan in a task of its own, so that no service's end waits for another's."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._task: asyncio.Task[None] | None = None
        self._up = asyncio.Event()
        self._down = asyncio.Event()

    async def start(self) -> None:
        """Returns once it has started; raises what it failed with."""
        self._task = asyncio.create_task(self._live())
        up = asyncio.create_task(self._up.wait())
        await asyncio.wait((self._task, up), return_when=asyncio.FIRST_COMPLETED)
        up.cancel()
        if self._task.done():
            await self._task

    async def stop(self) -> None:
        """Ends it, by force when it takes too long."""
        self._down.set()
        if self._task is None:
            return
        _, late = await asyncio.wait((self._task,), timeout=SERVICE_STOP_SECONDS)
        for task in late:
            task.cancel()

    async def _live(self) -> None:
        async with self._app.router.lifespan_context(self._app):
            self._up.set()
            await self._down.wait()


async def _close_streams(local: FastAPI, apps: Mapping[str, FastAPI]) -> None:
    await local.state.closing.wait()
    for app in apps.values():
        app.state.closing.set()


def documents_router(apps: Mapping[str, FastAPI]) -> APIRouter:
    """/openapi.json over all services."""
    router = APIRouter(include_in_schema=False)

    @router.get("/openapi.json")
    async def openapi() -> Response:
        documents = {name: app.openapi() for name, app in apps.items()}
        return Response(
            json.dumps(merged_openapi(documents, title="Astreinte", version="1"), ensure_ascii=False),
            media_type="application/json",
        )

    return router


def clock_router(control: ClockControl) -> APIRouter:
    """/v1/clock: only an administrator steps the time of a whole platform."""
    router = APIRouter(include_in_schema=False)

    @router.get("/v1/clock")
    async def read(_: Annotated[Principal, allow("clock:read")]) -> Mapping[str, Any]:
        return await control.read()

    @router.post("/v1/clock")
    async def step(body: StepBody, _: Annotated[Principal, allow("clock:step")]) -> Mapping[str, Any]:
        return await control.step(body.to)

    return router
