"""Every consumer has a golden message of each event it reads, and it still reads."""

import json

import pytest

from contracts.catalogue import CATALOGUE, SERVICES, decode, is_erasure
from contracts.envelope import read_envelope
from contracts.examples import Golden, golden
from tests.contracts.messages import FOLDER, records

CONSUMERS = (*SERVICES, "demo")
ALL = [(consumer, message) for consumer in CONSUMERS for message in golden(consumer)]


@pytest.mark.parametrize(("consumer", "message"), ALL, ids=lambda part: getattr(part, "name", part))
def test_a_golden_message_reads(consumer: str, message: Golden) -> None:
    envelope = read_envelope(message.topic, message.key, message.headers)
    assert CATALOGUE.consumes(consumer, envelope.topic, envelope.type)
    if is_erasure(envelope.topic, envelope.type):
        assert message.value is None
    else:
        payload = decode(envelope, message.value)
        assert payload.__class__.__name__ == message.name


def test_there_is_one_for_each_consumer_and_event_and_none_too_many() -> None:
    """If this fails, run ``python -m tests.contracts.messages``, or remove what nobody reads."""
    assert {path.relative_to(FOLDER).as_posix() for path in FOLDER.glob("*/*.json")} == set(records())


def test_a_producer_writes_today_what_the_golden_messages_say() -> None:
    for name, record in records().items():
        committed = json.loads((FOLDER / name).read_text(encoding="utf-8"))
        assert committed["headers"] == record["headers"], name
        assert without_additions(record["value"], committed["value"]) == committed["value"], name


def without_additions(new: object, old: object) -> object:
    """``new`` without the fields that it has over ``old``: adding those is allowed."""
    if isinstance(new, dict) and isinstance(old, dict):
        return {key: without_additions(value, old[key]) for key, value in new.items() if key in old}
    if isinstance(new, list) and isinstance(old, list) and len(new) == len(old):
        return [without_additions(*pair) for pair in zip(new, old, strict=True)]
    return new
