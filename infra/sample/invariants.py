"""What must hold after any run once all is quiet: each check gives a sentence per violation."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from contracts.catalogue import CATALOGUE
from contracts.values import TicketState, VisitState
from infra.sample.clocks import breach_once, last_word_is_kept, no_breach_while_paused
from infra.sample.evidence import Document, Event, Evidence, key_of

Check = Callable[[Evidence], Iterable[str]]

HOMES: Mapping[str, str] = {
    "ticket.lifecycle.v1": "ticket.tickets",
    "ticket.sla.v1": "ticket.tickets",
    "ticket.customers.v1": "ticket.customers",
    "ticket.contracts.v1": "ticket.contracts",
    "ticket.contacts.v1": "ticket.contacts",
    "dispatch.visits.v1": "dispatch.visits",
    "dispatch.technicians.v1": "dispatch.technicians",
    "inventory.reservations.v1": "inventory.reservations",
    "inventory.sites.v1": "inventory.sites",
    "inventory.parts.v1": "inventory.parts",
    "inventory.assets-current.v1": "inventory.assets",
    "inventory.stock-levels.v1": "inventory.stock_levels",
    "notify.deliveries.v1": "notify.deliveries",
}
"""Where the aggregates of each topic are kept."""

SHOWN = {
    "ticket.lifecycle.v1": "notify.stream_tickets",
    "ticket.sla.v1": "notify.stream_sla",
    "dispatch.visits.v1": "notify.stream_visits",
}
UNDER_WAY = frozenset({VisitState.EN_ROUTE, VisitState.ARRIVED, VisitState.STARTED, VisitState.PAUSED})
ASSIGNED = UNDER_WAY | {VisitState.PLANNED, VisitState.DISPATCHED, VisitState.ACKNOWLEDGED}
ENDED = {
    "ticket-resolved": TicketState.RESOLVED,
    "ticket-closed": TicketState.CLOSED,
    "ticket-cancelled": TicketState.CANCELLED,
}


def events_in_order(evidence: Evidence) -> Iterable[str]:
    """Per aggregate and stream, first occurrences in the log are exactly 1..n."""
    last: dict[tuple[str, str, int], int] = {}
    for event in evidence.events:
        if not _is_fact(event.topic):
            continue
        place = (event.source, event.subject, event.epoch)
        known = last.get(place, 0)
        if event.n == known + 1 or (place not in last and (event.topic, event.partition) in evidence.cut):
            last[place] = event.n
        elif event.n > known:
            yield f"{event.source} {event.subject}: event {event.n} stands after {known}"
            last[place] = event.n


def events_have_state(evidence: Evidence) -> Iterable[str]:
    """No event without state, no stored event that the log lacks."""
    published: dict[tuple[str, str], int] = defaultdict(int)
    for event in evidence.events:
        if event.topic in HOMES:
            place = (event.topic, event.subject)
            published[place] = max(published[place], event.n)
    for topic, home in HOMES.items():
        stream = CATALOGUE.topic_named(topic).stream
        stored = {each["_id"]: each.get("streams", {}).get(stream, 0) for each in evidence.of(home)}
        seen = {subject: n for (name, subject), n in published.items() if name == topic}
        for subject in sorted(stored.keys() | seen.keys()):
            logged, kept = seen.get(subject, 0), stored.get(subject)
            if kept is None:
                yield f"{topic}: {subject} has events and is not stored"
            elif logged > kept or (logged < kept and not evidence.lacks(topic)):
                yield f"{topic}: {subject} has {logged} events in the log and counts {kept}"


def states_are_last(evidence: Evidence) -> Iterable[str]:
    """The last record of each id on a state topic is the document's version."""
    last: dict[tuple[str, str], Event] = {}
    for event in evidence.events:
        if event.topic in HOMES and not _is_fact(event.topic):
            last[event.topic, event.subject] = event
    versions = {
        (topic, each["_id"]): each["version"]
        for topic, home in HOMES.items()
        if not _is_fact(topic)
        for each in evidence.of(home)
    }
    for (topic, subject), event in last.items():
        version = versions.get((topic, subject))
        if version is not None and event.sequence != version:
            yield f"{topic}: the last record of {subject} is version {event.sequence}, it is at {version}"


