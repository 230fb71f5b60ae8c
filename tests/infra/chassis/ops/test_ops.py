"""Logs, metrics, traces and health of one service among several in a process."""

import asyncio
import io
import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from contracts.envelope import Envelope
from infra.chassis.ops.context import Context, carrying, current
from infra.chassis.ops.health import Checks, health_router
from infra.chassis.ops.logs import SeldomRepeated, service_logger
from infra.chassis.ops.metrics import Metrics
from infra.chassis.ops.telemetry import telemetry_of
from infra.chassis.ops.tracing import TraceParent, Tracing, parse
from infra.chassis.service import traced

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_two_services_in_one_process_log_apart_whatever_the_global_settings() -> None:
    first, second = io.StringIO(), io.StringIO()
    ticket, dispatch = service_logger("ticket", stream=first), service_logger("dispatch", stream=second)
    logging.disable(logging.NOTSET)
    ticket.info("opened %s", "T-1", extra={"ticket_id": "t1"})
    dispatch.debug("not shown")
    dispatch.warning("planned")
    assert [(line["service"], line["message"]) for line in lines(first)] == [("ticket", "opened T-1")]
    assert lines(first)[0]["ticket_id"] == "t1"
    assert [(line["service"], line["level"]) for line in lines(second)] == [("dispatch", "warning")]


def test_what_a_library_repeats_is_let_through_seldom() -> None:
    seldom = SeldomRepeated(seconds=30)

    def says(at: float, message: str, *filled_in: object) -> bool:
        record = logging.LogRecord("aiokafka", logging.WARNING, "", 0, message, filled_in, None)
        record.created = at
        passes = seldom.filter(record)
        kept_back.append(getattr(record, "kept_back", 0))
        return passes

    kept_back: list[int] = []
    assert says(0, "no connection to %s", 1)
    assert not says(1, "no connection to %s", 1)
    assert not says(29, "no connection to %s", 2)
    assert says(29, "rebalancing")
    assert says(30, "no connection to %s", 1)
    assert kept_back == [0, 0, 0, 0, 2]


async def test_lines_carry_the_correlation_of_their_own_task() -> None:
    stream = io.StringIO()
    log = service_logger("ticket", stream=stream)

    async def work(name: str, turn: asyncio.Barrier) -> None:
        with carrying(Context(correlation_id=name, traceparent=PARENT)):
            await turn.wait()
            log.info("by %s", name)

    turn = asyncio.Barrier(2)
    await asyncio.gather(work("a", turn), work("b", turn))
    assert {(line["message"], line["correlation_id"]) for line in lines(stream)} == {
        ("by a", "a"),
        ("by b", "b"),
    }
    assert lines(stream)[0]["trace_id"] == PARENT[3:35]
    assert current() == Context()


def test_an_exception_is_one_line_with_its_trace() -> None:
    stream = io.StringIO()
    try:
        raise ValueError("broken\npipe")
    except ValueError:
        service_logger("ticket", stream=stream).exception("failed")
    (line,) = lines(stream)
    assert "ValueError: broken" in line["exception"]


def test_metrics_are_named_after_their_service_and_kept_in_its_own_registry() -> None:
    ticket, dispatch = Metrics("ticket"), Metrics("dispatch")
    ticket.counter("conflicts", "Conflicts", ("kind",)).labels("tickets").inc(3)
    dispatch.gauge("lag_events", "Events to read").set(7)
    assert 'ticket_conflicts_total{kind="tickets"} 3.0' in ticket.exposition().decode()
    assert "dispatch_lag_events 7.0" in dispatch.exposition().decode()
    assert "dispatch" not in ticket.exposition().decode()


def test_a_task_that_is_started_again_goes_on_counting() -> None:
    metrics = Metrics("notify")
    for _ in range(2):
        metrics.counter("mails", "Mails").inc()
    assert "notify_mails_total 2.0" in metrics.exposition().decode()


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=8, max_size=8), st.booleans())
def test_a_traceparent_is_read_back_as_it_was_written(trace: bytes, span: bytes, sampled: bool) -> None:
    place = TraceParent(trace.hex(), span.hex(), sampled)
    if any(trace) and any(span):
        assert parse(str(place)) == place
        assert place.child().trace_id == place.trace_id
        assert place.child().span_id != place.span_id
    else:
        assert parse(str(place)) is None


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\n",
    ],
)
def test_a_malformed_traceparent_counts_as_none(text: str | None) -> None:
    assert parse(text) is None


