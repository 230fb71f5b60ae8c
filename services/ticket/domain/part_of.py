"""Which major incident a ticket was part of, as known at some instant."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PartOf:
    """From when it was recorded that the ticket is part of it until it was recorded that it is not any more.

    ``since`` is none where that was recorded before such instants were kept, ``until`` while it lasts.
    """

    major_id: str
    since: datetime | None
    until: datetime | None = None


class Part(Protocol):
    """What may be part of a major incident. ``part_of`` is in the order in which it was recorded."""

    @property
    def major_id(self) -> str | None: ...
    @property
    def part_of(self) -> Sequence[PartOf]: ...


def known_major(part: Part, as_of: datetime) -> str | None:
    """What was recorded at ``as_of`` itself was known. Of what was never recorded, it is as it is now."""
    if not part.part_of:
        return part.major_id
    return next((each.major_id for each in part.part_of if _lasts(each, as_of)), None)


def having_joined(part: Part, major_id: str, recorded_at: datetime) -> tuple[PartOf, ...]:
    """Its ``part_of`` once it is part of that one, and of no other."""
    return (*having_left(part, recorded_at), PartOf(major_id, recorded_at))


def having_left(part: Part, recorded_at: datetime) -> tuple[PartOf, ...]:
    """Its ``part_of`` once it is part of none."""
    before = part.part_of
    if not before and part.major_id is not None:
        before = (PartOf(part.major_id, None),)
    return tuple(each if each.until is not None else replace(each, until=recorded_at) for each in before)


def _lasts(part_of: PartOf, at: datetime) -> bool:
    begun = part_of.since is None or part_of.since <= at
    return begun and (part_of.until is None or at < part_of.until)
