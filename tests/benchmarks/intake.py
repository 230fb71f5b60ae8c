"""Tickets taken in over HTTP, beside a bare endpoint with the same models, authentication and validation."""

import asyncio
import json
import secrets

from tests.benchmarks import reference
from tests.benchmarks.figures import Figure
from tests.benchmarks.load import post, requests_per_second
from tests.benchmarks.processes import Processes, running
from tests.servers import RealServers

CONNECTIONS = 64
SECONDS = 10.0
WARM_SECONDS = 2.0
SITES = 50


async def measure(servers: RealServers) -> list[Figure]:
    """Requests a second at 64 connections, one process each, the same requests."""
    prefix = reference.prefix()
    bare = {"bare": "tests.benchmarks.bare_intake"}
    async with running(servers, prefix, bare) as processes:
        theirs = await _rate(processes, "bare")
    real = {"ticket": "services.ticket", "inventory": "services.inventory"}
    async with running(servers, prefix, real) as processes:
        await reference.write(processes, sites=SITES, technicians=0)
        await asyncio.sleep(1)
        ours = await _rate(processes, "ticket")
    return [Figure("intake-requests", ours, "requests/s", "bare endpoint", theirs, "at least 0.35 x")]


async def _rate(processes: Processes, service: str) -> float:
    token = processes.issuer.token("agent", subject="bench")
    bodies = [json.dumps(reference.ticket(site)).encode() for site in range(SITES)]
    run = secrets.token_hex(4)

    def request(number: int) -> bytes:
        return post("/v1/tickets", token, bodies[number % SITES], f"{run}-{number}")

    address = processes.addresses[service]
    await requests_per_second(address, request, connections=CONNECTIONS, seconds=WARM_SECONDS)
    run = secrets.token_hex(4)
    rate, statuses = await requests_per_second(address, request, connections=CONNECTIONS, seconds=SECONDS)
    if set(statuses) != {201}:
        raise SystemExit(f"the benchmark needs 201s only and got {statuses}")
    return rate
