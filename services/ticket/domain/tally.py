"""A month's commitments counted: those that were kept are many, and only their number matters."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from contracts.values import Priority
from services.ticket.domain.commitment import Commitment, Outcome


@dataclass
class Tally:
    """``counts`` of what is shown; ``broken`` are those that may cost something, shown or not."""

    counts: Counter[tuple[Priority, str, Outcome]] = field(default_factory=Counter)
    broken: list[Commitment] = field(default_factory=list)

    def add(self, each: Commitment) -> None:
        if each.shown:
            self.counts[each.priority, each.target, each.outcome] += 1
        if each.broken:
            self.broken.append(each)

    def take(self, other: "Tally") -> None:
        """Add what another has counted."""
        self.counts += other.counts
        self.broken += other.broken

    def kept(self, concerned: Callable[[str, Priority], bool]) -> int:
        return sum(
            n
            for (priority, target, outcome), n in self.counts.items()
            if outcome is Outcome.KEPT and concerned(target, priority)
        )


def tally_of(commitments: Iterable[Commitment]) -> Tally:
    tally = Tally()
    for each in commitments:
        tally.add(each)
    return tally
