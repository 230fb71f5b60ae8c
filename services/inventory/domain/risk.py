"""Which machines are likely to fail, and why: in words that somebody can check."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property

from contracts.text import Text
from services.inventory.domain.asset import Asset, Status
from services.inventory.domain.failure import Failure
from services.inventory.domain.failure_rates import (
    DAYS_A_YEAR,
    MACHINE_YEARS,
    MODEL_YEARS,
    Tally,
    chance_within,
    weighed,
)
from services.inventory.domain.machine import Machine
from services.inventory.domain.warranty import age_years

AHEAD_DAYS = 90
RECENT = timedelta(days=180)
OLD_YEARS = 5
FULL_SHARE = 0.1
BEHIND_DAYS = 14
BACKED_UP = ("computer", "laptop", "server", "virtual-machine", "storage")


class Why(StrEnum):
    MODEL = "model-fails-often"
    REPEATED = "repeated-faults"
    OLD = "old"
    DISK = "disk-full"
    ANTIVIRUS = "antivirus-old"
    BACKUP = "backup-old"


FACTORS: Mapping[Why, float] = {Why.OLD: 1.5, Why.DISK: 1.3, Why.ANTIVIRUS: 1.1}
"""By how much what is known of a machine's state is taken to raise its rate: set by judgement, not measured.

