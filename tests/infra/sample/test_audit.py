"""The independent witness: it counts a sound run right, and every kind of damage by its name."""

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from pymongo import AsyncMongoClient

from infra.sample.audit import judge
from infra.sample.evidence import Document, Event, Evidence, gather
from infra.sample.figures import figures, told
from infra.sample.invariants import INVARIANTS
from tests.infra.chassis.spoiling import send_spoilt
from tests.servers import RealServers

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
LATER = START + timedelta(hours=1)
PLAN = {"start_at": START}
LOG = "ticket.lifecycle.v1"
VISITS = "dispatch.visits.v1"


def event(topic: str, type_: str, subject: str, n: int, ms: int, **body: Any) -> Event:
    owner, stream, _ = topic.split(".")
    return Event(
        topic=topic,
        partition=0,
        offset=ms,
        type=type_,
        source=f"/astreinte/{owner}/{stream}",
        id=f"{subject}:{n}",
        subject=subject,
        epoch=0,
        n=n,
        sequence=n,
        occurred_at=START + timedelta(milliseconds=ms),
        recorded_at=START + timedelta(milliseconds=ms),
        written_ms=ms,
        body=body,
    )


FIXED: Document = {
    "ticket_id": "t",
    "outcome": "fixed",
    "ended_at": "2026-03-02T08:00:00.900Z",
    "kilometres": 12.5,
}

EVENTS = (
    event(LOG, "ticket-opened", "t", 1, 100, visits=[{"visit_id": "t-1"}, {"visit_id": "u-1"}]),
    event(VISITS, "visit-planned", "t-1", 1, 150, ticket_id="t", priority="P1"),
    event(VISITS, "technician-dispatched", "t-1", 2, 180, ticket_id="t", priority="P1"),
    event(VISITS, "intervention-closed", "t-1", 3, 900, **FIXED),
    event(LOG, "ticket-resolved", "t", 2, 950),
    event("notify.deliveries.v1", "notification-sent", "m", 1, 990),
    event("ticket.customers.v1", "customer-changed", "c", 1, 10),
)


def shown(number: int, of: Event) -> Document:
    return {"_id": number, "data": json.dumps({"source": of.source, "id": of.id})}


DOCUMENTS: dict[str, list[Document]] = {
    "ticket.tickets": [{"_id": "t", "state": "resolved", "streams": {"lifecycle": 2}, "outbox": []}],
    "ticket.customers": [{"_id": "c", "version": 1, "streams": {"customers": 1}}],
    "ticket.parked": [],
    "dispatch.visits": [
        {"_id": "t-1", "state": "closed", "technician_id": "lea", "plan": PLAN, "streams": {"visits": 3}},
        {"_id": "u-1", "state": "planned", "technician_id": "lea", "plan": PLAN, "streams": {}},
    ],
    "dispatch.technician_days": [
        {
            "_id": "lea:2026-03-02",
            "technician_id": "lea",
            "slots": [
                {"visit_id": "t-1", "start_at": START, "end_at": START + timedelta(hours=1)},
                {
                    "visit_id": "u-1",
                    "start_at": START + timedelta(hours=1),
                    "end_at": START + timedelta(hours=2),
                },
            ],
        }
    ],
    "inventory.stock_levels": [
        {"_id": "depot:a/psu", "version": 3, "on_hand": 3, "reserved": 1},
        {"_id": "van:lea/psu", "version": 1, "on_hand": 2, "reserved": 0},
    ],
    "inventory.movements": [
        {"_id": "depot:a/psu#1", "level_id": "depot:a/psu", "sku": "psu", "kind": "received", "quantity": 5},
        {"_id": "depot:a/psu#2", "level_id": "depot:a/psu", "sku": "psu", "kind": "sent", "quantity": -2},
        {"_id": "van:lea/psu#1", "level_id": "van:lea/psu", "sku": "psu", "kind": "arrived", "quantity": 2},
    ],
    "inventory.reservations": [
        {"_id": "u-1", "streams": {}, "held": [{"location": "depot:a", "sku": "psu", "quantity": 1}]}
    ],
    "notify.deliveries": [{"_id": "m", "state": "sent", "attempts": 1, "streams": {"deliveries": 1}}],
    "notify.stream_counters": [{"_id": "tickets", "last": 2}, {"_id": "visits", "last": 3}],
    "notify.stream_tickets": [shown(1, EVENTS[0]), shown(2, EVENTS[4])],
    "notify.stream_visits": [shown(1, EVENTS[1]), shown(2, EVENTS[2]), shown(3, EVENTS[3])],
}


def evidence(
    events: tuple[Event, ...] = EVENTS, documents: dict[str, list[Document]] = DOCUMENTS, **more: Any
) -> Evidence:
    kept = {name: tuple(found) for name, found in documents.items()}
    return Evidence(events, kept, **{"mails": ("<m@firm.example>",), "lag": {"ticket": 0}, **more})


