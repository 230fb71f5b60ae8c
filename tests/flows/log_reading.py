"""What the topics say, read without the chassis."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Told:
    """One record of a facts topic: whose it is, its number there, and its headers."""

    source: str
    subject: str
    number: int
    type: str
    headers: dict[str, str]


def told(records: Iterable[Any]) -> list[Told]:
    """The events among the records; what others spoiled on purpose is left out."""
    found = []
    for record in records:
        headers = {name: value.decode("utf-8", "replace") for name, value in record.headers}
        subject, _, number = headers.get("ce_id", "").rpartition(":")
        if subject and number.isdigit():
            found.append(Told(headers["ce_source"], subject, int(number), headers["ce_type"], headers))
    return found


def numbers(events: Iterable[Told]) -> dict[tuple[str, str], list[int]]:
    """The numbers of each aggregate's events in the order of the log, repetitions left out."""
    found: dict[tuple[str, str], dict[int, None]] = defaultdict(dict)
    for event in events:
        found[event.source, event.subject][event.number] = None
    return {place: list(seen) for place, seen in found.items()}


def gaps(events: Iterable[Told]) -> dict[tuple[str, str], list[int]]:
    """The aggregates whose events are not 1, 2, 3 … in this order."""
    return {place: seen for place, seen in numbers(events).items() if seen != list(range(1, len(seen) + 1))}
