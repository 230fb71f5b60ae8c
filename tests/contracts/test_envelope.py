"""The headers of a record name its event, or the record is unreadable for a stated reason."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contracts.envelope import Envelope, Unreadable, event_id, read_envelope
from contracts.values import parse_rfc3339, rfc3339
from tests.contracts.messages import MESSAGES, envelope_of

ENVELOPE = envelope_of(MESSAGES[0])


def encoded(envelope: Envelope) -> list[tuple[str, bytes]]:
    return [(name, value.encode()) for name, value in envelope.headers().items()]


def changed(**headers: str | bytes | None) -> list[tuple[str, bytes]]:
    """The good headers with some replaced, or left out where None."""
    kept = dict(encoded(ENVELOPE))
    for name, value in headers.items():
        if value is None:
            kept.pop(name)
        else:
            kept[name] = value if isinstance(value, bytes) else value.encode()
    return list(kept.items())


def reason_of(headers: list[tuple[str, bytes]], key: bytes | None = ENVELOPE.key.encode()) -> str:
    with pytest.raises(Unreadable) as refused:
        read_envelope(ENVELOPE.topic, key, headers)
    return refused.value.reason


@pytest.mark.parametrize("payload", MESSAGES, ids=lambda payload: payload.TYPE)
def test_an_envelope_survives_its_headers(payload: object) -> None:
    envelope = envelope_of(payload)  # type: ignore[arg-type]
    assert read_envelope(envelope.topic, envelope.key.encode(), encoded(envelope)) == envelope


def test_what_is_optional_is_left_out_and_read_back_as_absent() -> None:
    bare = replace(ENVELOPE, customer=None, causation_id=None, traceparent=None)
    assert not {"ce_customer", "ce_causationid", "traceparent", "ce_epoch"} & set(bare.headers())
    assert read_envelope(bare.topic, bare.key.encode(), encoded(bare)) == bare


def test_an_epoch_shows_in_the_id_and_changes_the_identity() -> None:
    restored = replace(ENVELOPE, epoch=2, id=event_id(ENVELOPE.subject, 3, epoch=2))
    assert restored.id == f"{ENVELOPE.subject}:2.3"
    assert restored.identity != ENVELOPE.identity
    assert read_envelope(restored.topic, restored.key.encode(), encoded(restored)) == restored


def test_an_aggregates_id_may_hold_a_colon() -> None:
    subject = "van:tech-lea/psu-550"
    level = replace(ENVELOPE, subject=subject, key=subject, id=event_id(subject, 7), sequence=7)
    assert read_envelope(level.topic, level.key.encode(), encoded(level)) == level


@pytest.mark.parametrize(
    "name",
    [
        "ce_id",
        "ce_source",
        "ce_specversion",
        "ce_type",
        "ce_time",
        "ce_subject",
        "ce_dataschema",
        "ce_partitionkey",
        "ce_recordedtime",
        "ce_correlationid",
        "ce_actor",
        "ce_sequence",
    ],
)
def test_a_missing_or_empty_header_is_named(name: str) -> None:
    assert reason_of(changed(**{name: None})) == "missing-header"
    assert reason_of(changed(**{name: ""})) == "missing-header"


@pytest.mark.parametrize(
    ("header", "value", "reason"),
    [
        ("ce_specversion", "0.3", "bad-specversion"),
        ("ce_id", "no-number", "bad-id"),
        ("ce_id", f"{ENVELOPE.subject}:0", "bad-id"),
        ("ce_id", f"{ENVELOPE.subject}:-1", "bad-id"),
        ("ce_id", f"{ENVELOPE.subject}:1.2.3", "bad-id"),
        ("ce_id", f"{ENVELOPE.subject}:" + "9" * 5000, "bad-id"),
        ("ce_id", "somebody-else:1", "bad-id"),
        ("ce_source", "/elsewhere/ticket/lifecycle", "bad-source"),
        ("ce_source", "/astreinte/ticket", "bad-source"),
        ("ce_type", "TicketOpened", "bad-type"),
        ("ce_type", "ticket-opened ", "bad-type"),
        ("ce_time", "yesterday", "bad-time"),
        ("ce_time", "2026-03-02T08:00:00", "bad-time"),
        ("ce_time", "2026-13-02T08:00:00Z", "bad-time"),
        ("ce_time", "0001-01-01T00:00:00+23:59", "bad-time"),
        ("ce_time", "20260302", "bad-time"),
        ("ce_recordedtime", "2026-03-02", "bad-time"),
        ("ce_dataschema", "/schemas/ticket/ticket-opened", "bad-dataschema"),
        ("ce_dataschema", "/schemas/ticket/ticket-opened/0", "bad-dataschema"),
        ("ce_dataschema", "/schemas/ticket/ticket-closed/1", "bad-dataschema"),
        ("ce_dataschema", "/schemas/dispatch/ticket-opened/1", "bad-dataschema"),
        ("ce_sequence", "0", "bad-sequence"),
        ("ce_sequence", "two", "bad-sequence"),
        ("ce_sequence", "²", "bad-sequence"),
        ("ce_epoch", "4", "bad-epoch"),
        ("ce_actor", b"\xff\xfe", "header-not-utf8"),
        ("ce_customer", b"caf\xe9", "header-not-utf8"),
    ],
)
def test_a_header_that_makes_no_sense_is_named(header: str, value: str | bytes, reason: str) -> None:
    assert reason_of(changed(**{header: value})) == reason


def test_a_key_must_be_there_in_utf8_and_be_the_partition_key() -> None:
    good = encoded(ENVELOPE)
    assert reason_of(good, None) == "missing-key"
    assert reason_of(good, b"\xff") == "key-not-utf8"
    assert reason_of(good, b"another") == "key-differs"


def test_a_header_given_twice_is_refused() -> None:
    assert reason_of([*encoded(ENVELOPE), ("ce_id", b"other:1")]) == "duplicate-header"


def test_foreign_headers_are_not_even_decoded() -> None:
    headers = [*encoded(ENVELOPE), ("x-legacy", b"\xff\xff"), ("x-legacy", b"\xfe")]
    assert read_envelope(ENVELOPE.topic, ENVELOPE.key.encode(), headers) == ENVELOPE


@pytest.mark.parametrize("trace", [b"\xff", b"", b"00-abc-def-01", b"00-" + b"0" * 50])
def test_a_malformed_traceparent_counts_as_absent(trace: bytes) -> None:
    read = read_envelope(ENVELOPE.topic, ENVELOPE.key.encode(), changed(traceparent=trace))
    assert read == replace(ENVELOPE, traceparent=None)


_NAMES = st.sampled_from([*ENVELOPE.headers(), "x-other"])


@settings(deadline=None)
@given(
    key=st.none() | st.binary(max_size=40),
    headers=st.lists(st.tuples(_NAMES, st.binary(max_size=60) | st.text(max_size=60).map(str.encode))),
)
@example(key=b"", headers=[])
def test_no_record_makes_the_reader_raise_anything_else(
    key: bytes | None, headers: list[tuple[str, bytes]]
) -> None:
    for mutated in (
        headers,
        [*encoded(ENVELOPE), *headers],
        list({**dict(encoded(ENVELOPE)), **dict(headers)}.items()),
    ):
        for given_key in (key, ENVELOPE.key.encode()):
            with suppress(Unreadable):
                read_envelope(ENVELOPE.topic, given_key, mutated)


@settings(deadline=None)
@given(st.datetimes(timezones=st.just(UTC)))
def test_a_time_survives_its_text_to_the_millisecond(at: datetime) -> None:
    assert at - timedelta(milliseconds=1) < parse_rfc3339(rfc3339(at)) <= at
