"""The base of every event: what it carries, and the CloudEvents 1.0 headers it travels with on Kafka."""

import re
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from contracts.quick import quick
from contracts.values import parse_rfc3339, rfc3339

_SOURCE = re.compile(r"/astreinte/[a-z]+/[a-z][a-z-]*")
_TYPE = re.compile(r"[a-z]+(-[a-z]+)*")
_DATASCHEMA = re.compile(r"/schemas/([a-z]+)/([a-z-]+)/([1-9][0-9]{0,3})")
_NUMBER = re.compile(r"(?:([1-9][0-9]{0,8})\.)?([1-9][0-9]{0,17})")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_READ = frozenset(
    {
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
        "ce_causationid",
        "ce_customer",
        "ce_actor",
        "ce_sequence",
        "ce_epoch",
    }
)
_NEEDED = (
    "ce_specversion",
    "ce_source",
    "ce_type",
    "ce_dataschema",
    "ce_subject",
    "ce_id",
    "ce_sequence",
    "ce_time",
    "ce_recordedtime",
    "ce_actor",
    "ce_correlationid",
)


class Payload(BaseModel):
    """What an event says. Writers may not add fields that it does not declare."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    TYPE: ClassVar[str]
    MAJOR: ClassVar[int] = 1

    def encode(self) -> bytes:
        """Compact JSON in UTF-8, without the fields that are ``None``."""
        return self.model_dump_json(exclude_none=True).encode()


class Fact(Payload):
    """Something that has happened. It is never null and never changes."""


class State(Payload):
    """How an aggregate is now. Erasing it sends a null value with the type ``ERASED``."""

    ERASED: ClassVar[str]


class Unreadable(Exception):
    """A record whose aggregate cannot be named. ``reason`` is a stable slug, ``detail`` says more."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.reason}: {self.detail}" if self.detail else self.reason


@quick(frozen=True)
class Envelope:
    """Everything about an event but what it says.

    ``subject`` is the id of the aggregate that the event is about and ``key`` the partition key:
    they differ where another aggregate's order matters more (visits are keyed by their ticket).
    ``sequence`` counts the aggregate's facts in this stream from 1; on a state topic it is the
    aggregate's version. Times are aware, in UTC, in whole milliseconds.
    """

    topic: str
    source: str
    id: str
    type: str
    major: int
    subject: str
    key: str
    sequence: int
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    correlation_id: str
    epoch: int = 0
    customer: str | None = None
    causation_id: str | None = None
    traceparent: str | None = None

    @property
    def identity(self) -> str:
        """What makes two records the same event, whatever the partition and offset."""
        return f"{self.source}#{self.id}"

    @property
    def owner(self) -> str:
        """The service that published the event."""
        return self.source.split("/")[2]

    @property
    def dataschema(self) -> str:
        return f"/schemas/{self.owner}/{self.type}/{self.major}"

    def headers(self) -> dict[str, str]:
        """The record's headers in the binary content mode of CloudEvents."""
        headers = {
            "ce_specversion": "1.0",
            "ce_id": self.id,
            "ce_source": self.source,
            "ce_type": self.type,
            "ce_time": rfc3339(self.occurred_at),
            "ce_subject": self.subject,
            "ce_dataschema": self.dataschema,
            "content-type": "application/json",
            "ce_partitionkey": self.key,
            "ce_recordedtime": rfc3339(self.recorded_at),
            "ce_correlationid": self.correlation_id,
            "ce_actor": self.actor,
            "ce_sequence": str(self.sequence),
        }
        if self.epoch:
            headers["ce_epoch"] = str(self.epoch)
        if self.causation_id is not None:
            headers["ce_causationid"] = self.causation_id
        if self.customer is not None:
            headers["ce_customer"] = self.customer
        if self.traceparent is not None:
            headers["traceparent"] = self.traceparent
        return headers


def source_of(owner: str, stream: str) -> str:
    """The ``source`` of the events of one stream."""
    return f"/astreinte/{owner}/{stream}"


def event_id(aggregate: str, n: int, epoch: int = 0) -> str:
    """The id of an aggregate's ``n``-th event in a stream; the epoch shows once there is one."""
    return f"{aggregate}:{epoch}.{n}" if epoch else f"{aggregate}:{n}"


