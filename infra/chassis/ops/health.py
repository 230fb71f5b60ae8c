"""/live, /ready, /health and /metrics of one service, from checks that are given."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from infra.chassis.ops.metrics import CONTENT_TYPE, Metrics

CHECK_SECONDS = 2.0

Check = Callable[[], Awaitable[bool]]
Figures = Callable[[], Awaitable[Mapping[str, Any]]]


async def _no_figures() -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class Checks:
    """What is asked. A check that raises or takes more than ``seconds`` counts as failed.

    ``live`` failing means: restart me. ``ready`` failing: send nobody here for now; the broker is
    never part of it, for intake goes on without. ``figures`` (lag, outbox age, …) only inform.
    """

    live: Mapping[str, Check] = field(default_factory=dict)
    ready: Mapping[str, Check] = field(default_factory=dict)
    figures: Figures = _no_figures
    seconds: float = CHECK_SECONDS


def health_router(service: str, checks: Checks, metrics: Metrics) -> APIRouter:
    """The four routes; outside authentication, outside OpenAPI."""
    router = APIRouter(include_in_schema=False)

    @router.get("/live")
    async def live() -> Response:
        return _answer(service, await _ask(checks.live, checks.seconds))

    @router.get("/ready")
    async def ready() -> Response:
        return _answer(service, await _ask(checks.ready, checks.seconds))

    @router.get("/health")
    async def health() -> Response:
        live, ready = await _ask(checks.live, checks.seconds), await _ask(checks.ready, checks.seconds)
        try:
            figures = await asyncio.wait_for(checks.figures(), checks.seconds)
        except Exception as error:
            figures = {"error": str(error) or type(error).__name__}
        return _answer(service, {**live, **ready}, figures)

    @router.get("/metrics")
    async def exposition() -> Response:
        return Response(metrics.exposition(), headers={"content-type": CONTENT_TYPE})

    return router


async def _ask(checks: Mapping[str, Check], seconds: float) -> dict[str, bool]:
    answers = await asyncio.gather(*(_passes(check, seconds) for check in checks.values()))
    return dict(zip(checks, answers, strict=True))


async def _passes(check: Check, seconds: float) -> bool:
    try:
        return await asyncio.wait_for(check(), seconds)
    except Exception:
        return False


def _answer(service: str, checks: dict[str, bool], figures: Mapping[str, Any] | None = None) -> Response:
    good = all(checks.values())
    body: dict[str, Any] = {"service": service, "status": "ok" if good else "failing", "checks": checks}
    if figures is not None:
        body["figures"] = dict(figures)
    headers = {"Cache-Control": "no-store"} if good else {"Cache-Control": "no-store", "Retry-After": "2"}
    return JSONResponse(body, 200 if good else 503, headers)
