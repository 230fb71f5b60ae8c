"""A log of another firm becomes tickets, visits and closings here; a second time it becomes nothing."""

import asyncio
import json
import signal
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from contracts.values import parse_rfc3339
from tests.flows.command_line import Ended, astreinte
from tests.flows.platform import ASTREINTE, Platform, up
from tests.flows.waiting import until
from tests.infra.replay.logs import USUAL, Fields, on_site, remote, written

pytestmark = pytest.mark.in_turn

CLOCK = "2016-02-29T00:00:00+01:00"

FACTS = ("ticket.lifecycle.v1", "dispatch.visits.v1")


def log() -> Iterable[Fields]:
    """Three that need somebody on site, three that do not, one that waits for its user and one that comes
    back; a row that nobody can read and one that is there twice."""
    for n in range(3):
        yield from on_site(f"INC10{n}", location=f"Location {n}", urgency=("1 - High", "3 - Low")[n % 2])
    for n in range(3):
        yield from remote(f"INC20{n}", location=f"Location {n}")
    new, active, resolved, closed = remote("INC300")
    yield from (new, active)
    yield {**active, "incident_state": "Awaiting User Info", "sys_updated_at": "29-02-2016 09:00"}
    yield {**active, "sys_updated_at": "29-02-2016 10:00", "sys_mod_count": "2"}
    yield from (resolved, closed)
    new, active, resolved, closed = on_site("INC301")
    yield from (new, active, resolved)
    yield {**active, "sys_updated_at": "01-03-2016 09:00"}
    yield {**resolved, "sys_updated_at": "01-03-2016 10:00"}
    yield closed
    yield {**USUAL, "number": "INC999", "opened_at": "yesterday"}
    yield new


@pytest.mark.timeout(240)
async def test_a_log_is_played_once_however_often_it_is_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path, log())
    async with up(tmp_path / "data", arguments=("--clock", CLOCK)) as platform:
        await stopped_on_the_way(platform, path)
        first = await astreinte(platform.data, "replay", "servicenow", str(path), "--json")
        bad, reports, summary = told(first)

        assert [(row["line"], row["number"]) for row in bad] == [(38, "INC999"), (39, "INC301")]
        assert summary["outcomes"] == {"played": 8}, first.out
        assert (summary["on_site"], summary["remote"], summary["refusals"]) == (4, 4, {})
        assert set(summary["violations"].values()) == {0}
        for name, report in reports.items():
            assert report["state"] == "closed", name
            assert report["kept"]["closed_at"] == report["logged"]["closed_at"]
        for n in range(3):
            [visit] = reports[f"INC10{n}"]["visits"]
            assert parse_rfc3339(visit["started_at"]) <= parse_rfc3339(visit["ended_at"])
            assert parse_rfc3339(visit["ended_at"]) >= parse_rfc3339(visit["logged_end"])
            assert visit["technician_id"].startswith("sn-group-")
        for n in range(3):
            assert reports[f"INC20{n}"]["visits"] == []
            assert reports[f"INC20{n}"]["differences_minutes"]["resolved"] == 0
        assert await types_told(platform, reports["INC300"]["ticket_id"]) >= {"ticket-held", "ticket-resumed"}
        assert "ticket-reopened" in await types_told(platform, reports["INC301"]["ticket_id"])

        before = await everything(platform)
        second = await astreinte(platform.data, "replay", "servicenow", str(path), "--json")
        _, again, repeated = told(second)
        assert repeated["outcomes"] == {"played-before": 8}
        assert {name: each["visits"] for name, each in again.items()} == {
            name: each["visits"] for name, each in reports.items()
        }
        assert await everything(platform) == before

        lines = tmp_path / "report.jsonl"
        table = await astreinte(platform.data, "replay", "servicenow", str(path), "--report", str(lines))
        assert table.code == 0
        assert "4 of 4 by technicians" in table.out
        assert len(lines.read_text().splitlines()) == 2 + 8 + 1
        assert "8 played-before" in table.out
        assert "line 38 (INC999): opened_at 'yesterday' is not a time" in table.out


async def stopped_on_the_way(platform: Platform, path: Path) -> None:
    """Ctrl-C when the first tickets are there: it says how to go on."""
    process = await asyncio.create_subprocess_exec(
        *(str(ASTREINTE), "replay", "servicenow", str(path), "--ready", str(platform.data / "ready.json")),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )

    async def begun() -> bool:
        return bool(await platform.db("ticket").tickets.count_documents({}))

    await until(begun, within=30, why="for the first ticket")
    process.send_signal(signal.SIGINT)
    out, err = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 1
    assert "the same command goes on from here" in err.decode()
    assert "Traceback" not in err.decode()
    assert "unfinished" in out.decode() or "not-played" in out.decode()


def told(ended: Ended) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]], dict[str, Any]]:
    """What `--json` printed: bad rows, reports by incident, the summary."""
    assert ended.code == 0, ended.err + ended.out
    *lines, summary = [json.loads(line) for line in ended.out.splitlines()]
    bad = [line["bad_row"] for line in lines if "bad_row" in line]
    return bad, {line["incident"]: line for line in lines if "incident" in line}, summary


async def types_told(platform: Platform, ticket_id: str) -> set[str]:
    found = await platform.records("ticket.lifecycle.v1")
    return {dict(r.headers)["ce_type"].decode() for r in found if r.key == ticket_id.encode()}


async def everything(platform: Platform) -> Counter[str]:
    """How many facts were told, and how many tickets and visits there are."""
    await platform.quiet()
    counted = Counter(dict(r.headers)["ce_type"].decode() for r in await platform.records(*FACTS))
    counted["tickets"] = await platform.db("ticket").tickets.count_documents({})
    counted["visits"] = await platform.db("dispatch").visits.count_documents({})
    return counted
