"""Kinds of work: what it takes to do them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from contracts.values import Language, PartNeed, TicketKind


@dataclass(frozen=True)
class Work:
    """What a visit needs: skills at a level or above, minutes on the spot, parts.

    Where it takes two ``technicians`` at once the second needs the ``companion_skills``.
    """

    skills: Mapping[str, int]
    duration_minutes: int
    parts: tuple[PartNeed, ...] = ()
    remote: bool = False
    technicians: int = 1
    companion_skills: Mapping[str, int] = field(default_factory=dict)


def with_skills(skills: Mapping[str, int], more: Mapping[str, int]) -> Mapping[str, int]:
    """Both, each at the higher of its levels."""
    return {id: max(skills.get(id, 0), more.get(id, 0)) for id in (*skills, *more)}


def with_parts(parts: Iterable[PartNeed], more: Iterable[PartNeed]) -> tuple[PartNeed, ...]:
    """Both, each in the greater of its quantities, in the order in which they are named."""
    quantities: dict[str, int] = {}
    for part in (*parts, *more):
        quantities[part.sku] = max(part.quantity, quantities.get(part.sku, 0))
    return tuple(PartNeed(sku=sku, quantity=quantity) for sku, quantity in quantities.items())


@dataclass(frozen=True)
class WorkType:
    """A category of requests. ``safety`` is what the technician must heed or hold a permit for."""

    id: str
    name: Mapping[Language, str]
    kind: TicketKind
    work: Work
    safety: str | None = None