def violated(damaged: Evidence) -> set[str]:
    return {name for name, count in judge(damaged).violations.items() if count}


def test_a_sound_run_is_counted_and_has_no_violation() -> None:
    assert judge(evidence()).public() == {
        "requests": 1,
        "visits": 2,
        "dispatched": 1,
        "closed": 1,
        "notifications": 1,
        "sla": {"met": 0, "breached": 0},
        "first_time_fix": 1.0,
        "kilometres": 12.5,
        "dispatch_ms": {"p50": 80, "p99": 80},
        "violations": dict.fromkeys(INVARIANTS, 0),
        "figures": {figure.name: figure.value for figure in figures(told(evidence(), START))},
    }


def test_what_is_delivered_twice_counts_once() -> None:
    twice = evidence(events=(*EVENTS, *EVENTS))
    assert judge(twice).public() == judge(evidence()).public()


def test_a_visit_that_had_to_wait_for_somebody_is_no_dispatch_delay() -> None:
    late = replace(EVENTS[2], recorded_at=START + timedelta(hours=2))
    assert judge(evidence(events=(*EVENTS[:2], late, *EVENTS[3:]))).dispatch_ms == {"p50": None, "p99": None}


def test_a_follow_up_says_nothing_about_the_first_time() -> None:
    wanted = event(LOG, "visits-requested", "t", 2, 940, visits=[{"visit_id": "t-2", "follows": "t-1"}])
    first = replace(EVENTS[3], body={**FIXED, "outcome": "part-dead"})
    second = event(VISITS, "intervention-closed", "t-2", 1, 945, **FIXED)
    assert judge(evidence(events=(*EVENTS[:3], first, wanted, second))).first_time_fix == 0.0


@pytest.mark.parametrize(
    ("events", "names"),
    [
        ((*EVENTS[:1], *EVENTS[2:]), {"event-order", "stream"}),
        (EVENTS[:3] + EVENTS[4:], {"event-without-state", "visit-state", "stream"}),
        ((*EVENTS, event(LOG, "ticket-opened", "ghost", 1, 999)), {"event-without-state", "stream"}),
        ((*EVENTS, replace(EVENTS[6], n=1, sequence=7)), {"old-state-last"}),
        ((*EVENTS[:4], *EVENTS[5:]), {"event-without-state", "ticket-state", "stream"}),
    ],
    ids=["a hole", "a lost closing", "a ghost", "an old state last", "a lost resolution"],
)
def test_a_damaged_log_is_found(events: tuple[Event, ...], names: set[str]) -> None:
    assert violated(evidence(events=events)) == names


DEAD: Document = {"_id": "p", "state": "dead", "reason": {"slug": "failed"}}

Damage = Callable[[dict[str, list[Document]]], Any]


@pytest.mark.parametrize(
    ("damage", "name"),
    [
        (lambda d: d["ticket.tickets"][0].update(outbox=[{}]), "outbox-not-empty"),
        (
            lambda d: d["ticket.parked"].append({"_id": "p", "state": "dead", "reason": {"slug": "x"}}),
            "parked",
        ),
        (lambda d: d["ticket.tickets"][0].update(state="lost"), "ticket-state"),
        (lambda d: d["ticket.tickets"][0].update(state="closed"), "ticket-state"),
        (lambda d: d["dispatch.visits"][1].update(plan=None), "visit-state"),
        (lambda d: d["dispatch.visits"][1].update(state="closed"), "visit-state"),
        (lambda d: d["dispatch.visits"][1].update(technician_id="marc"), "double-booking"),
        (lambda d: d["dispatch.technician_days"][0]["slots"][1].update(start_at=START), "double-booking"),
        (lambda d: d["inventory.stock_levels"][1].update(on_hand=3), "stock"),
        (lambda d: d["inventory.stock_levels"].pop(1), "stock"),
        (lambda d: d["inventory.movements"][1].update(kind="issued"), "stock"),
        (lambda d: d["inventory.movements"][1].update(_id="depot:a/psu#3"), "stock"),
        (lambda d: d["inventory.reservations"].clear(), "reservation"),
        (lambda d: d["notify.deliveries"][0].update(state="queued"), "message"),
        (lambda d: d["notify.stream_visits"].pop(1), "stream"),
        (lambda d: d["notify.stream_visits"].append(shown(4, EVENTS[3])), "stream"),
    ],
)
def test_a_damaged_database_is_found(damage: Damage, name: str) -> None:
    documents = deepcopy(DOCUMENTS)
    damage(documents)
    assert violated(evidence(documents=documents)) == {name}