def read_envelope(topic: str, key: bytes | None, headers: Iterable[tuple[str, bytes]]) -> Envelope:
    """The envelope of a record, or ``Unreadable`` (and nothing else) if it has none that makes sense.

    Headers that are not ours are not looked at; a malformed ``traceparent`` counts as absent.
    """
    found: dict[str, str] = {}
    traceparent: str | None = None
    for name, value in headers:
        if name in _READ:
            if name in found:
                raise Unreadable("duplicate-header", name)
            try:
                found[name] = value.decode("utf-8")
            except (UnicodeDecodeError, AttributeError) as error:
                raise Unreadable("header-not-utf8", name) from error
        elif name == "traceparent":
            traceparent = _trace(value)
    return _envelope(topic, _key(key, found), found, traceparent)


def _envelope(topic: str, key: str, found: dict[str, str], traceparent: str | None) -> Envelope:
    for name in _NEEDED:
        if not found.get(name):
            raise Unreadable("missing-header", name)
    if found["ce_specversion"] != "1.0":
        raise Unreadable("bad-specversion", found["ce_specversion"])
    source, type_ = found["ce_source"], found["ce_type"]
    major = _major(source, type_, found["ce_dataschema"])
    subject = found["ce_subject"]
    epoch = _epoch(found, subject)
    occurred_at = _time(found, "ce_time")
    same = found["ce_recordedtime"] == found["ce_time"]
    return Envelope(
        topic=topic,
        source=source,
        id=found["ce_id"],
        type=type_,
        major=major,
        subject=subject,
        key=key,
        sequence=_sequence(found),
        occurred_at=occurred_at,
        recorded_at=occurred_at if same else _time(found, "ce_recordedtime"),
        actor=found["ce_actor"],
        correlation_id=found["ce_correlationid"],
        epoch=epoch,
        customer=found.get("ce_customer"),
        causation_id=found.get("ce_causationid"),
        traceparent=traceparent,
    )


@lru_cache(maxsize=1024)
def _major(source: str, type_: str, dataschema: str) -> int:
    """The schema's major, when the three fit together."""
    if _SOURCE.fullmatch(source) is None:
        raise Unreadable("bad-source", source)
    if _TYPE.fullmatch(type_) is None:
        raise Unreadable("bad-type", type_)
    schema = _DATASCHEMA.fullmatch(dataschema)
    if schema is None:
        raise Unreadable("bad-dataschema", dataschema)
    if schema[1] != source.split("/")[2] or schema[2] != type_:
        raise Unreadable("bad-dataschema", f"{dataschema} is not the schema of {type_} from {source}")
    return int(schema[3])


def _key(key: bytes | None, found: dict[str, str]) -> str:
    if key is None:
        raise Unreadable("missing-key")
    try:
        text = key.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable("key-not-utf8") from error
    if not found.get("ce_partitionkey"):
        raise Unreadable("missing-header", "ce_partitionkey")
    if text != found["ce_partitionkey"]:
        raise Unreadable(
            "key-differs", f"the record's key is {text!r}, its header {found['ce_partitionkey']!r}"
        )
    return text


def _epoch(found: dict[str, str], subject: str) -> int:
    aggregate, _, number = found["ce_id"].rpartition(":")
    match = _NUMBER.fullmatch(number)
    if match is None or aggregate != subject:
        raise Unreadable("bad-id", f"{found['ce_id']!r} is not an event of {subject!r}")
    epoch = int(match[1] or 0)
    if found.get("ce_epoch", str(epoch)) != str(epoch):
        raise Unreadable("bad-epoch", found["ce_epoch"])
    return epoch


def _sequence(found: dict[str, str]) -> int:
    text = found["ce_sequence"]
    if not (text.isascii() and text.isdigit() and 0 < len(text) <= 18 and int(text) > 0):
        raise Unreadable("bad-sequence", text)
    return int(text)


def _time(found: dict[str, str], name: str) -> datetime:
    try:
        return parse_rfc3339(found[name])
    except (ValueError, OverflowError) as error:
        raise Unreadable("bad-time", f"{name}: {found[name]}") from error


def _trace(value: bytes) -> str | None:
    try:
        text = value.decode("ascii")
    except (UnicodeDecodeError, AttributeError):
        return None
    return text if _TRACEPARENT.fullmatch(text) else None
