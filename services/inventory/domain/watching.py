"""Rules by which the state of a machine asks for work before it breaks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from contracts.text import Text
from services.inventory.domain.differences import size_of
from services.inventory.domain.machine import Alert, Machine

EVERYBODY = "default"


class RuleKind(StrEnum):
    ANTIVIRUS_OLD = "antivirus-old"
    """``limit`` days and more since its signatures were made, or since it was last up to date."""
    DISK_FULL = "disk-full"
    """Less than ``limit`` percent of a volume is free."""
    MEMORY_DOWN = "memory-down"
    """It has at least ``limit`` MB less than it had."""


@dataclass(frozen=True)
class WatchRule:
    """``category`` is the work type of the tickets that it asks for."""

    kind: RuleKind
    limit: int
    category: str


@dataclass(frozen=True)
class RuleSet:
    """A customer's rules; the id is the customer's, or ``EVERYBODY`` for those without any."""

    id: str
    rules: tuple[WatchRule, ...] = ()


@dataclass(frozen=True)
class Finding:
    """That a rule's state is there; ``summary`` and ``detail`` as the ticket is to say it, in French."""

    rule: WatchRule
    summary: Text
    detail: Text


def findings(rules: Iterable[WatchRule], before: Machine, after: Machine, day: date) -> list[Finding]:
    """What the rules find in the machine as it is now."""
    return [found for rule in rules if (found := _LOOKS[rule.kind](rule, before, after, day)) is not None]


def _antivirus(rule: WatchRule, _: Machine, after: Machine, day: date) -> Finding | None:
    # One that is switched off because another has taken its place grows old by itself.
    on = [each for each in after.antivirus if each.enabled is not False] or after.antivirus
    ages = [(age, each.name) for each in on if (age := _days(each.base_on, each.behind_since, day))]
    if not ages or max(ages)[0] < rule.limit:
        return None
    age, name = max(ages)
    return Finding(
        rule,
        Text(f"{_name(after)}: antivirus {age} days old", f"{_name(after)} : antivirus vieux de {age} jours"),
        Text(
            f"The signatures of {name} are {age} days old; the limit is {rule.limit}.",
            f"Les signatures de {name} ont {age} jours, pour {rule.limit} au plus.",
        ),
    )


def _days(base_on: str | None, behind_since: str | None, day: date) -> int:
    since = [date.fromisoformat(each) for each in (base_on, behind_since) if each is not None]
    return max(0, (day - min(since)).days) if since else 0


def _disk(rule: WatchRule, _: Machine, after: Machine, day: date) -> Finding | None:
    full = [
        (share, each)
        for each in after.volumes
        if (share := each.free_share) is not None and share * 100 < rule.limit
    ]
    if not full:
        return None
    share, worst = min(full, key=lambda pair: pair[0])
    percent = int(share * 100)
    return Finding(
        rule,
        Text(
            f"{_name(after)}: {worst.name} has {percent} % left",
            f"{_name(after)} : {worst.name} n'a plus que {percent} % de libre",
        ),
        Text(
            f"{worst.name} has {size_of(worst.free_mb)} left of {size_of(worst.total_mb)}; the limit is "
            f"{rule.limit} %.",
            f"Il reste {_go(worst.free_mb)} sur {_go(worst.total_mb)} à {worst.name}, pour "
            f"{rule.limit} % au moins.",
        ),
    )


def _memory(rule: WatchRule, before: Machine, after: Machine, day: date) -> Finding | None:
    if before.memory_mb is None or after.memory_mb is None or before.memory_mb - after.memory_mb < rule.limit:
        return None
    was, now = size_of(before.memory_mb), size_of(after.memory_mb)
    avant, maintenant = _go(before.memory_mb), _go(after.memory_mb)
    return Finding(
        rule,
        Text(f"{_name(after)}: memory {was} → {now}", f"{_name(after)} : mémoire {avant} → {maintenant}"),
        Text(
            f"It had {was} of memory and has {now}: a module failed, or somebody took it.",
            f"La mémoire est passée de {avant} à {maintenant} : une barrette est en panne, ou a été retirée.",
        ),
    )


_LOOKS = {
    RuleKind.ANTIVIRUS_OLD: _antivirus,
    RuleKind.DISK_FULL: _disk,
    RuleKind.MEMORY_DOWN: _memory,
}


def _go(megabytes: int | None) -> str:
    return (size_of(megabytes) or "").replace("GB", "Go").replace("MB", "Mo")


def _name(machine: Machine) -> str:
    return (machine.hostname or machine.id)[:60]


@dataclass(frozen=True)
class Watched:
    """``asks``: for what work is asked now, with the ticket's id each; ``alerts``: what stays."""

    asks: tuple[tuple[Finding, str], ...]
    alerts: tuple[Alert, ...]


def watched(found: Sequence[Finding], alerts: Sequence[Alert], day: date, ids: Sequence[str]) -> Watched:
    """``ids`` are new, as many as there are kinds of rules.

    Less memory is a change and no state: it is found once, and again when there is less still.
    """
    here = {each.rule.kind for each in found}
    kept = tuple(each for each in alerts if each.rule in here)
    said = {each.rule for each in kept}
    asks = tuple((each, id) for each, id in zip(found, ids, strict=False) if each.rule.kind not in said)
    new = (
        Alert(each.rule.kind, day.isoformat(), id)
        for each, id in asks
        if each.rule.kind is not RuleKind.MEMORY_DOWN
    )
    return Watched(asks, (*kept, *new))
