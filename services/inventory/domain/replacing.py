"""Whether a machine is worth another repair: by its age, its faults and what both would cost."""

from dataclasses import dataclass
from enum import StrEnum

from contracts.text import Text

FAR_TOO_OLD = 1.5
"""Times the life that is planned for its kind."""


class Verdict(StrEnum):
    REPAIR = "repair"
    REPLACE = "replace"
    UNKNOWN = "unknown"
    """Nobody has written down how old it is, or how old its kind becomes."""


@dataclass(frozen=True)
class Wear:
    """``faults`` of the last 12 months; money in cents, None where the firm has not said it.

    ``repair_cents``: what a repair costs; ``price_cents``: a new machine; ``life_years``: planned for its
    kind, None for what does not wear out.
    """

    age_years: float | None
    faults: int
    life_years: int | None
    warranted: bool = False
    unsupported: bool = False
    repair_cents: int | None = None
    price_cents: int | None = None


@dataclass(frozen=True)
class Judgement:
    """``keep_cents``: what its faults cost a year, ``new_cents``: a new machine's price a year of its life;
    ``value_cents``: what is left of a new one's price at its age."""

    verdict: Verdict
    reasons: tuple[str, ...]
    keep_cents: int | None = None
    new_cents: int | None = None
    value_cents: int | None = None


def judged(wear: Wear) -> Judgement:
    """Replace what is worn out, far too old, dearer to keep than to buy, or not worth the repair.

    Within its warranty the maker repairs it. Without an age there is no advice.
    """
    keep = None if wear.repair_cents is None else wear.repair_cents * wear.faults
    life = wear.life_years
    new = None if wear.price_cents is None or life is None else wear.price_cents // life
    value = _value(wear)
    if wear.warranted:
        return Judgement(Verdict.REPAIR, ("under-warranty",), keep, new, value)
    if life is None:
        return Judgement(Verdict.UNKNOWN, ("no-planned-life",), keep, new, value)
    if wear.age_years is None:
        return Judgement(Verdict.UNKNOWN, ("age-not-known",), keep, new, value)
    reasons = []
    old = wear.age_years >= life
    if wear.age_years >= FAR_TOO_OLD * life:
        reasons.append("far-too-old")
    elif old and wear.faults:
        reasons.append("worn-out")
    if old and wear.unsupported:
        reasons.append("unsupported")
    if keep is not None and new is not None and keep > new:
        reasons.append("dearer-to-keep")
    if wear.faults and value is not None and wear.repair_cents is not None and wear.repair_cents > value:
        reasons.append("not-worth-it")
    if reasons:
        return Judgement(Verdict.REPLACE, tuple(reasons), keep, new, value)
    return Judgement(Verdict.REPAIR, ("old-without-faults" if old else "within-its-life",), keep, new, value)


def _value(wear: Wear) -> int | None:
    if wear.price_cents is None or wear.age_years is None or wear.life_years is None:
        return None
    return round(wear.price_cents * max(0.0, 1 - wear.age_years / wear.life_years))


REASONS = {
    "under-warranty": Text("its warranty runs: the maker repairs it", "sous garantie : le fabricant répare"),
    "no-planned-life": Text(
        "nobody has planned how long its kind lives", "la durée de vie de ce type n'est pas définie"
    ),
    "age-not-known": Text("nobody has written down when it was bought", "date d'achat inconnue"),
    "far-too-old": Text(
        "it is half again as old as its kind is planned to become", "plus d'une fois et demie sa durée de vie"
    ),
    "worn-out": Text("it is past its planned life and fails", "durée de vie dépassée, et des pannes"),
    "unsupported": Text(
        "past its planned life, and its system is not supported any more",
        "durée de vie dépassée, et système hors support",
    ),
    "dearer-to-keep": Text(
        "a year of its faults costs more than a year of a new one",
        "une année de pannes coûte plus qu'une année d'un équipement neuf",
    ),
    "not-worth-it": Text(
        "a repair costs more than what is left of its value",
        "une réparation coûte plus que sa valeur restante",
    ),
    "old-without-faults": Text("past its planned life, without faults", "durée de vie dépassée, sans panne"),
    "within-its-life": Text("within its planned life", "dans sa durée de vie"),
}