def test_a_later_version_of_the_header_is_read_as_far_as_it_is_known() -> None:
    assert parse("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more") is not None


def test_a_span_without_a_tracer_still_goes_on_in_the_trace() -> None:
    with Tracing().span("ticket-opened", PARENT) as traceparent:
        place = parse(traceparent)
    assert place is not None
    assert place.trace_id == PARENT[3:35]
    assert place.span_id != PARENT[36:52]


def test_a_span_is_recorded_under_the_one_that_caused_it_even_in_another_process() -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracing = Tracing(provider.get_tracer("dispatch"))
    with (
        pytest.raises(RuntimeError),
        tracing.span("on ticket-opened", PARENT, {"topic": "ticket.lifecycle.v1"}) as traceparent,
    ):
        raise RuntimeError("broken")
    (span,) = exporter.get_finished_spans()
    assert span.context is not None
    assert span.parent is not None
    assert f"{span.context.trace_id:032x}" == PARENT[3:35]
    assert f"{span.parent.span_id:016x}" == PARENT[36:52]
    assert f"{span.context.span_id:016x}" == traceparent[36:52]
    assert dict(span.attributes or {}) == {"topic": "ticket.lifecycle.v1"}
    assert [event.name for event in span.events] == ["exception"]


def test_an_event_is_handled_inside_its_own_span() -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    span_of = traced(telemetry_of("dispatch", stream=io.StringIO(), tracer=provider.get_tracer("dispatch")))
    envelope = Envelope(
        topic="ticket.lifecycle.v1",
        source="/astreinte/ticket/lifecycle",
        id="t:1",
        type="ticket-opened",
        major=1,
        subject="t",
        key="t",
        sequence=1,
        occurred_at=datetime(2026, 3, 2, tzinfo=UTC),
        recorded_at=datetime(2026, 3, 2, tzinfo=UTC),
        actor="marie",
        correlation_id="c-42",
        traceparent=PARENT,
    )
    with span_of(envelope) as cause:
        assert exporter.get_finished_spans() == ()
        assert current().correlation_id == "c-42"
    (span,) = exporter.get_finished_spans()
    assert span.context is not None
    assert cause.traceparent == f"00-{PARENT[3:35]}-{span.context.span_id:016x}-01"


def _client(checks: Checks) -> httpx.AsyncClient:
    app = FastAPI()
    app.include_router(health_router("ticket", checks, telemetry_of("ticket", stream=io.StringIO()).metrics))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x")


async def _good() -> bool:
    return True


async def _bad() -> bool:
    return False


async def _broken() -> bool:
    raise OSError("gone")


async def test_ready_fails_with_any_of_its_checks_and_live_does_not_care() -> None:
    for check in (_bad, _broken):
        async with _client(
            Checks(live={"loop": _good}, ready={"database": check, "indexes": _good})
        ) as client:
            live, ready = await client.get("/live"), await client.get("/ready")
        assert live.status_code == 200
        assert ready.status_code == 503
        assert ready.json()["checks"] == {"database": False, "indexes": True}
        assert ready.headers["retry-after"]


async def test_a_check_that_hangs_counts_as_failed() -> None:
    async def hangs() -> bool:
        await asyncio.Event().wait()
        return True

    async with _client(Checks(ready={"database": hangs}, seconds=0.01)) as client:
        assert (await client.get("/ready")).json()["checks"] == {"database": False}


async def test_figures_inform_and_never_fail_anything() -> None:
    async def figures() -> Mapping[str, Any]:
        return {"lag": {"ticket.lifecycle.v1": 12}}

    async def broken() -> Mapping[str, Any]:
        raise OSError("Kafka is away")

    async with _client(Checks(ready={"database": _good}, figures=figures)) as client:
        assert (await client.get("/health")).json()["figures"] == {"lag": {"ticket.lifecycle.v1": 12}}
    async with _client(Checks(ready={"database": _good}, figures=broken)) as client:
        answer = await client.get("/health")
    assert answer.status_code == 200
    assert answer.json()["figures"] == {"error": "Kafka is away"}
