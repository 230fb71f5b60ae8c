"""``python -m tests.chaos.audit RUN.json``: judge a run by its topics, its databases and its ledgers.

A process of its own that shares no code with the chassis: it refuses to judge when any of it was loaded. The
last line is JSON: ``violations`` by name, and ``found``, a sentence each.
"""

import asyncio
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from bson import ObjectId

from contracts.catalogue import CATALOGUE, SERVICES
from infra.sample.evidence import Document, Evidence, gather
from infra.sample.invariants import INVARIANTS
from tests.chaos.ledger import MARK, Line, lines
from tests.chaos.restored import Restore, evidence_after, ledger_after

TOKEN = re.compile(r"[0-9a-f]{32}")
WRITTEN_IN = {
    "ticket": "ticket.tickets",
    "note": "ticket.timeline",
    "worklog": "ticket.timeline",
    "receive": "inventory.movements",
    "close": "dispatch.reports",
}
"""Where the token of each kind of command must lie, in one document."""
FACTS = frozenset(topic.name for topic in CATALOGUE.topics if topic.kind == "facts")
SOURCES = frozenset(topic.source for topic in CATALOGUE.topics if topic.kind == "facts")
POISONED = "poison-"
"""What the load writes into topics by hand is about nothing that is stored."""
SHOWN_AT_MOST = 20


@dataclass(frozen=True)
class Case:
    """What the auditor is given: ``letters`` are where poison lies and who must have put it aside, ``spoilt``
    the topics with some that bears no mark, ``posted`` what clients' systems took by webhook, in its order
    (None: what was taken back is among it)."""

    evidence: Evidence
    ledger: tuple[Line, ...]
    letters: Mapping[str, list[str]]
    leaks: tuple[str, ...]
    unready: tuple[str, ...]
    posted: tuple[Mapping[str, str], ...] | None = ()
    spoilt: frozenset[str] = frozenset()


Check = Callable[[Case], Iterable[str]]


def acknowledged_is_stored(case: Case) -> Iterable[str]:
    """Every acknowledged command is in the database; nothing that was asked once is there twice."""
    there: dict[str, Counter[str]] = {}
    for name in set(WRITTEN_IN.values()):
        found = there[name] = Counter()
        for document in case.evidence.of(name):
            found.update(set(TOKEN.findall(str(document))))
    for line in case.ledger:
        home = WRITTEN_IN.get(line.kind)
        if home is None or not line.token:
            continue
        count = there[home][line.token]
        if line.outcome == "done" and count == 0:
            yield f"{line.kind} {line.token} of {line.id} was acknowledged and is not in {home}"
        elif count > 1 or (line.outcome == "declined" and count):
            yield f"{line.kind} {line.token} was {line.outcome} and is {count} times in {home}"


def a_key_creates_once(case: Case) -> Iterable[str]:
    """The id that a creation was answered with is the one whose ticket holds its words."""
    stored = {str(each["_id"]): str(each) for each in case.evidence.of("ticket.tickets")}
    for line in case.ledger:
        if line.kind == "ticket" and line.outcome == "done" and line.token not in stored.get(line.id, ""):
            yield f"the request {line.token} was answered with {line.id}, which does not hold it"


def closings_issue_once(case: Case) -> Iterable[str]:
    """What closings say was used has left the stock once, or is owed by the van."""
    used: Counter[str] = Counter()
    for event in case.evidence.facts("intervention-closed"):
        for part in (event.body or {}).get("parts_used", ()):
            used[part["sku"]] += part["quantity"]
    gone: Counter[str] = Counter()
    for movement in case.evidence.of("inventory.movements"):
        if movement["kind"] == "issued":
            gone[movement["sku"]] -= movement["quantity"]
    for level in case.evidence.of("inventory.stock_levels"):
        gone[level["sku"]] += level.get("discrepancy", 0)
    for sku in used.keys() | gone.keys():
        if used[sku] != gone[sku]:
            yield f"{sku}: closings used {used[sku]}, {gone[sku]} have left the stock"


def readers_keep_order(case: Case) -> Iterable[str]:
    """What each reader made of an aggregate's events stands in the order of their numbers."""
    for name in ("notify.stream_tickets", "notify.stream_visits", "notify.stream_sla"):
        last: dict[str, tuple[int, int]] = {}
        for line in sorted(case.evidence.of(name), key=lambda each: each["_id"]):
            event = json.loads(line["data"])
            aggregate, at = numbered(f"{event['source']}#{event['id']}")
            if at <= last.get(aggregate, (0, 0)):
                yield f"{name}: {event['id']} of {event['source']} comes after number {last[aggregate][1]}"
            last[aggregate] = at


