"""Agents as their makers ship them report the machine that the tests run on, where they are installed."""

import asyncio
import os
import shutil
import socket
from asyncio.subprocess import DEVNULL, STDOUT
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.flows.firm import Firm, done
from tests.flows.waiting import until

AGENTS: Mapping[str, Sequence[str]] = {
    "fusioninventory-agent": (
        "--server={http}/inventory",
        "--user=agent",
        "--password={key}",
        "--no-task=deploy,wakeonlan,netdiscovery,netinventory,esx,collect",
        "--force",
    ),
    "ocsinventory-agent": (
        "--nolocal",
        "--server={http}/inventory/{key}",
        "--basevardir={folder}",
        "--force",
    ),
}

pytestmark = pytest.mark.in_turn


@pytest.mark.parametrize("agent", AGENTS)
async def test_an_agent_that_comes_twice_is_one_machine_and_changes_nothing(
    firm: Firm, agent: str, tmp_path: Path
) -> None:
    if shutil.which(agent) is None or os.geteuid() != 0:
        pytest.skip(f"needs root and {agent}: apt install {agent}")
    acme = await firm.customer()
    body = {"customer_id": acme.id, "site_id": await firm.site(acme), "name": "Parc"}
    key = done(await firm.stock_keeper.post("/v1/agent-keys", body))["secret"]
    told = {"http": firm.platform.http, "key": key, "folder": str(tmp_path)}
    for _ in range(2):
        process = await asyncio.create_subprocess_exec(
            agent,
            *(each.format(**told) for each in AGENTS[agent]),
            stdin=DEVNULL,
            stdout=DEVNULL,
            stderr=STDOUT,
        )
        assert await asyncio.wait_for(process.wait(), 60) == 0

    async def known() -> bool:
        return len(done(await firm.stock_keeper.get("/v1/assets", customer=acme.id))["items"]) == 1

    await until(known, within=20, why=f"for what {agent} reports")
    [asset] = done(await firm.stock_keeper.get("/v1/assets", customer=acme.id))["items"]
    assert asset["name"].lower() == socket.gethostname().partition(".")[0].lower()
    seen = done(await firm.stock_keeper.get(f"/v1/assets/{asset['id']}/inventory"))
    assert seen["software_count"] > 50
    assert seen["memory_mb"] > 500
    history = done(await firm.stock_keeper.get(f"/v1/assets/{asset['id']}/history"))["items"]
    assert [each["happening"] for each in history] == ["registered"]
    assert done(await firm.stock_keeper.get("/v1/inventory/reviews", customer=acme.id))["items"] == []
