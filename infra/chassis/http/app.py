"""What every service's HTTP application has in common.

A service's router, whole::

    router = APIRouter()

    class OpenTicketBody(Body):
        kind: TicketKind
        summary: Summary
        sites: tuple[Id, ...] = Field(min_length=1)
        occurred_at: datetime | None = None

    @router.post("/v1/tickets", status_code=201)
    async def open_ticket(
        body: OpenTicketBody,
        principal: Annotated[Principal, allow("tickets:open")],
        key: IdempotencyRequired,
        run: Run,
        response: Response,
    ) -> dict[str, Any]:
        created = await run.create(lambda id: OpenTicket(id=id, …), cause_of(principal), key)
        ticket = await run.read(Tickets, created.id)
        response.headers["Location"] = f"/v1/tickets/{created.id}"
        response.headers["ETag"] = etag(ticket.version)
        return shaped(ticket)

    @router.get("/v1/tickets/{id}")
    async def read_ticket(
        id: Id, principal: Annotated[Principal, allow("tickets:read")], run: Run, request: Request
    ) -> Any:
        kept = await run.read(Tickets, id)
        if kept is None:
            raise not_found("ticket", id)
        principal.require_customer(kept.value.customer_id, "ticket", id)
        return not_modified(request, kept.version) or shaped(kept)

    @router.get("/v1/tickets")
    async def list_tickets(
        page: Paged, principal: Annotated[Principal, allow("tickets:read")], run: Run
    ) -> dict[str, Any]:
        query = page.filter(principal.customer_filter())
        return page.of(await run.find(Tickets, query, sort=page.sort, limit=page.fetch), shaped)
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pymongo.errors import PyMongoError
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.routing import Match

from contracts.refusal import Refusal
from infra.chassis.http.call import call_of
from infra.chassis.http.describing import problems_router
from infra.chassis.http.edge import Edge, Refused
from infra.chassis.http.openapi import describe
from infra.chassis.http.problem_types import ProblemType
from infra.chassis.http.problems import (
    Problem,
    Renderer,
    method_not_allowed,
    of_http_exception,
    of_refusal,
    of_validation_error,
)
from infra.chassis.http.rate import RateLimit
from infra.chassis.http.vouching import Vouching
from infra.chassis.ops.health import Checks, health_router
from infra.chassis.ops.telemetry import Telemetry
from infra.chassis.store.jobs import Unavailable, is_away
from infra.chassis.web.pages import Pages

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_app(
    service: str,
    *,
    routers: Sequence[APIRouter],
    authenticator: Vouching,
    telemetry: Telemetry,
    lifespan: Lifespan | None = None,
    checks: Checks | None = None,
    problems: Mapping[str, ProblemType] | None = None,
    requests_per_minute: int | None = 600,
    forms: Sequence[str] = (),
    streamed: Mapping[str, int] | None = None,
    pages: Pages | None = None,
    version: str = "1",
) -> FastAPI:
    """The application of one service: its routes behind everything that holds for all of them.

    ``problems`` are the types that the service's own rules raise (slug → type), ``forms`` the paths
    that read something else than JSON, ``streamed`` those whose routes read the body themselves as it
    comes (path → the most bytes that it may have), ``pages`` what people open; ``None`` requests a minute
    means no limit. OpenAPI is at
    ``/v1/openapi/<service>.json``; there is no page for it here.
    """
    renderer = Renderer(problems)
    refusal = _refusing(renderer, pages)
    app = FastAPI(
        title=f"Astreinte: {service}",
        version=version,
        openapi_url=f"/v1/openapi/{service}.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
    )
    app.state.problem_types = renderer.types
    app.state.authenticator = authenticator
    app.state.closing = asyncio.Event()
    app.add_middleware(
        Edge,
        authenticator=authenticator,
        refusal=refusal,
        of_pages=pages.owns if pages is not None else lambda _: False,
        telemetry=telemetry,
        rate=None if requests_per_minute is None else RateLimit(requests_per_minute),
        forms=frozenset(forms),
        streamed=streamed or {},
        paths=[getattr(route, "path", "") for router in routers for route in router.routes],
    )
    _tell_failures(app, refusal)
    for router in (
        *routers,
        health_router(service, checks or Checks(), telemetry.metrics),
        problems_router(renderer.types),
        *((pages.router,) if pages is not None else ()),
    ):
        app.include_router(router)
    describe(app)
    return app


def _refusing(renderer: Renderer, pages: Pages | None) -> Refused:
    def refusal(request: HTTPConnection, problem: Problem) -> Response:
        call = call_of(request)
        if pages is not None and pages.owns(call.path):
            return pages.refused(request, problem, renderer)
        return renderer.render(
            problem, language=call.language, instance=call.path, correlation_id=call.correlation_id
        )

    return refusal


def _tell_failures(app: FastAPI, refusal: Refused) -> None:
    def told(of: Callable[[Any], Problem]) -> Any:
        async def handler(request: Request, error: Exception) -> Response:
            problem = of(error)
            if problem.slug == "method-not-allowed":
                problem = method_not_allowed(_methods(app, request))
            return refusal(request, problem)

        return handler

    def of_database(error: Exception) -> Problem:
        if is_away(error):
            return of_refusal(Unavailable())
        raise error

    app.add_exception_handler(Problem, told(lambda problem: problem))
    app.add_exception_handler(PyMongoError, told(of_database))
    app.add_exception_handler(Refusal, told(of_refusal))
    app.add_exception_handler(HTTPException, told(of_http_exception))
    app.add_exception_handler(RequestValidationError, told(of_validation_error))


def _methods(app: FastAPI, request: Request) -> list[str]:
    """Every method of the address: the framework names those of the first route only."""
    return [
        method
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        if any(
            route.matches({**request.scope, "method": method})[0] is Match.FULL for route in app.router.routes
        )
    ]
