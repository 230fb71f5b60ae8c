"""What was said of clocks is judged from their topic: one breach, none in a pause, the last word kept."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.values import rfc3339
from infra.sample.clocks import breach_once, decided, last_word_is_kept, no_breach_while_paused
from infra.sample.evidence import Document, Event, Evidence

EIGHT = datetime(2026, 3, 2, 8, tzinfo=UTC)


def said(n: int, word: str, state: str, at: int, *, breached: int | None = None, **body: Any) -> Event:
    """The ticket's ``n``-th SLA fact, of what came about ``at`` so many minutes past eight."""
    happened = EIGHT + timedelta(minutes=at)
    if breached is not None:
        body["breached_at"] = rfc3339(EIGHT + timedelta(minutes=breached))
    return Event(
        topic="ticket.sla.v1",
        partition=0,
        offset=n,
        type=f"sla-{word}",
        source="/astreinte/ticket/sla",
        id=f"t:{n}",
        subject="t",
        epoch=0,
        n=n,
        sequence=n,
        occurred_at=happened,
        recorded_at=happened,
        written_ms=n,
        body={"site_id": "s", "target": "repair", "state": state, **body},
    )


STARTED = said(1, "started", "running", 0)
PAUSED = said(2, "paused", "paused", 30)
RESUMED = said(3, "resumed", "running", 60)
TAKEN_BACK = [{"n": 4, "type": "sla-breached", "at": rfc3339(EIGHT)}]


def kept(state: str, breached: int | None = None) -> Document:
    at = None if breached is None else EIGHT + timedelta(minutes=breached)
    reading = {"state": state, "breached_at": at}
    return {"_id": "t", "sla": {"clocks": [{"site_id": "s", "target": "repair", "reading": reading}]}}


def evidence(*events: Event, ticket: Document | None = None) -> Evidence:
    return Evidence(events, {"ticket.tickets": () if ticket is None else (ticket,)})


def test_a_clock_breaches_once_unless_a_correction_comes_between() -> None:
    first, second = said(4, "breached", "breached", 90, breached=90), said(6, "breached", "breached", 120)
    assert list(breach_once(evidence(STARTED, first, first))) == []
    assert list(breach_once(evidence(STARTED, first, second))) == ["repair of ticket t at s breached 2 times"]
    correction = said(5, "corrected", "running", 100, corrects=TAKEN_BACK)
    assert list(breach_once(evidence(STARTED, first, correction, second))) == []


@pytest.mark.parametrize(
    ("events", "sound"),
    [
        ((PAUSED, said(4, "breached", "breached", 40, breached=40)), False),
        ((PAUSED, said(4, "breached", "breached", 40, breached=30)), True),
        ((PAUSED, RESUMED, said(4, "breached", "breached", 90, breached=90)), True),
        (
            (
                PAUSED,
                said(4, "breached", "breached", 40, breached=40),
                said(5, "corrected", "paused", 50, corrects=TAKEN_BACK),
            ),
            True,
        ),
    ],
    ids=["in the pause", "at its first instant", "after it", "taken back"],
)
def test_no_clock_breaches_while_it_is_paused(events: tuple[Event, ...], sound: bool) -> None:
    assert (list(no_breach_while_paused(evidence(STARTED, *events))) == []) is sound


@pytest.mark.parametrize(
    ("event", "ticket", "sound"),
    [
        (said(2, "met", "met", 50), kept("met"), True),
        (said(2, "met", "met", 50), kept("breached", 40), False),
        (said(2, "breached", "breached", 40, breached=40), kept("breached", 40), True),
        (said(2, "breached", "breached", 40, breached=40), kept("breached", 41), False),
        (said(2, "met", "met", 50), {"_id": "t"}, False),
        (None, kept("running"), True),
    ],
)
def test_the_last_word_on_a_clock_is_how_it_is(event: Event | None, ticket: Document, sound: bool) -> None:
    events = (STARTED,) if event is None else (STARTED, event)
    assert (list(last_word_is_kept(evidence(*events, ticket=ticket))) == []) is sound


def test_a_clock_of_which_nothing_was_said_is_found_unless_the_log_was_cut() -> None:
    silent = evidence(ticket=kept("running"))
    assert len(list(last_word_is_kept(silent))) == 1
    assert list(last_word_is_kept(replace(silent, cut=frozenset({("ticket.sla.v1", 0)})))) == []


def test_clocks_are_counted_by_the_last_word_on_them() -> None:
    breached = said(2, "breached", "breached", 40, breached=40)
    assert decided(evidence(STARTED, breached), EIGHT) == {"met": 0, "breached": 1}
    noon = EIGHT + timedelta(hours=4)
    assert decided(evidence(STARTED, breached), noon) == {"met": 0, "breached": 0}
    correction = said(3, "corrected", "met", 50, corrects=TAKEN_BACK)
    assert decided(evidence(STARTED, breached, correction), EIGHT) == {"met": 1, "breached": 0}