def consumers_keep_order(case: Case) -> Iterable[str]:
    """What each service took in of an aggregate's facts, in the order of their numbers."""
    for service in SERVICES:
        last: dict[str, tuple[tuple[int, int], ObjectId]] = {}
        for kept in sorted(case.evidence.of(f"{service}.inbox"), key=lambda each: each["_id"]):
            for identity in kept["ids"]:
                aggregate, at = numbered(identity)
                source, _, subject = aggregate.partition("#")
                if source not in SOURCES or subject.startswith(POISONED):
                    continue
                before, taken = last.get(aggregate, ((0, 0), kept["_id"]))
                if at <= before and not _as_one(taken, kept["_id"]):
                    yield f"{service} took {identity} in after number {before[1]}"
                last[aggregate] = (at, kept["_id"])


def _as_one(earlier: ObjectId, later: ObjectId) -> bool:
    """Whether two replicas made these ids within a second, so that nobody knows which came first."""
    apart = later.generation_time - earlier.generation_time
    return apart <= timedelta(seconds=1) and earlier.binary[4:9] != later.binary[4:9]


def numbered(identity: str) -> tuple[str, tuple[int, int]]:
    """The aggregate in its stream that an event is of, and the event's epoch and number there."""
    aggregate, _, number = identity.rpartition(":")
    epoch, _, n = number.rpartition(".")
    return aggregate, (int(epoch or 0), int(n))


def poison_is_aside_once(case: Case) -> Iterable[str]:
    """Each poisoned record is one dead letter of each of its readers, and nothing else is put aside."""
    expected = Counter((service, place) for place, readers in case.letters.items() for service in readers)
    seen: Counter[tuple[str, str]] = Counter()
    for service in SERVICES:
        for letter in case.evidence.of(f"{service}.parked"):
            record = letter["record"]
            place = f"{record['topic']}/{record['partition']}/{record['offset']}"
            seen[service, place] += 1
            if (service, place) not in expected and not _is_poison(case, letter):
                yield f"{service} put {letter['_id']} aside ({letter['state']}): {letter['reason']['slug']}"
            elif letter["state"] != "dead":
                yield f"{service}: the poison at {place} is {letter['state']}"
    yield from (
        f"{service}: the poison at {place} is put aside {seen[service, place]} times"
        for service, place in expected
        if seen[service, place] != 1
    )


def _is_poison(case: Case, letter: Document) -> bool:
    """Whether somebody wrote it to do harm, without ever hearing where it came to lie."""
    if letter["reason"]["slug"] == "unparsable":
        return letter["record"]["topic"] in case.spoilt
    return MARK in (name for name, _ in letter["record"]["headers"])


def visits_go_on(case: Case) -> Iterable[str]:
    """Every visit that a ticket asks for is known to dispatch, and both know the same of it."""
    known = {each["_id"]: each for each in case.evidence.of("dispatch.visits")}
    for ticket in case.evidence.of("ticket.tickets"):
        for visit in ticket["visits"]:
            found = known.get(visit["id"])
            if found is None:
                yield f"visit {visit['id']} of {ticket['_id']} is not known to dispatch"
            elif visit["state"] != found["state"]:
                yield f"visit {visit['id']} is {found['state']}, its ticket says {visit['state']}"


def one_clock_each(case: Case) -> Iterable[str]:
    """Each site and target that a ticket's contract names has exactly one clock."""
    for ticket in case.evidence.of("ticket.tickets"):
        clocks = Counter(
            (clock["site_id"], clock["target"]) for clock in (ticket.get("sla") or {}).get("clocks", ())
        )
        for (site, target), count in clocks.items():
            if count != 1:
                yield f"{ticket['_id']} has {count} clocks of {target} at {site}"


