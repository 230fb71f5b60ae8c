"""How the driver is opened."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pymongo.lock
import pytest
from pymongo.lock import Condition, Lock, _async_cond_wait

from infra.chassis.settings import Settings, SettingsError
from infra.chassis.store.mongo import (
    DRIVERS,
    Session,
    aggregate,
    close,
    database,
    open_client,
    open_session,
    open_snapshot,
    takes_requests,
)
from tests.chaos.servers import Replica
from tests.servers import RealServers, free_port, until

FAULT = pytest.mark.xfail(raises=AssertionError, strict=True)


@pytest.mark.parametrize(
    "before",
    [
        pytest.param("", id="sound"),
        pytest.param("import motor.motor_asyncio", id="fault-motor-first", marks=FAULT),
    ],
)
def test_motor_has_threads_for_64_commands_at_once(before: str) -> None:
    """It reads the number when it is imported, and takes five a processor where nobody gave one."""
    program = f"""
import os
os.environ.pop("MOTOR_MAX_WORKERS", None)
os.environ["ASTREINTE_MONGODB_DRIVER"] = "motor"
os.cpu_count = lambda: 2
import multiprocessing
multiprocessing.cpu_count = lambda: 2
{before}
from infra.chassis.store.mongo import open_client
open_client("mongodb://127.0.0.1:1", application="test")
from motor.frameworks.asyncio import _EXECUTOR
print(_EXECUTOR._max_workers)
"""
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(said.stdout) >= 64


@pytest.mark.parametrize(
    "wait_for",
    [
        pytest.param(pymongo.lock.wait_for, id="sound"),  # type: ignore[attr-defined]
        pytest.param(
            asyncio.wait_for,
            id="fault-in-a-task-of-its-own",
            marks=FAULT if sys.version_info < (3, 12) else (),
        ),
    ],
)
async def test_whoever_gives_up_waiting_for_a_server_leaves_the_clients_lock_whole(
    wait_for: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """He is cancelled when his wait is over, just as somebody else gives up the lock that he takes back."""
    monkeypatch.setattr(pymongo.lock, "wait_for", wait_for)
    lock = Lock()
    condition = Condition(lock)
    others, go_on = asyncio.Event(), asyncio.Event()

    async def waits() -> None:
        async with lock:
            await _async_cond_wait(condition, 0.01)

    async def holds() -> None:
        async with lock:
            others.set()
            await go_on.wait()
            waiting.cancel()

    waiting, holding = asyncio.create_task(waits()), asyncio.create_task(holds())
    await others.wait()

    async def wants_it_back() -> bool:
        return bool(lock._waiters)

    await until(wants_it_back, within=5, every=0.005)
    go_on.set()
    await asyncio.gather(waiting, holding, return_exceptions=True)
    await asyncio.sleep(0)
    assert not lock.locked()


@pytest.mark.parametrize("driver", DRIVERS)
async def test_a_transaction_is_stored_whole_or_not_at_all_with_either_driver(
    driver: str, servers: RealServers, unique: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASTREINTE_MONGODB_DRIVER", driver)
    client = open_client(servers.mongodb, application="test")
    assert driver in type(client).__module__
    things = database(client, unique)["things"]

    async def two(session: Session) -> None:
        await things.insert_one({"_id": 1}, session=session)
        await things.insert_one({"_id": 2}, session=session)

    async def two_and_no_more(session: Session) -> None:
        await things.insert_one({"_id": 3}, session=session)
        raise RuntimeError("the second one fails")

    async with open_session(client) as session:
        await session.with_transaction(two)
        with pytest.raises(RuntimeError):
            await session.with_transaction(two_and_no_more)
    assert await aggregate(things, [{"$count": "n"}]) == [{"n": 2}]
    await client.drop_database(unique)
    await close(client)


def test_a_driver_that_is_none_is_named() -> None:
    where = {"ASTREINTE_KAFKA": "k:1", "ASTREINTE_MONGODB": "mongodb://m"}
    with pytest.raises(SettingsError, match="'mongoose': it may be pymongo or motor"):
        Settings.from_environment({**where, "ASTREINTE_MONGODB_DRIVER": "mongoose"})


@pytest.mark.parametrize("driver", DRIVERS)
async def test_a_snapshot_is_of_the_instant_at_which_it_is_opened_whatever_is_read_first(
    driver: str, servers: RealServers, unique: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASTREINTE_MONGODB_DRIVER", driver)
    client = open_client(servers.mongodb, application="test")
    things = database(client, unique)["things"]
    others = database(client, f"{unique}_other")["things"]
    await things.insert_one({"_id": 1})
    await others.insert_one({"_id": 1})
    async with open_snapshot(client, unique) as session:
        await others.update_one({"_id": 1}, {"$set": {"later": True}})
        assert await client[unique]["never-made"].find_one({}, session=session) is None
        assert await client[f"{unique}_other"]["things"].find_one({}, session=session) == {"_id": 1}
    await close(client)


async def test_a_database_that_answers_and_is_no_primary_takes_no_requests(
    servers: RealServers, tmp_path: Path
) -> None:
    starting = Replica(tmp_path, free_port())
    await starting.start()
    url = f"mongodb://127.0.0.1:{starting.port}/?directConnection=true"
    hers, ours = open_client(url, application="test"), open_client(servers.mongodb, application="test")
    try:
        assert await hers.admin.command("ping")
        assert [await takes_requests(each) for each in (hers, ours)] == [False, True]
    finally:
        await close(hers)
        await close(ours)
        await starting.stop()
