"""From a service's parts to the ASGI application that runs it."""

import asyncio
import json
import logging
import signal
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Request
from opentelemetry.trace import SpanKind

from contracts.envelope import Envelope
from contracts.notify.states import ApiKeyChanged
from infra.chassis.clock import Clock
from infra.chassis.ending import end
from infra.chassis.events.deciding import SpanOf, carried, cause_of
from infra.chassis.http.api_key_uses import KeyUse, Noting
from infra.chassis.http.api_keys import Keyring, KnownKey
from infra.chassis.http.app import create_app
from infra.chassis.http.auth import DEVELOPMENT_ISSUER, Authenticator
from infra.chassis.http.call import call_of
from infra.chassis.http.issuer_keys import keys_of_issuer
from infra.chassis.http.problem_types import ProblemType
from infra.chassis.http.serving import server_of
from infra.chassis.http.tenants import Tenant
from infra.chassis.http.vouching import Authenticators, Vouching
from infra.chassis.ops.health import Checks
from infra.chassis.ops.logs import take_library_logs
from infra.chassis.ops.telemetry import Telemetry, telemetry_of
from infra.chassis.ops.watching import Watch
from infra.chassis.runtime import Parts, Runtime, Service
from infra.chassis.settings import Settings, SettingsError
from infra.chassis.store.audit import AuditEntries
from infra.chassis.store.collection import Kind
from infra.chassis.store.mongo import takes_requests
from infra.chassis.store.unit import Cause
from infra.chassis.web.pages import Pages


