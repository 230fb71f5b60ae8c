"""Services as processes of their own, for what only a whole process can show."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from infra.local.children import tethered
from infra.local.issuer import DevelopmentIssuer
from tests.servers import RealServers, free_port

START_SECONDS = 40.0
NO_SMTP = "127.0.0.1:9"


@dataclass(frozen=True)
class Processes:
    """Running services: where each answers, which process it is, and who vouches for callers."""

    addresses: Mapping[str, str]
    pids: Mapping[str, int]
    issuer: DevelopmentIssuer
    prefix: str

    def client(self, service: str, role: str, **claims: Any) -> httpx.AsyncClient:
        token = self.issuer.token(role, subject=claims.pop("subject", f"bench-{role}"), **claims)
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.AsyncClient(base_url=self.addresses[service], headers=headers, timeout=30)


@asynccontextmanager
async def running(
    servers: RealServers,
    prefix: str,
    modules: Mapping[str, str],
    log: Path | None = None,
    smtp: str = NO_SMTP,
) -> AsyncIterator[Processes]:
    """Start ``python -m MODULE`` for each name and wait until each is ready."""
    with tempfile.TemporaryDirectory() as folder:
        issuer = DevelopmentIssuer(Path(folder), profile="development")
        ports = {name: free_port() for name in modules}
        output = (log or Path(folder) / "services.log").open("ab")
        children = {
            name: subprocess.Popen(  # noqa: ASYNC220 - spawned once, before anything is measured
                tethered([sys.executable, "-m", module]),
                env={**_environment(servers, issuer, prefix, ports[name]), "ASTREINTE_SMTP": smtp},
                stdout=output,
                stderr=output,
            )
            for name, module in modules.items()
        }
        try:
            addresses = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
            await asyncio.gather(*(_ready(address) for address in addresses.values()))
            pids = {name: child.pid for name, child in children.items()}
            yield Processes(addresses, pids, issuer, prefix)
        finally:
            for child in children.values():
                child.terminate()
            for child in children.values():
                child.wait(15)
            output.close()


def _environment(servers: RealServers, issuer: DevelopmentIssuer, prefix: str, port: int) -> dict[str, str]:
    return {
        **os.environ,
        "ASTREINTE_PROFILE": "development",
        "ASTREINTE_KAFKA": servers.kafka,
        "ASTREINTE_MONGODB": servers.mongodb,
        "ASTREINTE_HOST": "127.0.0.1",
        "ASTREINTE_PORT": str(port),
        "ASTREINTE_ISSUER": issuer.name,
        "ASTREINTE_JWKS": json.dumps(issuer.jwks),
        "ASTREINTE_DATABASE_PREFIX": prefix,
        "ASTREINTE_GROUP_PREFIX": prefix,
        "ASTREINTE_REQUESTS_PER_MINUTE": "0",
        "ASTREINTE_LOG_LEVEL": "WARNING",
    }


async def _ready(address: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    async with httpx.AsyncClient() as client:
        while time.monotonic() < deadline:
            try:
                if (await client.get(f"{address}/ready")).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.05)
    raise SystemExit(f"{address} did not get ready in {START_SECONDS:.0f} s")
