"""What one ticket takes from the processor, by process, and what each process holds in memory.

The floor is one bare process (bare_service.py) that writes and tells each of a ticket's requests: what the
requests alone cost, without anybody acting on them.
"""

import asyncio
import json
import secrets
from collections.abc import Mapping

from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from tests.benchmarks import bare_service, reference
from tests.benchmarks.chain import AT_ONCE, REQUESTS, SERVICES, chain
from tests.benchmarks.figures import Figure
from tests.benchmarks.load import Connection, post
from tests.benchmarks.processes import Processes, running
from tests.benchmarks.usage import MEGABYTE, cpu_seconds, server_processes
from tests.servers import RealServers, resident

WARM, TICKETS = 60, 200
PARTITIONS = 12


async def measure(servers: RealServers) -> list[Figure]:
    """Megabytes at rest and right after the load; milliseconds of user and system time a ticket."""
    around = server_processes(servers)
    async with running(
        servers, await _topic(servers), {"bare": "tests.benchmarks.bare_service"}
    ) as processes:
        bare_idle = resident(processes.pids["bare"]) / MEGABYTE
        await _requests(processes, WARM)
        before = _spent({**processes.pids, **around})
        await _requests(processes, TICKETS)
        floor = _a_ticket(before, {**processes.pids, **around})
        bare_loaded = resident(processes.pids["bare"]) / MEGABYTE
    async with chain(servers) as given:
        pids = given.processes.pids
        idle = {name: resident(pids[name]) / MEGABYTE for name in SERVICES}
        await given.live(tickets=WARM)
        before = _spent({**pids, **around})
        await given.live(tickets=TICKETS)
        ours = _a_ticket(before, {**pids, **around})
        loaded = {name: resident(pids[name]) / MEGABYTE for name in SERVICES}
    memory = [
        Figure(f"memory-{when}-{name}", held[name], "MB", f"bare {when}", bare, "at most 2 x")
        for when, held, bare in (("idle", idle, bare_idle), ("loaded", loaded, bare_loaded))
        for name in SERVICES
    ]
    cpu = [Figure(f"cpu-{name}", ours[name], "ms/ticket", "bare", floor["bare"], "") for name in SERVICES]
    whole = sum(ours[name] for name in SERVICES)
    cpu.append(Figure("cpu-services", whole, "ms/ticket", "bare", floor["bare"], ""))
    cpu += [
        Figure(f"cpu-{each.lower()}", ours[each], "ms/ticket", "bare", floor[each], "") for each in around
    ]
    return memory + cpu


def _spent(pids: Mapping[str, int]) -> Mapping[str, float]:
    return {name: cpu_seconds(pid) for name, pid in pids.items()}


def _a_ticket(before: Mapping[str, float], pids: Mapping[str, int]) -> Mapping[str, float]:
    return {name: (now - before[name]) * 1000 / TICKETS for name, now in _spent(pids).items()}


async def _topic(servers: RealServers) -> str:
    admin = AIOKafkaAdminClient(bootstrap_servers=servers.kafka)
    await admin.start()
    await admin.create_topics([NewTopic(bare_service.TOPIC, PARTITIONS, 1)])
    await admin.close()
    return reference.prefix()


async def _requests(processes: Processes, tickets: int) -> None:
    """As many requests as so many tickets take, as many at once."""
    body = json.dumps(reference.ticket(1)).encode()
    left = iter(range(tickets * REQUESTS))

    async def worker() -> None:
        connection = await Connection.open(processes.addresses["bare"])
        for _ in left:
            status = await connection.send(post("/v1/bare", "", body, secrets.token_hex(8)))
            if status != 201:
                raise SystemExit(f"the benchmark needs 201s only and got {status}")
        connection.close()

    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