@pytest.mark.parametrize(
    ("state", "days", "found"),
    [
        ("started", [], set()),
        ("started", ["lea:2026-03-02"], {"double-booking"}),
        ("acknowledged", [], {"double-booking"}),
    ],
)
def test_only_under_way_a_visit_has_no_slot_where_that_gave_way(
    state: str, days: list[str], found: set[str]
) -> None:
    documents = deepcopy(DOCUMENTS)
    documents["dispatch.technician_days"][0]["slots"].pop(1)
    documents["dispatch.visits"][1].update(state=state, plan={**PLAN, "days": days})
    assert violated(evidence(documents=documents)) == found


@pytest.mark.parametrize("mails", [(), ("<m@a>", "<m@a>"), ("<m@a>", "<other@a>")])
def test_what_the_mail_server_saw_is_compared(mails: tuple[str, ...]) -> None:
    assert violated(evidence(mails=mails)) == {"message"}


def test_a_mail_that_a_kill_repeated_is_no_violation_while_attempts_explain_it() -> None:
    documents = deepcopy(DOCUMENTS)
    documents["notify.deliveries"][0].update(attempts=2)
    assert violated(evidence(documents=documents, mails=("<m@a>",) * 2)) == set()
    assert violated(evidence(documents=documents, mails=("<m@a>",) * 3)) == {"message"}


def by_sms(*texts: str) -> Evidence:
    """The one message went by SMS, which a gateway saw as ``texts`` say."""
    documents = deepcopy(DOCUMENTS)
    documents["notify.deliveries"][0].update(channel="sms")
    return evidence(documents=documents, mails=(), texts=texts)


def test_an_sms_is_held_against_what_the_gateway_saw_and_no_mail_server() -> None:
    assert violated(by_sms("m")) == set()
    assert violated(by_sms()) == {"message"}
    assert violated(by_sms("m", "m")) == {"message"}
    assert violated(by_sms("m", "other")) == {"message"}


def test_an_sms_that_an_answer_may_make_needless_is_waiting() -> None:
    documents = deepcopy(DOCUMENTS)
    documents["notify.deliveries"][0].update(channel="sms", state="queued", settles_at=START)
    assert violated(evidence(documents=documents, mails=(), texts=())) == set()


def test_figures_are_the_days_and_violations_are_of_everything() -> None:
    evening = START + timedelta(hours=12)
    later = judge(evidence(lag={"ticket": 2}), since=evening)
    assert (later.requests, later.visits, later.closed, later.notifications) == (0, 0, 0, 0)
    assert (later.first_time_fix, later.kilometres, later.dispatch_ms["p50"]) == (None, 0, None)
    assert later.violations["lag"] == 1


def test_records_that_nobody_read_are_found() -> None:
    assert violated(evidence(lag={"ticket": 0, "notify": 3})) == {"lag"}


def test_what_retention_took_is_not_missed() -> None:
    aged = evidence(events=EVENTS[5:], cut=frozenset({(LOG, 0), (VISITS, 0)}))
    assert violated(aged) - {"stream"} == set()


async def test_everything_is_read_from_real_servers(
    servers: RealServers, unique: str, tmp_path: Path
) -> None:
    headers = [
        ("ce_id", f"{unique}:1".encode()),
        ("ce_type", b"ticket-opened"),
        ("ce_source", b"/astreinte/ticket/lifecycle"),
        ("ce_sequence", b"1"),
        ("ce_time", b"2026-03-02T08:00:00.000Z"),
        ("ce_recordedtime", b"2026-03-02T08:00:00.000Z"),
    ]
    async with AIOKafkaProducer(bootstrap_servers=servers.kafka) as producer:
        await producer.send_and_wait(LOG, b'{"ticket_id": "x"}', key=b"x", headers=headers)
        await producer.send_and_wait(LOG, b"\xff", key=b"x", headers=[("ce_id", b"\xff")])
        await send_spoilt(producer, TopicPartition("notify.deliveries.v1", 0), b"x", b"?")
    client: AsyncMongoClient[Document] = AsyncMongoClient(servers.mongodb)
    async with client:
        await client[f"{unique}_ticket"]["tickets"].insert_one({"_id": unique, "at": START})
        mails = tmp_path / "mail.jsonl"
        mails.write_text('{"key": "<a@b>"}\n{"key": "<cut@')
        found = await gather(servers.kafka, servers.mongodb, mails=mails, database_prefix=unique)
        await client.drop_database(f"{unique}_ticket")
    [mine] = [each for each in found.events if each.subject == unique]
    assert (mine.type, mine.n, mine.body, mine.recorded_at) == ("ticket-opened", 1, {"ticket_id": "x"}, START)
    assert found.of("ticket.tickets") == ({"_id": unique, "at": START},)
    assert found.mails == ("<a@b>",)
    assert found.lag is not None
    assert found.lag["notify"] >= 2
