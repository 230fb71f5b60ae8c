"""Which fault comes when: drawn from a seed, printed, and drawn again from the same seed."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from contracts.catalogue import SERVICES

BETWEEN_SECONDS = (5.0, 15.0)
WARM_UP_SECONDS = 6.0
CALM_SECONDS = 8.0
"""Before the end of the load, so that what comes after healing can be seen."""
LONG_RUN_SECONDS = 400.0
"""From this length on, Kafka is away for two minutes once."""
AWAY_SECONDS = 120.0
BACKED_UP, LOST = 0.4, 0.7
"""When in a run with a restore the backup is taken and everything is lost, as shares of its length."""
RESTORED_WITHIN_SECONDS = 30.0
ALONE = frozenset({"kafka-away", "back-up", "restore"})
ALONE_FOR_SECONDS = 15.0
"""Before and after these nothing else happens."""

CRASH_POINTS = (
    "after-commit",
    "after-publish",
    "in-batch",
    "between-trim-and-save",
    "between-key-and-creation",
)


@dataclass(frozen=True)
class Fault:
    """``at`` and ``seconds`` (how long it lasts) count from the load's beginning."""

    at: float
    name: str
    target: str
    seconds: float = 0.0

    def __str__(self) -> str:
        lasts = f" for {self.seconds:.1f} s" if self.seconds else ""
        return f"{self.at:6.1f} s  {self.name} {self.target}{lasts}"


@dataclass(frozen=True)
class Kind:
    """A kind of fault: whom it may hit and how long it lasts, at least and at most."""

    name: str
    targets: tuple[str, ...]
    seconds: tuple[float, float] = (0.0, 0.0)


def kinds(members: int, *, small_disk: bool = False) -> tuple[Kind, ...]:
    """What may happen to a platform with so many brokers and databases, on a disk that may be full or not."""
    numbers = tuple(str(n + 1) for n in range(members))
    near_mongodb = SERVICES if members == 1 else numbers
    wires = tuple(
        f"{end}-{server}" for server, ends in (("kafka", SERVICES), ("mongodb", near_mongodb)) for end in ends
    )
    of_three = (
        Kind("kill-broker", numbers, (1.0, 4.0)),
        Kind("kill-database", numbers, (1.0, 4.0)),
        Kind("move-leaders", numbers),
        Kind("step-down", ("mongodb",)),
        Kind("lose-leader", numbers, (1.0, 4.0)),
        Kind("lose-primary", ("mongodb",), (1.0, 4.0)),
    )
    of_one = (Kind("kill-broker", numbers, (0.5, 3.0)), Kind("kill-database", numbers, (0.5, 3.0)))
    return (
        Kind("kill-service", SERVICES),
        Kind("crash", tuple(f"{point}@{name}" for point in CRASH_POINTS for name in _passing(point))),
        *(of_one if members == 1 else of_three),
        Kind("freeze-service", SERVICES, (7.5, 9.0)),
        Kind("restart-in-turn", ("services",)),
        Kind("cut-one-way", wires, (3.0, 8.0)),
        Kind("cut-both-ways", wires, (3.0, 8.0)),
        Kind("delay", wires, (4.0, 8.0)),
        Kind("narrow", wires, (3.0, 6.0)),
        Kind("clock-forward", SERVICES, (3.0, 6.0)),
        Kind("clock-back", SERVICES, (3.0, 6.0)),
        Kind("kill-everything", ("everything",), (0.5, 2.0)),
        *((Kind("full-disk", ("servers",), (4.0, 8.0)),) if small_disk else ()),
    )


def _passing(point: str) -> Iterable[str]:
    """The services whose processes come to a crash point under this load."""
    match point:
        case "between-key-and-creation":
            return ("ticket",)
        case "between-trim-and-save":
            return ("inventory",)
        case _:
            return SERVICES


def drawn(
    seed: int, seconds: float, *, members: int = 1, small_disk: bool = False, restored: bool = False
) -> tuple[Fault, ...]:
    """The faults of a run. Each kind comes once before any comes again, so that short runs differ.

    One that is ``restored`` loses everything once and goes on from a backup taken before.
    """
    chance = random.Random(seed)
    deck: list[Kind] = []
    faults: list[Fault] = []
    at = WARM_UP_SECONDS
    if restored:
        faults.append(Fault(seconds * BACKED_UP, "back-up", "databases"))
        faults.append(Fault(seconds * LOST, "restore", "everything", RESTORED_WITHIN_SECONDS))
    elif seconds >= LONG_RUN_SECONDS:
        faults.append(Fault(seconds / 2, "kafka-away", "kafka", AWAY_SECONDS))
    while at < seconds - CALM_SECONDS:
        if not deck:
            deck = list(kinds(members, small_disk=small_disk))
            chance.shuffle(deck)
        kind = deck.pop()
        lasts = round(chance.uniform(*kind.seconds), 1)
        fault = Fault(round(at, 1), kind.name, chance.choice(kind.targets), lasts)
        if not _together(fault, faults):
            faults.append(fault)
        at += chance.uniform(*BETWEEN_SECONDS)
    return tuple(sorted(faults, key=lambda each: each.at))


def _together(fault: Fault, others: Sequence[Fault]) -> bool:
    """Whether it would fall into what is to happen alone."""
    return any(
        each.name in ALONE and -ALONE_FOR_SECONDS < fault.at - each.at < each.seconds + ALONE_FOR_SECONDS
        for each in others
    )
