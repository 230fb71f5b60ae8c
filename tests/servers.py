"""A real Kafka and a real MongoDB for the tests: the embedded ones, or containers."""

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pymongo
import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from pymongo.errors import PyMongoError

from infra.chassis.store.mongo import TRANSACTION_SECONDS
from infra.local.stack import LocalStack, Servers

KAFKA_IMAGE = "apache/kafka:4.3.1"
MONGODB_IMAGE = "mongo:7.0"
MONGOD = f"--replSet rs0 --setParameter transactionLifetimeLimitSeconds={TRANSACTION_SECONDS}"

BROKER_SETTINGS = {"group.min.session.timeout.ms": "1000", "auto.create.topics.enable": "true"}
"""A test's consumer may be given up after a second; and somebody's own Kafka makes any topic that it is asked
about, unless it is asked not to."""

BACKENDS = ("embedded", "containers")


class RealServers(Protocol):
    """What tests may do with either backend. Killing is SIGKILL; who kills starts again before he returns."""

    kafka: str
    mongodb: str

    async def kill_kafka(self, *numbers: int) -> None: ...
    async def start_kafka(self, *numbers: int) -> None: ...
    async def kill_mongo(self) -> None: ...
    async def start_mongo(self) -> None: ...


@asynccontextmanager
async def started(backend: str, folder: Path) -> AsyncIterator[RealServers]:
    """Either backend, on free ports of this machine, gone afterwards."""
    if backend == "containers":
        async with containers() as given:
            yield given
    else:
        async with embedded(folder) as ours:
            yield ours


@asynccontextmanager
async def embedded(folder: Path, brokers: int = 1) -> AsyncIterator[Servers]:
    # The environment's own addresses are somebody's data: tests never touch them.
    async with LocalStack(folder, brokers=brokers, kafka_settings=BROKER_SETTINGS, environment={}) as servers:
        yield servers


def no_engine() -> str | None:
    """Why containers cannot be used here; None when an engine answers."""
    import docker
    from docker.errors import DockerException

    try:
        docker.from_env(timeout=5).ping()
    except DockerException as error:
        return f"no container engine answers: {error}"
    return None


@dataclass
class Containers:
    """Official images; addresses stay what they are when a container is killed and started again."""

    kafka: str
    mongodb: str
    broker: Any
    database: Any

    async def kill_kafka(self, *numbers: int) -> None:
        await asyncio.to_thread(self.broker.get_wrapped_container().kill)

    async def start_kafka(self, *numbers: int) -> None:
        await asyncio.to_thread(self.broker.get_wrapped_container().start)
        await until(lambda: kafka_answers(self.kafka), within=60)

    async def kill_mongo(self) -> None:
        await asyncio.to_thread(self.database.get_wrapped_container().kill)

    async def start_mongo(self) -> None:
        await asyncio.to_thread(self.database.get_wrapped_container().start)
        await until(lambda: takes_writes(self.mongodb), within=60)


@asynccontextmanager
async def containers() -> AsyncIterator[Containers]:
    if why := no_engine():
        pytest.skip(why)
    # Its reaper is one more image; what is started here is stopped here.
    os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")
    from testcontainers.core.container import DockerContainer

    kafka_port, mongodb_port = free_port(), free_port()
    broker = DockerContainer(KAFKA_IMAGE).with_bind_ports(kafka_port, kafka_port)
    for name, value in _kafka_environment(kafka_port).items():
        broker.with_env(f"KAFKA_{name}", value)
    database = DockerContainer(MONGODB_IMAGE).with_bind_ports(27017, mongodb_port).with_command(MONGOD)
    url = f"mongodb://127.0.0.1:{mongodb_port}/?directConnection=true"
    given = Containers(f"127.0.0.1:{kafka_port}", url, broker, database)
    try:
        await asyncio.gather(asyncio.to_thread(broker.start), asyncio.to_thread(database.start))
        await until(lambda: takes_writes(url), within=60)
        await until(lambda: kafka_answers(given.kafka), within=90)
        yield given
    finally:
        await asyncio.gather(asyncio.to_thread(broker.stop), asyncio.to_thread(database.stop))


async def until(holds: Callable[[], Any], *, within: float, every: float = 0.1) -> None:
    """Wait until the coroutine that `holds` makes says yes. Fails the test after `within` seconds."""
    deadline = time.monotonic() + within
    while not await holds():
        if time.monotonic() > deadline:
            pytest.fail(f"waited {within} s in vain")
        await asyncio.sleep(every)


async def kafka_answers(bootstrap: str) -> bool:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=2000)
    try:
        await admin.start()
        return bool((await admin.describe_cluster())["brokers"])
    except (KafkaError, OSError):
        return False
    finally:
        await admin.close()


async def takes_writes(url: str) -> bool:
    """True for a primary; a replica set that was never initiated is, here."""
    async with pymongo.AsyncMongoClient[dict[str, Any]](url, serverSelectionTimeoutMS=1000) as client:
        try:
            hello = await client.admin.command("hello")
            if hello.get("isreplicaset"):
                members = [{"_id": 0, "host": "localhost:27017"}]
                await client.admin.command("replSetInitiate", {"_id": "rs0", "members": members})
        except PyMongoError:
            return False
        return bool(hello["isWritablePrimary"])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def chosen_backend() -> str:
    backend = os.environ.get("ASTREINTE_TEST_BACKEND", "embedded")
    if backend not in BACKENDS:
        raise pytest.UsageError(f"ASTREINTE_TEST_BACKEND is one of {', '.join(BACKENDS)}, not {backend}")
    return backend


def _kafka_environment(port: int) -> dict[str, str]:
    return {
        "NODE_ID": "1",
        "PROCESS_ROLES": "broker,controller",
        "CONTROLLER_QUORUM_VOTERS": "1@localhost:9094",
        "LISTENERS": f"HOST://:{port},BROKER://:9093,CONTROLLER://:9094",
        "ADVERTISED_LISTENERS": f"HOST://127.0.0.1:{port},BROKER://localhost:9093",
        "CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "LISTENER_SECURITY_PROTOCOL_MAP": "HOST:PLAINTEXT,BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "INTER_BROKER_LISTENER_NAME": "BROKER",
        "OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
        "TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
        "TRANSACTION_STATE_LOG_MIN_ISR": "1",
        "GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
        "AUTO_CREATE_TOPICS_ENABLE": BROKER_SETTINGS["auto.create.topics.enable"],
        "GROUP_MIN_SESSION_TIMEOUT_MS": BROKER_SETTINGS["group.min.session.timeout.ms"],
    }


def resident(pid: int) -> int:
    """Bytes that a process holds now; 0 when there is none."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
