"""`astreinte demo`: the day is played to its end, whatever the last one left in the folder."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pymongo
import pytest

from contracts.values import parse_rfc3339
from infra.local import tether
from infra.sample.invariants import INVARIANTS
from infra.sample.rota import PARIS
from tests.flows.platform import ASTREINTE, records
from tests.flows.waiting import until
from tests.servers import embedded

WITHIN = 400
FIGURES = {
    "requests", "visits", "dispatched", "closed", "notifications", "sla", "first_time_fix", "kilometres",
    "dispatch_ms", "violations", "figures",
}  # fmt: skip
REQUESTS = 53
VISITS = 40
"""Of these at least somebody goes to."""
MID_DAY = 1
"""So many visits are closed by then."""


@pytest.mark.timeout(900)
async def test_a_day_is_played_to_its_end(tmp_path: Path) -> None:
    await played(tmp_path)
    surprising(await told(tmp_path))


@pytest.mark.in_turn
@pytest.mark.timeout(900)
async def test_the_day_after_one_that_was_killed_is_played_to_its_end(tmp_path: Path) -> None:
    async with demo(tmp_path) as first:

        async def is_mid_day() -> bool:
            assert first.returncode is None
            return await closed_visits(tmp_path, first) >= MID_DAY

        await until(is_mid_day, within=WITHIN, why="for the middle of the first day")
        first.kill()
        await first.wait()
        (tmp_path / "running.json").unlink()

    await played(tmp_path)
    found = await told(tmp_path)
    killed_day = min(day_of(record) for record in found)
    surprising([record for record in found if day_of(record) > killed_day])


async def played(folder: Path) -> None:
    async with demo(folder, "--exit") as process:
        out, err = await asyncio.wait_for(process.communicate(), WITHIN)
        assert process.returncode == 0, err.decode()
        sound(out)


async def told(folder: Path) -> list[Any]:
    """The records of the topics that tell of a day."""
    async with embedded(folder) as servers:
        return await records(
            servers.kafka,
            "dispatch.visits.v1",
            "inventory.reservations.v1",
            "ticket.lifecycle.v1",
            "ticket.sla.v1",
        )


def surprising(of_it: list[Any]) -> None:
    """What no office foresees came up on the day and was dealt with."""
    types = {type_of(record) for record in of_it}
    assert {"dispatch-declined", "parts-short", "ticket-requalified", "sla-corrected"} < types
    reasons = {reason_of(record) for record in of_it if type_of(record) == "dispatch-revoked"}
    assert "no-answer" in reasons
    held = {reason_of(record) for record in of_it if type_of(record) == "ticket-held"}
    assert "waiting-for-client" in held
    closings = [record for record in of_it if type_of(record) == "intervention-closed"]
    assert max(told_after(record) for record in closings) > timedelta(minutes=45)
    by_night = {type_of(record) for record in of_it if is_by_night(record)}
    assert {"technician-dispatched", "dispatch-acknowledged", "intervention-closed"} <= by_night


@asynccontextmanager
async def demo(data: Path, *words: str) -> AsyncIterator[Process]:
    """The demo as a process of its own, stopped in order at the end if it has not ended by then."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-S", str(tether.__file__), str(os.getpid())),
        *(str(ASTREINTE), "demo", "--data", str(data), "--port", "0", "--speed", "0", "--json", *words),
        env={name: value for name, value in os.environ.items() if not name.startswith("ASTREINTE_")},
        stdout=PIPE,
        stderr=PIPE if words else DEVNULL,
        stdin=DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 20)
            except TimeoutError:
                process.kill()
                raise


def sound(line: bytes) -> None:
    """The summary of a whole day, of which nothing was lost and nothing done twice."""
    summary = json.loads(line)
    assert summary.keys() == FIGURES
    assert summary["sla"].keys() == {"met", "breached"}
    assert summary["dispatch_ms"].keys() == {"p50", "p99"}
    assert summary["violations"] == dict.fromkeys((*INVARIANTS, "clock-replay"), 0)
    assert summary["sla"]["met"] > summary["requests"]
    assert None not in summary["figures"].values()
    assert 0.2 < summary["figures"]["solved_remotely"] < 0.5
    assert summary["requests"] == REQUESTS
    assert summary["visits"] >= VISITS
    assert summary["closed"] >= VISITS
    assert summary["dispatched"] >= VISITS
    assert summary["notifications"] > summary["dispatched"]
    assert 0.8 < summary["first_time_fix"] < 1


async def closed_visits(data: Path, process: Process) -> int:
    """How many visits of the folder are closed, once the demo answers."""
    running = data / "running.json"

    async def answers() -> bool:
        assert process.returncode is None
        return running.exists()

    await until(answers, within=60, why="for the demo to start")
    async with pymongo.AsyncMongoClient[dict[str, Any]](json.loads(running.read_text())["mongodb"]) as client:
        return await client["astreinte_dispatch"]["visits"].count_documents({"state": "closed"})


def type_of(record: Any) -> str:
    return str(dict(record.headers)["ce_type"].decode())


def day_of(record: Any) -> str:
    return str(dict(record.headers)["ce_recordedtime"].decode()[:10])


def told_after(record: Any) -> timedelta:
    """How long after it happened somebody told of it."""
    headers = {name: value.decode() for name, value in record.headers}
    return parse_rfc3339(headers["ce_recordedtime"]) - parse_rfc3339(headers["ce_time"])


def is_by_night(record: Any) -> bool:
    headers = {name: value.decode() for name, value in record.headers}
    return parse_rfc3339(headers["ce_recordedtime"]).astimezone(PARIS).hour < 6


def reason_of(record: Any) -> str | None:
    found = json.loads(record.value).get("reason")
    return None if found is None else str(found)
