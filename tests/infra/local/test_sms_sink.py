"""A real HTTP gateway for SMS that keeps what it gets."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.local.sms_sink import SmsSink


@pytest.fixture
async def sink(tmp_path: Path) -> AsyncIterator[SmsSink]:
    sink = SmsSink(file=tmp_path / "sms.jsonl")
    await sink.start()
    yield sink
    await sink.stop()


async def post(sink: SmsSink, body: Any, key: str | None = "n-1") -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.post(sink.url, json=body, headers=headers)


async def test_an_sms_is_kept_as_it_came_and_counted_as_an_operator_would(sink: SmsSink) -> None:
    answer = await post(sink, {"to": "+33612345678", "text": "é" * 161, "from": "Astreinte"})
    assert (answer.status_code, answer.json()) == (202, {"id": "n-1", "parts": 2})
    [kept] = sink.messages
    assert (kept.to, kept.sender, kept.size.encoding) == ("+33612345678", "Astreinte", "GSM-7")


async def test_one_that_comes_twice_is_counted_as_repeated(sink: SmsSink) -> None:
    for key in ("n-1", "n-2", "n-1"):
        await post(sink, {"to": "+33612345678", "text": "Hello"}, key)
    assert (sink.total, sink.distinct, sink.repeated) == (3, 2, {"n-1": 2})


async def test_the_key_may_be_in_the_body(sink: SmsSink) -> None:
    await post(sink, {"to": "+33612345678", "text": "Hello", "id": "n-9"}, None)
    assert sink.messages[0].key == "n-9"


@pytest.mark.parametrize("body", [{"to": "+33612345678"}, ["to", "text"], "text"])
async def test_what_is_no_sms_is_refused(sink: SmsSink, body: Any) -> None:
    assert (await post(sink, body)).status_code == 400
    assert sink.total == 0


async def test_a_file_tells_another_process_what_came(sink: SmsSink, tmp_path: Path) -> None:
    await post(sink, {"to": "+33612345678", "text": "À vous"})
    [line] = (tmp_path / "sms.jsonl").read_text().splitlines()
    assert {"key": "n-1", "to": "+33612345678", "text": "À vous"}.items() <= json.loads(line).items()
