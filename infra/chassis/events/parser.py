"""From raw Kafka records to events, without ever raising.

One header that is not UTF-8 makes FastStream's own parser drop the whole batch, so that nothing of a
record is decoded here beyond what names the event and its aggregate.
"""

from dataclasses import dataclass, replace
from typing import Any

from contracts.catalogue import CATALOGUE, Catalogue
from contracts.envelope import Envelope, State, Unreadable, read_envelope
from contracts.quick import quick

Record = Any
"""aiokafka's ``ConsumerRecord``, or anything with its attributes."""


@dataclass(frozen=True)
class Reason:
    """Why a record could not be handled: a stable slug, a sentence, and what was running."""

    slug: str
    detail: str
    handler: str | None = None


@quick(frozen=True)
class RawRecord:
    """A record's coordinates and bytes, as they are kept when it is put aside.

    ``unparsable`` says why there is nothing but coordinates.
    """

    topic: str
    partition: int
    offset: int
    key: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    value: bytes | None
    unparsable: str | None = None

    @property
    def place(self) -> str:
        return f"{self.topic}/{self.partition}/{self.offset}"

    def bare(self) -> "RawRecord":
        """Its coordinates without its contents."""
        return replace(self, key=None, headers=(), value=None)


@quick(frozen=True)
class Incoming:
    """One record as the batch runner sees it: an envelope, or the reason why there is none."""

    record: RawRecord
    envelope: Envelope | None
    reason: Reason | None = None

    @property
    def identity(self) -> str:
        """What it is remembered by: the event's identity, else where it lies in Kafka."""
        return self.envelope.identity if self.envelope else self.record.place


def is_state(envelope: Envelope, catalogue: Catalogue = CATALOGUE) -> bool:
    """Whether this is a public state or its erasure, which read copies take in and handlers never see."""
    model = catalogue.model_for(envelope.topic, envelope.type)
    if model is None:
        return catalogue.is_erasure(envelope.topic, envelope.type)
    return issubclass(model, State)


def raw_record(record: Record) -> RawRecord:
    """A consumer's record without the consumer."""
    if isinstance(record, RawRecord):
        return record
    return RawRecord(
        record.topic, record.partition, record.offset, record.key, tuple(record.headers or ()), record.value
    )


def read(record: RawRecord, catalogue: Catalogue = CATALOGUE) -> Incoming:
    """Name the event in a record. Every failure becomes the ``reason`` of what is returned."""
    if record.unparsable is not None:
        return Incoming(record, None, Reason("unparsable", record.unparsable))
    try:
        envelope = read_envelope(record.topic, record.key, record.headers)
    except Unreadable as unreadable:
        return Incoming(record, None, Reason(unreadable.reason, unreadable.detail))
    except Exception as error:
        return Incoming(record, None, Reason("unreadable", f"{type(error).__name__}: {error}"))
    return _known(Incoming(record, envelope), envelope, catalogue)


def _known(incoming: Incoming, envelope: Envelope, catalogue: Catalogue) -> Incoming:
    """Refuse what the catalogue does not know; its aggregate may not be what its headers say."""

    def unknown(slug: str, detail: str) -> Incoming:
        return replace(incoming, envelope=None, reason=Reason(slug, detail))

    record = incoming.record
    model = catalogue.model_for(record.topic, envelope.type)
    if model is None and catalogue.is_erasure(record.topic, envelope.type):
        return incoming
    if model is None:
        return unknown("unknown-type", f"{envelope.type} is not an event of {record.topic}")
    if not 1 <= envelope.major <= model.MAJOR:
        detail = f"{envelope.type} {envelope.major} is not known here, the newest is {model.MAJOR}"
        return unknown("unknown-major", detail)
    if record.value is None:
        return unknown("null-value", f"{envelope.type} has no body")
    return incoming