def nothing_unpublished(evidence: Evidence) -> Iterable[str]:
    for name, documents in evidence.documents.items():
        for each in documents:
            if each.get("outbox"):
                yield f"{name}: {each['_id']} has {len(each['outbox'])} unpublished events"


def nothing_parked(evidence: Evidence) -> Iterable[str]:
    """Neither waiting events nor dead letters."""
    for name, documents in evidence.documents.items():
        if name.endswith(".parked"):
            for each in documents:
                yield f"{name}: {each['_id']} is {each['state']}: {each['reason']['slug']}"


def nothing_unread(evidence: Evidence) -> Iterable[str]:
    for service, count in (evidence.lag or {}).items():
        if count:
            yield f"{service} has {count} records to read"


def tickets_are_legal(evidence: Evidence) -> Iterable[str]:
    """Every ticket's state is one that its log explains."""
    ended: dict[str, TicketState | None] = {}
    for event in evidence.facts(*ENDED, "ticket-reopened"):
        ended[event.subject] = ENDED.get(event.type)
    legal = set(TicketState)
    final = set(ENDED.values())
    for ticket in evidence.of("ticket.tickets"):
        state, said = ticket["state"], ended.get(ticket["_id"])
        if state not in legal:
            yield f"ticket {ticket['_id']} is {state}"
        elif said is None and evidence.lacks("ticket.lifecycle.v1"):
            continue
        elif (said is not None or state in final) and state != said:
            yield f"ticket {ticket['_id']} is {state}, its log says {said or 'open'}"


def visits_are_legal(evidence: Evidence) -> Iterable[str]:
    """A visit is waiting, or assigned with a plan, or failed with reasons, or ended as its log says."""
    closed = {event.subject for event in evidence.facts("intervention-closed")}
    for visit in evidence.of("dispatch.visits"):
        id, state = visit["_id"], visit["state"]
        if state in ASSIGNED and not (visit.get("technician_id") and visit.get("plan")):
            yield f"visit {id} is {state} without technician or plan"
        elif state == VisitState.FAILED and not visit.get("attention"):
            yield f"visit {id} failed and nobody is asked"
        elif (state == VisitState.CLOSED) != (id in closed) and not evidence.lacks("dispatch.visits.v1"):
            yield f"visit {id} is {state}, its log says {'closed' if id in closed else 'not closed'}"


def nobody_is_in_two_places(evidence: Evidence) -> Iterable[str]:
    """No technician's slots overlap, and each assigned visit has its slot.

    Under way it has none where that gave way to what he does at the same time (its plan names no day).
    """
    slots: dict[str, dict[str, tuple[Any, Any]]] = defaultdict(dict)
    for day in evidence.of("dispatch.technician_days"):
        for slot in day["slots"]:
            slots[day["technician_id"]][slot["visit_id"]] = (slot["start_at"], slot["end_at"])
    for technician, taken in slots.items():
        for (one, a), (other, b) in pairwise(sorted(taken.items(), key=lambda item: item[1])):
            if b[0] < a[1]:
                yield f"{technician} is at {one} and at {other} at {b[0].isoformat()}"
    for visit in evidence.of("dispatch.visits"):
        gave_way = visit["state"] in UNDER_WAY and not (visit.get("plan") or {}).get("days")
        lacks_it = visit["_id"] not in slots.get(visit["technician_id"], {})
        if visit["state"] in ASSIGNED and lacks_it and not gave_way:
            yield f"visit {visit['_id']} has no slot in the days of {visit['technician_id']}"


def stock_is_conserved(evidence: Evidence) -> Iterable[str]:
    """On hand is the sum of the ledger and never negative; transfers neither make nor lose pieces."""
    ledger: dict[str, list[Document]] = defaultdict(list)
    between: Counter[str] = Counter()
    for movement in evidence.of("inventory.movements"):
        ledger[movement["level_id"]].append(movement)
        if movement["kind"] in ("sent", "arrived"):
            between[movement["sku"]] += movement["quantity"]
    for level in evidence.of("inventory.stock_levels"):
        lines = ledger.pop(level["_id"], [])
        total = sum(line["quantity"] for line in lines)
        if level["on_hand"] != total or level["on_hand"] < 0:
            yield f"{level['_id']}: {level['on_hand']} on hand, its ledger says {total}"
        if sorted(int(line["_id"].rpartition("#")[2]) for line in lines) != list(range(1, len(lines) + 1)):
            yield f"{level['_id']}: its ledger has a gap"
    yield from (f"{id}: a ledger without stock" for id in ledger)
    yield from (f"{sku}: {count:+} pieces by transfers" for sku, count in between.items() if count)


