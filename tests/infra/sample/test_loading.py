"""A sample loaded again into a platform that people have worked with."""

import httpx
import pytest

from infra.chassis.failed import Failed
from infra.sample.calls import Call
from infra.sample.loading import send

PUT = Call("PUT", "/v1/rota/lyon-2026-w10", {"technician_id": "karim"})


async def answered(slug: str) -> int:
    """What becomes of the call when the platform refuses it so."""

    def refuse(request: httpx.Request) -> httpx.Response:
        return httpx.Response(409, json={"type": f"/problems/{slug}"})

    async with httpx.AsyncClient(transport=httpx.MockTransport(refuse), base_url="http://here") as client:
        return (await send(client, PUT)).status_code


async def test_who_is_on_call_now_stays_as_somebody_changed_it() -> None:
    assert await answered("rota-entry-begun") == 409


async def test_what_is_refused_otherwise_fails() -> None:
    with pytest.raises(Failed, match="already-exists"):
        await answered("already-exists")
