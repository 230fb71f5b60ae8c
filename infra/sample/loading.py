"""Write a sample through the real APIs."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import httpx

from infra.chassis.failed import Failed
from infra.local.issuer import DevelopmentIssuer
from infra.sample.calls import Call, Json
from infra.sample.firm import Firm, firm
from infra.sample.internal import internal
from infra.sample.rota import PARIS, rota
from infra.sample.upkeep import plans, renewals, trainings

SAMPLES: Mapping[str, Callable[[int], Firm]] = {"firm": firm, "internal": internal}
"""By the name that `--sample` knows."""

TRIES = 40
PAUSE_SECONDS = 0.25


async def load_sample(name: str, http: str, issuer: DevelopmentIssuer, *, seed: int, now: datetime) -> Firm:
    """Put everything that the sample of ``seed`` has, who is on call from ``now`` on, and fill its stock.

    Repeating it changes nothing.
    """
    sample = SAMPLES[name](seed)
    token = issuer.token("admin", subject="admin")
    async with httpx.AsyncClient(
        base_url=http, timeout=30, headers={"Authorization": f"Bearer {token}"}
    ) as client:
        first = await client.get("/v1/stock", params={"limit": 200})
        present: list[Json] = first.json()["items"]
        puts = [call for call in sample.requests_to_put() if call.method == "PUT"]
        puts += sample.wishes()
        today = now.astimezone(PARIS).date()
        puts += [*rota(today, sample.house.turns), *plans(sample, today)]
        for kind in _by_collection(puts):
            await asyncio.gather(*(send(client, call) for call in kind))
        for call in (*sample.publishing(), *sample.restocking(present)):
            await send(client, call)
        rules, *looks = renewals(sample)
        await send(client, rules)
        await asyncio.gather(*(send(client, call) for call in looks))
        held = await client.get("/v1/trainings", params={"limit": 200})
        for call in trainings(sample, today, held.json()["items"]):
            await send(client, call)
    return sample


def _by_collection(calls: Sequence[Call]) -> list[list[Call]]:
    kinds: dict[str, list[Call]] = {}
    for call in calls:
        kinds.setdefault(call.path.partition("?")[0].split("/")[2], []).append(call)
    return list(kinds.values())


async def send(client: httpx.AsyncClient, call: Call) -> httpx.Response:
    """Make one call, again while what it names has not reached its service yet."""
    tries = 0
    while True:
        answer = await client.request(
            call.method, call.path, json=dict(call.body), headers={"Idempotency-Key": call.key}
        )
        if answer.is_success or "rota-entry-begun" in answer.text:
            return answer  # somebody changed who is on call now, and that stays
        tries += 1
        waits = answer.status_code == 503 or "unknown-reference" in answer.text
        if not waits or tries == TRIES:
            raise Failed(f"{call.method} {call.path} was refused ({answer.status_code}): {answer.text}")
        await asyncio.sleep(PAUSE_SECONDS)
