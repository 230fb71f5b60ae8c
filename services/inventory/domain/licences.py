"""Seats that were bought against copies that machines report."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from services.inventory.domain.asset import Asset
from services.inventory.domain.machine import Software
from services.inventory.domain.product_names import words_of_name

KIND = "licence"


class Use(StrEnum):
    OVER = "over"
    FULL = "full"
    ENOUGH = "enough"
    UNKNOWN = "unknown"
    """Nobody has written down how many seats it has."""


@dataclass
class Counted:
    """A licence with the machines that have a copy of what it is for, as far as they were looked at.

    It is for software whose name begins with its field ``software``, or with its own name.
    """

    licence: Asset
    machines: list[str] = field(default_factory=list)
    words: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.words = words_of_name(str(self.licence.fields.get("software") or self.licence.name))

    @property
    def seats(self) -> int | None:
        said = self.licence.fields.get("seats")
        return said if isinstance(said, int) else None

    @property
    def installed(self) -> int:
        return len(self.machines)

    @property
    def use(self) -> Use:
        if self.seats is None:
            return Use.UNKNOWN
        if self.installed > self.seats:
            return Use.OVER
        return Use.FULL if self.installed == self.seats else Use.ENOUGH

    def is_for(self, names: Iterable[tuple[str, ...]]) -> bool:
        length = len(self.words)
        return bool(length) and any(name[:length] == self.words for name in names)


def look_at(counted: Sequence[Counted], machine_id: str, software: Iterable[Software]) -> None:
    """Several programs of one machine that a licence is for take one seat."""
    names = {words_of_name(each.name) for each in software}
    for each in counted:
        if each.is_for(names):
            each.machines.append(machine_id)