def reservations_add_up(evidence: Evidence) -> Iterable[str]:
    """What is set aside at a place is what its visits hold there."""
    held: Counter[str] = Counter()
    for reservation in evidence.of("inventory.reservations"):
        for each in reservation.get("held", ()):
            held[f"{each['location']}/{each['sku']}"] += each["quantity"]
    for level in evidence.of("inventory.stock_levels"):
        if level["reserved"] != held.pop(level["_id"], 0):
            yield f"{level['_id']}: {level['reserved']} reserved, not what visits hold"
    yield from (f"{id}: {count} held where there is no stock" for id, count in held.items() if count)


def messages_are_sent_once(evidence: Evidence) -> Iterable[str]:
    """Each message is settled, and its channel's server saw each sent one, at most once for each attempt.

    One about a plan that may still change, or that an answer makes needless, waits for nothing but time.
    """
    kept = evidence.of("notify.deliveries")
    over = ("sent", "failed", "overtaken")
    for each in kept:
        if each["state"] not in over and not each.get("settles_at"):
            yield f"message {each['_id']} is still {each['state']}"
    seen = {
        "mail": None if evidence.mails is None else [key_of(mail) for mail in evidence.mails],
        "sms": evidence.texts,
    }
    for channel, keys in seen.items():
        if keys is not None:
            yield from _seen_as_sent(Counter(keys), [each for each in kept if _channel(each) == channel])


def _channel(delivery: Document) -> str:
    channel: str = delivery.get("channel", "mail")
    return channel


def _seen_as_sent(seen: Counter[str], kept: Sequence[Document]) -> Iterable[str]:
    attempts = {each["_id"]: each["attempts"] for each in kept}
    sent = {each["_id"] for each in kept if each["state"] == "sent"}
    for id, count in seen.items():
        # One that was handed over just before a kill is attempted again: 0012-messages-at-least-once.md.
        if count > max(1, attempts.get(id, 1)):
            yield f"message {id} came {count} times in {attempts.get(id, 1)} attempts"
    yield from (f"message {id} is sent and no server saw it" for id in sorted(sent - seen.keys()))
    yield from (f"a server saw {id}, which is no message sent" for id in sorted(seen.keys() - sent))


def lines_are_shown_once(evidence: Evidence) -> Iterable[str]:
    """Each fact has one line in its live stream, and numbers have no holes (the effect ledger)."""
    counters = {each["_id"]: each["last"] for each in evidence.of("notify.stream_counters")}
    for topic, rows in SHOWN.items():
        lines = evidence.of(rows)
        numbers = sorted(line["_id"] for line in lines)
        last = counters.get(rows.rpartition("_")[2], 0)
        if numbers != list(range(last - len(numbers) + 1, last + 1)):
            yield f"{rows}: numbers have holes"
        shown = Counter(_identity(line) for line in lines)
        facts = {event.identity for event in evidence.events if event.topic == topic}
        yield from (f"{rows}: {id} is shown {count} times" for id, count in shown.items() if count > 1)
        yield from (f"{rows}: {id} is in no log" for id in sorted(shown.keys() - facts))
        if len(numbers) == last:
            yield from (f"{rows}: {id} is not shown" for id in sorted(facts - shown.keys()))


def _identity(line: Document) -> str:
    event = json.loads(line["data"])
    return f"{event['source']}#{event['id']}"


def _is_fact(topic: str) -> bool:
    return CATALOGUE.topic_named(topic).kind == "facts"


INVARIANTS: Mapping[str, Check] = {
    "event-order": events_in_order,
    "event-without-state": events_have_state,
    "old-state-last": states_are_last,
    "outbox-not-empty": nothing_unpublished,
    "parked": nothing_parked,
    "lag": nothing_unread,
    "ticket-state": tickets_are_legal,
    "visit-state": visits_are_legal,
    "double-booking": nobody_is_in_two_places,
    "stock": stock_is_conserved,
    "reservation": reservations_add_up,
    "message": messages_are_sent_once,
    "stream": lines_are_shown_once,
    "breach-once": breach_once,
    "breach-while-paused": no_breach_while_paused,
    "clock": last_word_is_kept,
}
"""Every check by the name that summaries count it under."""
