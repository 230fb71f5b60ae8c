"""Write the sample firm through the real APIs."""

import asyncio
from collections.abc import Sequence

import httpx

from infra.chassis.failed import Failed
from infra.local.issuer import DevelopmentIssuer
from infra.sample.calls import Call, Json
from infra.sample.firm import Firm, firm

TRIES = 40
PAUSE_SECONDS = 0.25


async def load_firm(http: str, issuer: DevelopmentIssuer, *, seed: int) -> Firm:
    """Put everything that the firm of ``seed`` has, and fill its stock; repeating it changes nothing."""
    sample = firm(seed)
    token = issuer.token("admin", subject="admin")
    async with httpx.AsyncClient(
        base_url=http, timeout=30, headers={"Authorization": f"Bearer {token}"}
    ) as client:
        first = await client.get("/v1/stock", params={"limit": 200})
        present: list[Json] = first.json()["items"]
        puts = [call for call in sample.requests_to_put() if call.method == "PUT"]
        for kind in _by_collection(puts):
            await asyncio.gather(*(send(client, call) for call in kind))
        for call in sample.restocking(present):
            await send(client, call)
    return sample


def _by_collection(calls: Sequence[Call]) -> list[list[Call]]:
    kinds: dict[str, list[Call]] = {}
    for call in calls:
        kinds.setdefault(call.path.split("/")[2], []).append(call)
    return list(kinds.values())


async def send(client: httpx.AsyncClient, call: Call) -> httpx.Response:
    """Make one call, again while what it names has not reached its service yet."""
    tries = 0
    while True:
        answer = await client.request(
            call.method, call.path, json=dict(call.body), headers={"Idempotency-Key": call.key}
        )
        if answer.is_success:
            return answer
        tries += 1
        waits = answer.status_code == 503 or "unknown-reference" in answer.text
        if not waits or tries == TRIES:
            raise Failed(f"{call.method} {call.path} was refused ({answer.status_code}): {answer.text}")
        await asyncio.sleep(PAUSE_SECONDS)
