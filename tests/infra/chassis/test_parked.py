"""Events put aside: when they are tried again, and that nothing of them changes while they wait."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from infra.chassis.events.parked import (
    Parked,
    failed_again,
    from_document,
    to_document,
    waits_for,
)
from infra.chassis.events.parser import RawRecord, Reason, read
from tests.infra.chassis.toy import catalogue

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
REASON = Reason("failed", "it broke", "on_jar_filled")
Headers = st.lists(st.tuples(st.text(max_size=20), st.binary(max_size=20)), max_size=6).map(tuple)
Names = st.sampled_from(("ce_id", "ce_type", "ce_source", "ce_subject", "ce_specversion", "traceparent"))
OurHeaders = st.lists(st.tuples(Names, st.binary(max_size=12) | st.none()), max_size=8).map(tuple)
Records = st.builds(
    RawRecord,
    topic=st.sampled_from(("t.jars.v1", "t.lamps.v1", "elsewhere")),
    partition=st.integers(0, 11),
    offset=st.integers(0, 2**62),
    key=st.none() | st.binary(max_size=20),
    headers=Headers | OurHeaders,
    value=st.none() | st.binary(max_size=100),
)


def parked(record: RawRecord | None = None) -> Parked:
    record = record or RawRecord("t.jars.v1", 0, 1, b"a", (), b"{}")
    return Parked("id", "a", "follower", 7, record, REASON, first_at=NOW)


def test_tries_are_one_ten_sixty_and_six_hundred_seconds_apart_and_then_it_is_dead() -> None:
    waiting, now, waits = parked(), NOW, []
    while (waiting := failed_again(waiting, REASON, now)).state == "parked":
        assert waiting.next_due is not None
        waits.append((waiting.next_due - now).total_seconds())
        now = waiting.next_due
    assert waits == [1, 10, 60, 600]
    assert (waiting.state, waiting.next_due) == ("dead", None)


def test_a_missing_copy_is_waited_for_during_ten_minutes() -> None:
    almost = NOW + timedelta(minutes=10) - timedelta(milliseconds=1)
    waiting = waits_for(parked(), "lamp/l", REASON, almost)
    assert (waiting.state, waiting.awaiting, waiting.attempts) == ("awaiting", "lamp/l", 0)
    assert waits_for(waiting, "lamp/l", REASON, NOW + timedelta(minutes=10)).state == "dead"


@given(record=Records)
def test_a_parked_record_is_kept_byte_for_byte(record: RawRecord) -> None:
    waiting = failed_again(parked(record), REASON, NOW)
    back = from_document(to_document(waiting))
    expected = tuple((name, value or b"") for name, value in record.headers)
    assert back.record.headers == expected
    assert (back.record.key, back.record.value, back.record.place) == (record.key, record.value, record.place)
    assert (back.state, back.attempts, back.next_due) == (waiting.state, waiting.attempts, waiting.next_due)


@given(record=Records)
def test_reading_a_record_never_raises_and_names_it_or_says_why_not(record: RawRecord) -> None:
    incoming = read(record, catalogue("t"))
    assert (incoming.envelope is None) != (incoming.reason is None)
    assert incoming.identity
