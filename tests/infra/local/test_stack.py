"""What the embedded stack promises: nothing left behind, nothing lost, one clear sentence when it cannot."""

import asyncio
import json
import os
import signal
import socket
import sys
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymongo
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from infra.local.errors import StackError
from infra.local.folder import VERSION, DataFolder
from infra.local.stack import LocalStack
from tests.servers import RealServers, embedded, kafka_answers, until

ROOT = Path(__file__).parents[3]


pytestmark = [pytest.mark.in_turn, pytest.mark.servers]


@dataclass(frozen=True)
class Holder:
    process: Process
    kafka: str
    mongodb: str
    pids: dict[str, int]


@asynccontextmanager
async def holding(folder: Path) -> AsyncIterator[Holder]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.infra.local.holder",
        str(folder),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    try:
        line = await asyncio.wait_for(process.stdout.readline(), 60)
        yield Holder(process, **json.loads(line))
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def write(kafka: str, mongodb: str) -> None:
    await make_topic(kafka, "kept")
    async with AIOKafkaProducer(bootstrap_servers=kafka, enable_idempotence=True) as producer:
        await producer.send_and_wait("kept", b"record")
    async with pymongo.AsyncMongoClient[dict[str, Any]](mongodb) as client:
        await client.kept.things.with_options(
            write_concern=pymongo.WriteConcern("majority", j=True)
        ).insert_one({"_id": "document"})


async def make_topic(kafka: str, name: str, copies: int = 1) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=copies)])
    finally:
        await admin.close()


async def records(kafka: str) -> list[bytes | None]:
    partition = TopicPartition("kept", 0)
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka)
    await consumer.start()
    try:
        consumer.assign([partition])
        await consumer.seek_to_beginning(partition)
        end = (await consumer.end_offsets([partition]))[partition]
        return [(await asyncio.wait_for(consumer.getone(), 20)).value for _ in range(end)]
    finally:
        await consumer.stop()


async def documents(mongodb: str) -> list[dict[str, Any]]:
    async with pymongo.AsyncMongoClient[dict[str, Any]](mongodb) as client:
        return await client.kept.things.find().to_list()


def alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


async def gone(pid: int, *, within: float = 20) -> float:
    """When it was seen to be gone."""

    async def is_gone() -> bool:
        return not alive(pid)

    await until(is_gone, within=within, every=0.01)
    return time.monotonic()


async def test_sigterm_stops_kafka_then_mongodb_and_the_next_start_finds_everything(tmp_path: Path) -> None:
    folder = tmp_path / "dossier privé de Zoé"  # as a home folder may well be called
    async with holding(folder) as first:
        await write(first.kafka, first.mongodb)
        told_at = time.monotonic()
        first.process.send_signal(signal.SIGTERM)
        kafka_gone, mongodb_gone = await asyncio.gather(
            gone(first.pids["Kafka"]), gone(first.pids["MongoDB"])
        )
        assert await asyncio.wait_for(first.process.wait(), 20) == 0
        assert kafka_gone < mongodb_gone
        assert time.monotonic() - told_at < 20
    async with LocalStack(folder, environment={}) as second:
        assert (second.kafka, second.mongodb) == (first.kafka, first.mongodb)
        assert await records(second.kafka) == [b"record"]
        assert await documents(second.mongodb) == [{"_id": "document"}]


async def test_a_parent_killed_with_9_leaves_no_server_and_loses_nothing(tmp_path: Path) -> None:
    async with holding(tmp_path) as first:
        await write(first.kafka, first.mongodb)
        first.process.kill()
        await asyncio.gather(*(gone(pid, within=5) for pid in first.pids.values()))
    async with LocalStack(tmp_path, environment={}) as second:
        assert await records(second.kafka) == [b"record"]
        assert await documents(second.mongodb) == [{"_id": "document"}]


async def test_three_brokers_serve_on_when_one_is_killed_and_take_it_back(tmp_path: Path) -> None:
    async with embedded(tmp_path, brokers=3) as servers:
        await make_topic(servers.kafka, "kept", copies=3)
        async with AIOKafkaProducer(bootstrap_servers=servers.kafka, acks="all") as producer:
            await producer.send_and_wait("kept", b"three")
            await servers.kill_kafka(1)
            await producer.send_and_wait("kept", b"two")
            await servers.start_kafka(1)
            await producer.send_and_wait("kept", b"three again")
        assert await records(servers.kafka) == [b"three", b"two", b"three again"]


async def test_a_folder_of_one_broker_is_not_started_with_three(tmp_path: Path, servers: RealServers) -> None:
    (tmp_path / "kafka" / "1").mkdir(parents=True)
    with pytest.raises(StackError, match="are of 1 broker; start with --brokers 1"):
        async with LocalStack(tmp_path, brokers=3, environment={"ASTREINTE_MONGODB": servers.mongodb}):
            pass


