"""Golden messages: one of each event for each consumer, as it lies on Kafka.

They were written down once and never change with the code: a consumer that reads its own can read
what producers published before.
"""

import json
from pathlib import Path
from typing import NamedTuple

_FOLDER = Path(__file__).parent / "schemas" / "examples"


class Golden(NamedTuple):
    """A record: ``name`` is the event's, ``value`` is None for the erasure of a state."""

    name: str
    topic: str
    key: bytes
    headers: tuple[tuple[str, bytes], ...]
    value: bytes | None


def golden(consumer: str, folder: Path = _FOLDER) -> list[Golden]:
    """The messages that ``consumer`` must understand, by name."""
    return [_read(path) for path in sorted((folder / consumer).glob("*.json"))]


def _read(path: Path) -> Golden:
    record = json.loads(path.read_text(encoding="utf-8"))
    value = record["value"]
    return Golden(
        name=path.stem,
        topic=record["topic"],
        key=record["key"].encode(),
        headers=tuple((name, text.encode()) for name, text in record["headers"].items()),
        value=None if value is None else json.dumps(value, ensure_ascii=False).encode(),
    )
