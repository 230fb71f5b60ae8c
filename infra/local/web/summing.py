"""One question to every service, and their answers as one."""

import asyncio
from collections.abc import Mapping

import httpx
from fastapi import APIRouter, FastAPI
from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector
from prometheus_client.exposition import generate_latest
from starlette.responses import JSONResponse, Response

from infra.chassis.http.merging import summed_metrics
from infra.chassis.ops.metrics import CONTENT_TYPE

ANSWER_SECONDS = 5.0


async def ask_all(apps: Mapping[str, FastAPI], path: str) -> dict[str, httpx.Response]:
    """What each service answers to a GET; a 503 stands for one that does not answer within 5 s."""

    async def ask(app: FastAPI) -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://local") as client:
            try:
                return await asyncio.wait_for(client.get(path), ANSWER_SECONDS)
            except TimeoutError:
                return httpx.Response(503, json={"status": "failing", "checks": {"answers": False}})

    answers = await asyncio.gather(*(ask(app) for app in apps.values()))
    return dict(zip(apps, answers, strict=True))


def sums_router(apps: Mapping[str, FastAPI]) -> APIRouter:
    """/live, /ready, /health and /metrics over all services."""
    router = APIRouter(include_in_schema=False)
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    GCCollector(registry=registry)

    async def summed(path: str) -> Response:
        answers = await ask_all(apps, path)
        good = all(answer.status_code == 200 for answer in answers.values())
        body = {
            "status": "ok" if good else "failing",
            "services": {name: answer.json() for name, answer in answers.items()},
        }
        headers = {"Cache-Control": "no-store"} if good else {"Cache-Control": "no-store", "Retry-After": "2"}
        return JSONResponse(body, 200 if good else 503, headers)

    @router.get("/live")
    async def live() -> Response:
        return await summed("/live")

    @router.get("/ready")
    async def ready() -> Response:
        return await summed("/ready")

    @router.get("/health")
    async def health() -> Response:
        return await summed("/health")

    @router.get("/metrics")
    async def metrics() -> Response:
        answers = await ask_all(apps, "/metrics")
        services = summed_metrics({name: answer.text for name, answer in answers.items()})
        return Response(services.encode() + generate_latest(registry), headers={"content-type": CONTENT_TYPE})

    return router
