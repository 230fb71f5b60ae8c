"""`astreinte up`: what it tells when it is ready; where the next start has its clock, and what it takes."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from contracts.values import parse_rfc3339
from infra.chassis.http.roles import ROLES
from tests.flows.platform import MEMORY_BYTES, Platform, up

MONDAY = "2026-03-02T08:00:00+01:00"
A_MONTH = timedelta(days=30)


@pytest.mark.timeout(240)
async def test_tokens_are_of_people_who_are_there_and_a_second_start_keeps_what_is_promised(
    tmp_path: Path,
) -> None:
    arguments = ("--sample", "firm", "--clock", MONDAY)
    async with up(tmp_path, arguments=arguments) as platform:
        await platform.step(parse_rfc3339(MONDAY) + A_MONTH)
        tokens = json.loads((tmp_path / "ready.json").read_text())["tokens"]
        assert tokens.keys() == ROLES
        opened = await a_request(platform, tokens["portal"])
        own = await platform.client.get("/v1/visits", headers=bearer(tokens["technician"]))
        assert own.status_code == 200
        theirs = await platform.client.get("/v1/contracts", headers=bearer(tokens["contract-manager"]))
        assert {contract["customer_id"] for contract in theirs.json()["items"]} >= {"alpages", "saint-roch"}
        called = await platform.client.get("/v1/rota", headers=bearer(tokens["dispatcher"]))
        assert {entry["territory"] for entry in called.json()["items"]} == {"lyon", "nancy", "nantes"}
        seen = await platform.client.get(f"/v1/tickets/{opened}", headers=bearer(tokens["customer-manager"]))
        assert seen.status_code == 200
        await platform.quiet()
    (tmp_path / "clock.json").unlink()
    async with up(tmp_path, arguments=("--clock", MONDAY)) as platform:
        now = parse_rfc3339((await platform.clock())["now"])
        assert now >= parse_rfc3339(MONDAY) + A_MONTH
        assert "The domain clock goes on at 2026-04-01" in (tmp_path / "up.log").read_text()
        assert (tmp_path / "clock.json").exists()
        await platform.quiet()
        assert platform.memory() <= MEMORY_BYTES


async def a_request(platform: Platform, token: str) -> str:
    """What a portal asks for at the first site that it sees."""
    sites = (await platform.client.get("/v1/sites", headers=bearer(token))).json()["items"]
    answer = await platform.client.post(
        "/v1/tickets",
        headers={**bearer(token), "Idempotency-Key": "one"},
        json={
            "kind": "incident",
            "summary": "Écran noir",
            "description": "Rien ne s'affiche.",
            "category": "dead-screen",
            "impact": "medium",
            "urgency": "high",
            "sites": [sites[0]["id"]],
        },
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
