"""From a process's start to its ``/ready``, each service alone on servers that know it already; and from
`astreinte up` to everything ready, on a folder that was filled before.

The floor is a process that imports the same packages of others and ends: no start can be shorter. The bare
service is what connecting takes on top of that.
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

from tests.benchmarks import reference
from tests.benchmarks.figures import Figure
from tests.benchmarks.processes import running
from tests.flows.platform import up
from tests.servers import RealServers

SERVICES = ("ticket", "dispatch", "inventory", "notify")
TIMES = 3
IMPORTS = (
    "import aiokafka, faststream.kafka, fastapi, holidays, httpx, joserfc.jwt, limits, "
    "opentelemetry.sdk.trace, prometheus_client, pymongo, uvicorn"
)


async def measure(servers: RealServers) -> list[Figure]:
    """Seconds, the best of three, beside the imports."""
    floor = min([await asyncio.to_thread(_imports) for _ in range(TIMES)])
    figures = []
    modules = {"bare": "tests.benchmarks.bare_service", **{name: f"services.{name}" for name in SERVICES}}
    for name, module in modules.items():
        prefix = reference.prefix()
        # The first start makes indexes, and the interpreter's caches; it is not counted.
        seconds = [await _ready_after(servers, prefix, name, module) for _ in range(TIMES + 1)]
        figures.append(Figure(f"start-{name}", min(seconds[1:]), "s", "imports", floor, "at most 3 x"))
    again = min([seconds async for seconds in _up_again()])
    return [*figures, Figure("start-everything", again, "s", "imports", floor, "at most 10 s")]


async def _up_again() -> AsyncIterator[float]:
    with tempfile.TemporaryDirectory() as folder:
        async with up(Path(folder), arguments=("--sample", "firm")):
            pass
        for _ in range(TIMES):
            async with up(Path(folder)) as platform:
                yield platform.ready_after


def _imports() -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", IMPORTS], check=True)
    return time.perf_counter() - begun


async def _ready_after(servers: RealServers, prefix: str, name: str, module: str) -> float:
    begun = time.perf_counter()
    async with running(servers, prefix, {name: module}):
        return time.perf_counter() - begun
