"""The auditor says nothing of what is right, and notices each thing that is not."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from bson import ObjectId

from infra.sample.evidence import Event, Evidence
from tests.chaos.audit import OURS, Case, poison_is_aside_once
from tests.chaos.ledger import MARK, Line, Outcome

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TOKEN, OTHER = "a" * 32, "b" * 32

Documents = Mapping[str, tuple[dict[str, Any], ...]]


def line(kind: str, outcome: Outcome = "done", token: str = TOKEN, id: str = "t-1") -> Line:
    return Line(kind, outcome, 0.0, 0.1, 1, "key", token, "acme", id, 200)


def closing(*parts: dict[str, Any]) -> Event:
    body = {"parts_used": list(parts)}
    return Event(
        "dispatch.visits.v1", 0, 0, "intervention-closed", "/astreinte/dispatch/visits", "v-1:1", "v-1",
        0, 1, 1, NOON, NOON, 0, body,
    )  # fmt: skip


def row(n: int, id: str) -> dict[str, Any]:
    return {"_id": n, "data": json.dumps({"source": "/astreinte/ticket/lifecycle", "id": id})}


def told(n: int, ticket: str, data: str) -> dict[str, Any]:
    body = json.dumps({"source": "/astreinte/dispatch/visits", "id": f"{ticket}:{n}", "data": data})
    return {
        "_id": n, "data": body, "ticket_id": ticket, "customer_id": "acme", "readers": ["customer:acme"],
        "type": "visit-planned",
    }  # fmt: skip


def posted(line: Mapping[str, Any], id: str = "") -> dict[str, str]:
    return {"whose": "acme", "id": id or f"msg_{line['_id']}", "body": line["data"]}


TOLD = (told(1, "t-1", "a"), told(2, "t-2", "b"), told(3, "t-1", "c"))
UNASKED = {**told(5, "t-1", "e"), "type": "visit-cancelled"}
FIRM_ONLY = {**told(4, "t-1", "d"), "readers": ["firm"]}


def taken(n: int, *ids: str) -> dict[str, Any]:
    return {"_id": ObjectId(f"{n:024x}"), "ids": [f"/astreinte/dispatch/visits#{id}" for id in ids]}


SOUND = Case(
    Evidence(
        events=(closing({"sku": "fuser", "quantity": 2}),),
        documents={
            "ticket.tickets": (
                {"_id": "t-1", "description": TOKEN, "visits": [{"id": "v-1", "state": "closed"}], "sla": {
                    "clocks": [{"site_id": "s", "target": "repair"}, {"site_id": "s", "target": "answer"}]}},
            ),
            "ticket.timeline": ({"_id": "t-1:4", "text": OTHER},),
            "dispatch.visits": ({"_id": "v-1", "state": "closed"},),
            "inventory.movements": ({"_id": "m#1", "kind": "issued", "sku": "fuser", "quantity": -1},),
            "inventory.stock_levels": ({"_id": "l", "sku": "fuser", "discrepancy": 1},),
            "notify.stream_tickets": (row(1, "t-1:1"), row(2, "t-2:1"), row(3, "t-1:2")),
            "notify.stream_visits": (*TOLD, FIRM_ONLY, UNASKED),
            "notify.subscriptions": ({"_id": "s", "customer_id": "acme", "types": ["visit-planned"]},),
            "notify.webhooks": tuple({"_id": f"msg_{n}", "attempts": 1} for n in (1, 2, 3)),
            "ticket.inbox": (taken(2, "v-1:2", "v-2:1.1"), taken(1, "v-1:1", "v-2:1")),
            "notify.parked": (
                {"_id": "p", "state": "dead", "reason": {"slug": "bad-id"},
                 "record": {"topic": "ticket.lifecycle.v1", "partition": 3, "offset": 9, "headers": []}},
            ),
        },
    ),
    (line("ticket"), line("note", token=OTHER)),
    {"ticket.lifecycle.v1/3/9": ["notify"]},
    (),
    (),
    tuple(map(posted, TOLD)),
)  # fmt: skip


def with_documents(changes: Documents) -> Callable[[Case], Case]:
    def change(case: Case) -> Case:
        documents = {**case.evidence.documents, **changes}
        return replace(case, evidence=replace(case.evidence, documents=documents))

    return change


def with_posted(*lines: Mapping[str, Any]) -> Callable[[Case], Case]:
    return lambda case: replace(case, posted=tuple(map(posted, lines)))


def with_lines(*lines: Line) -> Callable[[Case], Case]:
    return lambda case: replace(case, ledger=(*case.ledger, *lines))


def parked(state: str, times: int = 1) -> Documents:
    [letter] = SOUND.evidence.documents["notify.parked"]
    return {"notify.parked": tuple({**letter, "_id": str(n), "state": state} for n in range(times))}


BROKEN: Mapping[str, tuple[str, Callable[[Case], Case]]] = {
    "an acknowledged note is nowhere": ("acknowledged", with_documents({"ticket.timeline": ()})),
    "a note is there twice": (
        "acknowledged",
        with_documents({"ticket.timeline": ({"_id": "1", "text": OTHER}, {"_id": "2", "text": OTHER})}),
    ),
    "a command was declined and is there": ("acknowledged", with_lines(line("note", "declined", OTHER))),
    "a request was answered with another's ticket": ("created-once", with_lines(line("ticket", token=OTHER))),
    "a closing's part has not left the stock": ("issued-once", with_documents({"inventory.movements": ()})),
    "a stream shows events in the wrong order": (
        "order-at-readers",
        with_documents({"notify.stream_tickets": (row(1, "t-1:2"), row(2, "t-1:1"))}),
    ),
    "a service took facts in the wrong order": (
        "order-at-consumers",
        with_documents({"ticket.inbox": (taken(1, "v-1:2"), taken(2, "v-1:1"))}),
    ),
    "a poisoned record is nowhere": ("poison", with_documents({"notify.parked": ()})),
    "a poisoned record is put aside twice": ("poison", with_documents(parked("dead", 2))),
    "a poisoned record is tried for ever": ("poison", with_documents(parked("parked"))),
    "a sound event is put aside": ("poison", lambda case: replace(case, letters={})),
    "dispatch has never heard of a visit": ("visits-agree", with_documents({"dispatch.visits": ()})),
    "a ticket knows an old state of its visit": (
        "visits-agree",
        with_documents({"dispatch.visits": ({"_id": "v-1", "state": "started"},)}),
    ),
    "a target has two clocks": (
        "one-clock",
        with_documents(
            {
                "ticket.tickets": (
                    {
                        **SOUND.evidence.documents["ticket.tickets"][0],
                        "sla": {"clocks": [{"site_id": "s", "target": "repair"}] * 2},
                    },
                )
            }
        ),
    ),
    "a client never got a webhook": ("webhook", with_posted(TOLD[0], TOLD[1])),
    "a client got a webhook twice": ("webhook", with_posted(*TOLD, TOLD[1])),
    "a client got one event under two ids": (
        "webhook",
        lambda case: replace(case, posted=(*(case.posted or ()), posted(TOLD[0], "msg_2"))),
    ),
    "a client got what follows before what came first": ("webhook", with_posted(TOLD[2], TOLD[1], TOLD[0])),
    "a client got what is the firm's own": ("webhook", with_posted(*TOLD, FIRM_ONLY)),
    "a client got what it had not asked for": ("webhook", with_posted(*TOLD, UNASKED)),
    "somebody saw another's ticket": ("isolation", lambda case: replace(case, leaks=("acme saw t-2",))),
    "somebody said that he was ready": ("ready", lambda case: replace(case, unready=("ticket at 3 s",))),
}


def test_what_is_right_is_no_violation() -> None:
    assert {name: list(check(SOUND)) for name, check in OURS.items()} == {name: [] for name in OURS}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_broken_is_noticed(what: str) -> None:
    name, broken = BROKEN[what]
    assert list(OURS[name](broken(SOUND)))


def in_no_letter(slug: str, headers: list[list[Any]]) -> Case:
    """Something was put aside of which the load was never told where it lies."""
    [letter] = SOUND.evidence.documents["notify.parked"]
    record = {**letter["record"], "headers": headers}
    found = {"notify.parked": ({**letter, "reason": {"slug": slug}, "record": record},)}
    return replace(with_documents(found)(SOUND), letters={})


def test_poison_whose_place_nobody_was_told_bears_a_mark() -> None:
    assert not list(poison_is_aside_once(in_no_letter("bad-id", [[MARK, b""]])))


def test_what_nobody_can_parse_is_expected_where_it_was_written_alone() -> None:
    case = in_no_letter("unparsable", [])
    assert not list(poison_is_aside_once(replace(case, spoilt=frozenset({"ticket.lifecycle.v1"}))))
    assert list(poison_is_aside_once(replace(case, spoilt=frozenset({"ticket.sla.v1"}))))


def test_every_check_has_something_that_breaks_it() -> None:
    assert {name for name, _ in BROKEN.values()} == set(OURS)


async def test_the_auditor_loads_nothing_of_the_chassis() -> None:
    script = "import sys, tests.chaos.audit; print([n for n in sys.modules if n.startswith('infra.chassis')])"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", script, stdout=subprocess.PIPE)
    out, _ = await process.communicate()
    assert out.decode().strip() == "[]"
