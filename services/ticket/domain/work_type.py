"""Kinds of work: what it takes to do them."""

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.values import Language, PartNeed, TicketKind


@dataclass(frozen=True)
class Work:
    """What a visit needs: skills at a level or above, minutes on the spot, parts."""

    skills: Mapping[str, int]
    duration_minutes: int
    parts: tuple[PartNeed, ...] = ()
    remote: bool = False


@dataclass(frozen=True)
class WorkType:
    """A category of requests. ``safety`` is what the technician must heed or hold a permit for."""

    id: str
    name: Mapping[Language, str]
    kind: TicketKind
    work: Work
    safety: str | None = None