async def _runtime(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


async def _cause(request: Request) -> Cause:
    call = call_of(request)
    actor = call.principal.actor if call.principal else "anonymous"
    return Cause(actor=actor, correlation_id=call.correlation_id, traceparent=call.traceparent)


Run = Annotated[Runtime, Depends(_runtime)]
"""The running service, in a route."""

Caused = Annotated[Cause, Depends(_cause)]
"""Who asks and in what trace, for the events that the request leads to."""


def service_app(
    service: Service,
    settings: Settings,
    *,
    clock: Clock,
    mongo: str,
    kafka: str,
    routers: Sequence[APIRouter],
    problems: Mapping[str, ProblemType] | None = None,
    streamed: Mapping[str, int] | None = None,
    figures: Callable[[], Mapping[str, Any]] | None = None,
    pages: Pages | None = None,
    telemetry: Telemetry | None = None,
    parts: Parts | None = None,
    runtime_type: type[Runtime] = Runtime,
) -> FastAPI:
    """The service as an ASGI application whose lifespan starts and stops everything it runs.

    ``app.state.runtime`` is the running service. Nothing is shared with other services of the same
    process but what is passed in. ``figures`` are the service's own on /health.
    """
    if service.audited:
        collections = (*service.collections, AuditEntries)
        service = replace(service, collections=collections, audit_days=settings.audit_days)
    telemetry = telemetry or telemetry_of(
        service.name, level=logging.getLevelName(settings.log_level), collector=settings.traces
    )
    runtime = runtime_type(
        service,
        clock=clock,
        mongo=mongo,
        kafka=kafka,
        database_name=f"{settings.database_prefix}_{service.name}",
        group=f"{settings.group_prefix}.{service.name}",
        instance=settings.instance,
        log=telemetry.log,
        span=traced(telemetry),
        metrics=telemetry.metrics,
        tracing=telemetry.tracing,
        parts=parts,
    )

    watch = Watch(runtime, telemetry.metrics, telemetry.log)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await runtime.start()
        watching = asyncio.create_task(watch.run())
        try:
            yield
        finally:
            await end([watching], within=1)
            await runtime.stop()
            await telemetry.end()

    app = create_app(
        service.name,
        routers=routers,
        authenticator=authenticator_of(settings, telemetry, keyring_of(runtime)),
        telemetry=telemetry,
        lifespan=lifespan,
        checks=_checks(runtime, watch, figures),
        problems=problems,
        streamed=streamed,
        pages=pages,
        requests_per_minute=settings.requests_per_minute,
    )
    app.state.runtime = runtime
    return app


def tenants_of(settings: Settings) -> tuple[Tenant, ...]:
    """The providers whose people may come in; in the development profile our own issuer, by default."""
    if settings.tenants:
        return settings.tenants
    issuer = settings.issuer or (DEVELOPMENT_ISSUER if settings.profile == "development" else "")
    if not issuer:
        raise SettingsError("ASTREINTE_ISSUER is not set: give the address of your OpenID Connect issuer")
    jwks: Any = settings.jwks
    if jwks.startswith("{"):
        jwks = json.loads(jwks)
    elif not jwks and issuer == DEVELOPMENT_ISSUER:
        raise SettingsError("ASTREINTE_JWKS is not set: the development issuer prints its key set at /issuer")
    extra = settings.extra
    client, at = extra.get("SIGN_IN_CLIENT", "astreinte"), extra.get("SIGN_IN", issuer)
    return (Tenant(issuer, jwks, settings.audience, client=client, at=at),)


def keyring_of(runtime: Runtime) -> Keyring | None:
    """What knows customers' keys: the service's own or its copy of them; None where it has neither."""
    of_keys = (copy for copy in runtime.service.copies if copy.model is ApiKeyChanged)
    own = (kind for kind in runtime.service.collections if kind.published is ApiKeyChanged)
    known: list[Kind[Any]] = [*of_keys, *own]
    if not known:
        return None
    [keys] = known

    async def find(digest: str) -> KnownKey | None:
        found = await runtime.find(keys, {"digest": digest}, limit=1)
        return found[0].value if found else None

    uses = next((kind for kind in runtime.service.collections if kind.aggregate is KeyUse), None)
    return Keyring(find) if uses is None else Keyring(find, used=Noting(runtime, uses).used)


def authenticator_of(settings: Settings, telemetry: Telemetry, keys: Keyring | None = None) -> Vouching:
    """Who vouches for callers: each provider for its own people."""
    each_for_its_own = [
        Authenticator(
            jwks=tenant.jwks or keys_of_issuer(tenant.issuer),
            issuer=tenant.issuer,
            audience=tenant.audience,
            tenant=tenant,
            profile=settings.profile,
            log=telemetry.log,
        )
        for tenant in tenants_of(settings)
    ]
    return Authenticators(each_for_its_own, link_key=settings.link_key, keys=keys, log=telemetry.log)


def traced(telemetry: Telemetry) -> SpanOf:
    """An event is handled in a span below the one that it was told in."""

    open_span = telemetry.tracing.span

    @contextmanager
    def span(envelope: Envelope) -> Iterator[Cause]:
        with (
            open_span(envelope.type, envelope.traceparent, kind=SpanKind.CONSUMER) as traceparent,
            carried(cause_of(envelope, traceparent)) as cause,
        ):
            yield cause

    return span


def _checks(runtime: Runtime, watch: Watch, own: Callable[[], Mapping[str, Any]] | None = None) -> Checks:
    async def turns() -> bool:
        return watch.progresses and not runtime.consumer.stuck

    async def prepared() -> bool:
        return runtime.prepared.is_set()

    async def database() -> bool:
        return await takes_requests(runtime.client)

    async def figures() -> Mapping[str, Any]:
        return {**await watch.look(), **(own() if own is not None else {})}

    return Checks(
        live={"consumer": turns}, ready={"indexes": prepared, "database": database}, figures=figures
    )


def run_alone(build: Callable[..., FastAPI], settings_type: type[Settings], clock: Clock) -> None:
    """``python -m services.<name>``: one service on the addresses of its environment, until SIGTERM."""
    try:
        settings = settings_type.from_environment()
        app = build(settings, clock=clock, mongo=settings.mongodb, kafka=settings.kafka)
    except SettingsError as error:
        raise SystemExit(f"astreinte: {error}") from error
    take_library_logs(app.state.runtime.service.name)
    server = server_of(app, host=settings.host, port=settings.port, grace_seconds=4)
    # uvicorn stops in order and then raises the signal again: that is the end, not a failure.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        server.run()