A backup that is old makes no failure likelier, but worse. Model and repeated faults are in the rate already.
"""


@dataclass(frozen=True)
class Reason:
    why: Why
    detail: Text


@dataclass(frozen=True)
class Lived:
    """A machine as far as its failing is concerned: ``since_at`` is when it began to be watched."""

    asset: Asset
    since_at: datetime
    machine: Machine | None = None
    failures: tuple[Failure, ...] = ()

    def years(self, now: datetime) -> float:
        end = self.asset.disposal.disposed_at if self.asset.disposal is not None else now
        return max(0.0, (end - self.since_at) / timedelta(days=DAYS_A_YEAR))

    @property
    def counted(self) -> tuple[Failure, ...]:
        return tuple(each for each in self.failures if each.at >= self.since_at)


@dataclass(frozen=True)
class Model:
    """``model`` None: machines of a kind of which nobody has written down the model."""

    manufacturer: str | None
    model: str | None
    kind: str
    tally: Tally

    @cached_property
    def span(self) -> tuple[float, float] | None:
        """Between which rates it lies; worked out once for all of its machines."""
        return self.tally.interval()


@dataclass(frozen=True)
class AtRisk:
    """``per_year`` is how often it is expected to fail, ``chance`` that it does within ``AHEAD_DAYS``."""

    asset: Asset
    per_year: float
    chance: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Rated:
    """The park as it was at ``at``: its models and, the likeliest first, the machines that may fail."""

    at: datetime
    whole: Tally
    models: tuple[Model, ...]
    machines: tuple[AtRisk, ...]


def model_of(asset: Asset) -> tuple[str, str, str]:
    """What machines of one model have in common, however it is written."""
    seen = asset.seen.model if asset.seen is not None else None
    model = asset.model or seen
    if not model:
        return ("", "", asset.kind)
    maker = "".join(filter(str.isalnum, (asset.manufacturer or "").casefold()))
    return (maker, "".join(filter(str.isalnum, model.casefold())), "")


def rated(lived: Sequence[Lived], now: datetime) -> Rated:
    """How often each model fails, and which machines in use are likely to."""
    models: dict[tuple[str, str, str], Model] = {}
    whole = Tally()
    for each in lived:
        key, years, count = model_of(each.asset), each.years(now), len(each.counted)
        known = models.get(key) or _model(each.asset)
        models[key] = replace(known, tally=known.tally.with_machine(count, years))
        whole = whole.with_machine(count, years)
    at_risk = (
        _at_risk(each, models[model_of(each.asset)], whole, now)
        for each in lived
        if each.asset.status in (Status.IN_USE, Status.LENT)
    )
    ranked = sorted(
        (each for each in at_risk if each.reasons), key=lambda each: (-each.chance, each.asset.id)
    )
    by_rate = sorted(models.values(), key=lambda each: (-(each.tally.rate or 0), each.kind, each.model or ""))
    return Rated(now, whole, tuple(by_rate), tuple(ranked))


def _model(asset: Asset) -> Model:
    seen = asset.seen.model if asset.seen is not None else None
    return Model(asset.manufacturer, asset.model or seen, asset.kind, Tally())


def _at_risk(it: Lived, model: Model, whole: Tally, now: datetime) -> AtRisk:
    overall = whole.rate or 0.0
    of_model = weighed(model.tally, overall, MODEL_YEARS)
    rate = weighed(Tally(len(it.counted), 1, it.years(now)), of_model, MACHINE_YEARS)
    reasons = tuple(_reasons(it, model, overall, now))
    for each in reasons:
        rate *= FACTORS.get(each.why, 1.0)
    return AtRisk(it.asset, rate, chance_within(AHEAD_DAYS, rate), reasons)


def _reasons(it: Lived, model: Model, overall: float, now: datetime) -> Iterable[Reason]:
    recent = [each for each in it.failures if each.at > now - RECENT]
    if len(recent) > 1:
        causes = ", ".join(sorted({each.cause for each in recent if each.cause}))
        told = f" ({causes[:120]})" if causes else ""
        yield Reason(
            Why.REPEATED,
            Text(
                f"It failed {len(recent)} times in six months{told}.",
                f"Elle est tombée en panne {len(recent)} fois en six mois{told}.",
            ),
        )
    span = model.span
    if model.model is not None and span is not None and span[0] > overall:
        rate, low, high = model.tally.rate or 0.0, *span
        yield Reason(
            Why.MODEL,
            Text(
                f"Its model fails {rate:.1f} times a year (between {low:.1f} and {high:.1f}), the park "
                f"{overall:.1f} times.",
                f"Son modèle tombe en panne {_fr(rate)} fois par an (entre {_fr(low)} et {_fr(high)}), "
                f"le parc {_fr(overall)} fois.",
            ),
        )
    yield from _of_its_state(it, now.date())


def _of_its_state(it: Lived, day: date) -> Iterable[Reason]:
    age = age_years(day, it.asset.bought_on)
    if age is not None and age >= OLD_YEARS:
        yield Reason(Why.OLD, Text(f"It is {int(age)} years old.", f"Elle a {int(age)} ans."))
    machine = it.machine
    shares = [(each.free_share, each.name) for each in machine.volumes] if machine is not None else []
    full = [(share, name) for share, name in shares if share is not None and share < FULL_SHARE]
    if full:
        share, name = min(full)
        percent = int(share * 100)
        yield Reason(
            Why.DISK, Text(f"{name} has {percent} % left.", f"{name} n'a plus que {percent} % de libre.")
        )
    behind = _days_behind(machine, day)
    if behind >= BEHIND_DAYS:
        yield Reason(
            Why.ANTIVIRUS,
            Text(f"Its antivirus is {behind} days old.", f"Son antivirus date de {behind} jours."),
        )
    if it.asset.kind in BACKED_UP and it.asset.last_backup_on is not None:
        days = (day - date.fromisoformat(it.asset.last_backup_on)).days
        if days >= BEHIND_DAYS:
            yield Reason(
                Why.BACKUP,
                Text(
                    f"Its last backup is {days} days old: a failure would cost data.",
                    f"Sa dernière sauvegarde a {days} jours : une panne coûterait des données.",
                ),
            )


def _days_behind(machine: Machine | None, day: date) -> int:
    if machine is None:
        return 0
    on = [each for each in machine.antivirus if each.enabled is not False]
    since = [said for each in on for said in (each.base_on, each.behind_since) if said is not None]
    return max(((day - date.fromisoformat(each)).days for each in since), default=0)


def _fr(number: float) -> str:
    return f"{number:.1f}".replace(".", ",")