def webhooks_arrive(case: Case) -> Iterable[str]:
    """Each client's system took what it asked for of what the client may read, byte for byte, no more: each
    under one id, at most once for each attempt, and what is of one ticket in the order of its stream."""
    if case.posted is None:
        return
    attempts = {each["_id"]: each["attempts"] for each in case.evidence.of("notify.webhooks")}
    times = Counter(each["id"] for each in case.posted)
    for id, count in times.items():
        if count > attempts.get(id, 0):
            yield f"the webhook {id} came {count} times in {attempts.get(id, 0)} attempts"
    for subscription in case.evidence.of("notify.subscriptions"):
        whose = subscription["customer_id"]
        first: dict[str, int] = {}
        ids: dict[str, set[str]] = defaultdict(set)
        for place, each in enumerate(case.posted):
            if each["whose"] == whose:
                first.setdefault(each["body"], place)
                ids[each["body"]].add(each["id"])
        yield from (f"{whose} got one event as {sorted(found)}" for found in ids.values() if len(found) > 1)
        strange = set(first)
        for name in ("notify.stream_tickets", "notify.stream_visits", "notify.stream_sla"):
            last: dict[str, int] = {}
            for line in sorted(case.evidence.of(name), key=lambda each: each["_id"]):
                if line.get("customer_id") != whose or f"customer:{whose}" not in line["readers"]:
                    continue
                if line["type"] not in subscription["types"]:
                    continue
                came = first.get(line["data"])
                strange.discard(line["data"])
                if came is None:
                    yield f"{whose} never got line {line['_id']} of {name}"
                elif came < last.get(line["ticket_id"], -1):
                    yield f"{whose} got line {line['_id']} of {name} too early"
                else:
                    last[line["ticket_id"]] = came
        yield from (f"{whose} got what is none of its lines: {each[:200]}" for each in strange)


def nobody_sees_anothers(case: Case) -> Iterable[str]:
    return case.leaks


def ready_was_true(case: Case) -> Iterable[str]:
    return case.unready


OURS: Mapping[str, Check] = {
    "acknowledged": acknowledged_is_stored,
    "created-once": a_key_creates_once,
    "issued-once": closings_issue_once,
    "order-at-readers": readers_keep_order,
    "order-at-consumers": consumers_keep_order,
    "poison": poison_is_aside_once,
    "visits-agree": visits_go_on,
    "one-clock": one_clock_each,
    "webhook": webhooks_arrive,
    "isolation": nobody_sees_anothers,
    "ready": ready_was_true,
}
THEIRS = {name: check for name, check in INVARIANTS.items() if name != "parked"}
"""Put aside is judged above, where poison is known."""


def judged(case: Case) -> dict[str, list[str]]:
    found = {name: list(check(case.evidence)) for name, check in THEIRS.items()}
    return found | {name: list(check(case)) for name, check in OURS.items()}


def figures(case: Case) -> dict[str, Any]:
    """How often the log holds an event twice, and what the load came to."""
    facts = [event for event in case.evidence.events if event.topic in FACTS]
    distinct = {event.identity for event in facts}
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    for line in case.ledger:
        by_kind[line.kind][line.outcome] += 1
    return {
        "events": len(distinct),
        "duplicates": round(len(facts) / len(distinct) - 1, 4) if distinct else 0.0,
        "commands": {kind: dict(counts) for kind, counts in sorted(by_kind.items())},
        "breaches": len(case.evidence.facts("sla-breached")),
        "closed": len(case.evidence.facts("intervention-closed")),
        "mails": len(case.evidence.mails or ()),
        "webhooks": len(case.posted or ()),
    }


async def taken(run: Document) -> Case:
    """Read what a run left behind."""
    folder = Path(run["folder"])
    found = await gather(run["kafka"], run["mongodb"], mails=folder / "mail.jsonl")
    events = tuple(each for each in found.events if not each.subject.startswith(POISONED))
    found, ledger = replace(found, events=events), tuple(lines(folder / "ledger.jsonl"))
    if run["restore"] is not None:
        restore = Restore(**run["restore"])
        found, ledger = evidence_after(restore, found), ledger_after(restore, ledger)
    posted = (folder / "webhooks.jsonl").read_text(encoding="utf-8").splitlines()
    return Case(
        found,
        ledger,
        run["letters"],
        tuple(run["leaks"]),
        tuple(run["unready"]),
        None if run["restore"] is not None else tuple(map(json.loads, posted)),
        frozenset(run["spoilt"]),
    )


def main(file: str) -> int:
    run = json.loads(Path(file).read_text(encoding="utf-8"))
    case = asyncio.run(taken(run))
    found = judged(case)
    loaded = sorted(name for name in sys.modules if name.startswith("infra.chassis"))
    if loaded:
        raise SystemExit(f"the auditor shares code with what it judges: {', '.join(loaded[:5])}")
    print(
        json.dumps(
            {
                "violations": {name: len(sentences) for name, sentences in found.items()},
                "found": {name: sentences[:SHOWN_AT_MOST] for name, sentences in found.items() if sentences},
                "figures": figures(case),
            }
        )
    )
    return int(any(found.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