async def test_a_server_that_ends_by_itself_is_told(tmp_path: Path, servers: RealServers) -> None:
    async with LocalStack(tmp_path, environment={"ASTREINTE_KAFKA": servers.kafka}) as ours:
        [mongod] = ours.children
        os.kill(mongod.pid, signal.SIGKILL)
        failure = await asyncio.wait_for(ours.failure(), 5)
        assert "MongoDB stopped by itself: it was killed" in str(failure)


async def test_a_start_that_is_given_up_leaves_no_server(tmp_path: Path) -> None:
    stack = LocalStack(tmp_path, environment={})
    starting = asyncio.create_task(stack.__aenter__())

    async def launched() -> bool:
        return bool(stack.children)

    await until(launched, within=20, every=0.01)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert not any(child.running for child in stack.children)
    DataFolder(tmp_path).open()


async def test_data_of_a_newer_version_are_refused(tmp_path: Path) -> None:
    (tmp_path / "version").write_text("2\n")
    with pytest.raises(
        StackError, match=r"written by a newer Astreinte .data version 2, this one knows up to 1"
    ):
        async with LocalStack(tmp_path, environment={}):
            pass
    assert not (tmp_path / "kafka").exists()


class ReadsAnything(DataFolder):
    """A fault: what wrote the folder does not matter."""

    def _check_version(self) -> None:
        pass


@pytest.mark.parametrize(
    "folder",
    [
        pytest.param(DataFolder, id="sound"),
        pytest.param(
            ReadsAnything,
            id="fault-reads-anything",
            marks=pytest.mark.xfail(raises=pytest.fail.Exception, strict=True),
        ),
    ],
)
def test_a_folder_says_what_wrote_it_and_is_opened_by_nothing_older(
    tmp_path: Path, folder: type[DataFolder]
) -> None:
    DataFolder(tmp_path / "old").open()
    assert (tmp_path / "old" / "version").read_text() == f"{VERSION}\n"
    (tmp_path / "version").write_text(f"{VERSION + 1}\n")
    newer = folder(tmp_path)
    with pytest.raises(StackError, match="install that version"):
        newer.open()
    assert newer.lock == -1


async def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        (tmp_path / "ports.json").write_text(json.dumps({"mongodb": port}))
        with pytest.raises(
            StackError, match=f"Port {port}, the address of mongodb in .* is taken by another"
        ):
            async with LocalStack(tmp_path, environment={}):
                pass


@pytest.mark.parametrize("text", ["", "{", "[]", '{"mongodb": "there"}'])
def test_ports_that_a_crash_cut_short_are_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "ports.json").write_text(text)
    with pytest.raises(StackError, match=r"ports\.json does not hold the servers' ports"):
        DataFolder(tmp_path).ports(["mongodb"])


async def test_a_layout_that_a_kill_cut_short_is_done_again(tmp_path: Path, servers: RealServers) -> None:
    half_done = tmp_path / "kafka" / "1" / "data"
    half_done.mkdir(parents=True)
    (half_done / "bootstrap.checkpoint").touch()
    async with LocalStack(tmp_path, environment={"ASTREINTE_MONGODB": servers.mongodb}) as ours:
        assert await kafka_answers(ours.kafka)


async def test_two_stacks_do_not_share_a_folder(tmp_path: Path) -> None:
    held = DataFolder(tmp_path)
    held.open()
    try:
        with pytest.raises(StackError, match=f"in use by another Astreinte .process {os.getpid()}"):
            async with LocalStack(tmp_path, environment={}):
                pass
    finally:
        held.close()


async def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StackError, match=r"file/data cannot be written .Not a directory"):
        async with LocalStack(tmp_path / "file" / "data", environment={}):
            pass


def test_a_disk_with_too_little_room_is_refused_before_anything_starts(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    with pytest.raises(StackError, match=r"Only \d+ MiB are free .* free some space"):
        folder.open(needed_bytes=2**60)
    folder.open()
    folder.close()


async def test_addresses_in_the_environment_replace_the_embedded_servers(
    tmp_path: Path, servers: RealServers
) -> None:
    given = {"ASTREINTE_KAFKA": servers.kafka, "ASTREINTE_MONGODB": servers.mongodb}
    async with LocalStack(tmp_path / "unused", environment=given) as ours:
        assert (ours.kafka, ours.mongodb, ours.children) == (servers.kafka, servers.mongodb, ())
        with pytest.raises(StackError, match="Kafka is not the embedded one"):
            await ours.kill_kafka()
    assert not (tmp_path / "unused").exists()


@pytest.mark.parametrize(
    ("name", "address", "says"),
    [
        ("ASTREINTE_KAFKA", "127.0.0.1:1", "No Kafka answers at 127.0.0.1:1"),
        ("ASTREINTE_MONGODB", "mongodb://me:secret@127.0.0.1:1/", "No MongoDB answers at 127.0.0.1:1"),
    ],
)
async def test_an_address_where_nothing_answers_is_named(
    tmp_path: Path, name: str, address: str, says: str
) -> None:
    with pytest.raises(StackError, match=says) as refused:
        async with LocalStack(tmp_path, environment={name: address}):
            pass
    assert "secret" not in str(refused.value)
