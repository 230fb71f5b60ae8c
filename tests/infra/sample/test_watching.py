"""What a contract manager is told of the clocks that he watches."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

from infra.local.issuer import DevelopmentIssuer
from infra.sample.calling import Telephone
from infra.sample.watching import Watch, in_words


def event(type_: str, n: int = 1, **more: Any) -> dict[str, Any]:
    data = {"number": "T-1", "target": "gtr", "state": "running", **more}
    return {"id": f"t:{n}", "type": type_, "recordedtime": "2026-03-02T08:00:00.000Z", "data": data}


@pytest.mark.parametrize(
    ("of", "text"),
    [
        (event("sla-breached"), "gtr of T-1 breached"),
        (event("sla-at-risk", threshold=90), "gtr of T-1 at risk, 90 % used up"),
        (event("sla-at-risk", threshold=50), None),
        (event("sla-corrected", state="met"), "gtr of T-1 corrected: met"),
        (event("sla-started"), None),
    ],
)
def test_he_hears_of_what_burns_and_of_nothing_else(of: dict[str, Any], text: str | None) -> None:
    assert in_words(of) == text


async def test_what_two_managers_see_is_told_once(tmp_path: Path) -> None:
    app = FastAPI()
    sent = [event("sla-started", 1), event("sla-breached", 2), event("sla-corrected", 3)]

    @app.get("/v1/streams/sla")
    async def stream() -> StreamingResponse:
        async def lines() -> AsyncIterator[str]:
            yield ": still there\n\n"
            for n, each in enumerate(sent):
                yield f"id: {n}\nevent: {each['type']}\ndata: {json.dumps(each)}\n\n"

        return StreamingResponse(lines(), media_type="text/event-stream")

    said: list[str] = []
    issuer = DevelopmentIssuer(tmp_path, profile="development")
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://firm.example") as client:
        watch = Watch(Telephone(client, issuer), lambda at, text: said.append(f"{at:%H:%M} {text}"))
        await watch.watch("claire")
        await watch.watch("etienne")
    assert said == [
        "08:00 claire sees gtr of T-1 breached",
        "08:00 claire sees gtr of T-1 corrected: running",
    ]
