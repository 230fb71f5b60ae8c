"""A change of a contract applies from its day on: what was before stays as it was."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from contracts.refusal import Refusal
from contracts.text import Text
from services.ticket.domain.contract import Contract, ContractRevision, Terms, Version, revision_id

_WITHOUT_SITES = ("Europe/Paris",)


def today(zones: Iterable[str], now: datetime) -> date:
    """The contract's day: that of the first of its sites to have a new one."""
    return max(now.astimezone(ZoneInfo(zone)).date() for zone in tuple(zones) or _WITHOUT_SITES)


def begins(day: date, zones: Iterable[str]) -> datetime:
    """When the first of the sites has that day."""
    midnights = (datetime.combine(day, time(), ZoneInfo(zone)) for zone in tuple(zones) or _WITHOUT_SITES)
    return min(each.astimezone(UTC) for each in midnights)


@dataclass(frozen=True)
class Place:
    """Where new terms go: their day, and the version whose terms would apply from then on without them.

    ``anew``: nobody has used the contract yet; of what it said before only later terms stay, not the first.
    """

    day: date
    instead_of: Version
    anew: bool = False


def place_of(contract: Contract, terms: Terms, asked: date | None, on: date) -> Place:
    """Where a change of the contract goes ``on`` a day, ``asked`` for or at once.

    A contract that has not begun begins by the new terms. ``Refusal`` where the change would rewrite the
    past.
    """
    first, *_ = contract.dated
    unused = first.applies_from > on.isoformat()
    if asked is None and unused:
        return Place(date.fromisoformat(terms.valid_from), first, anew=True)
    earliest = date.fromisoformat(first.applies_from) if unused else on
    # Terms that are valid from a day ahead leave those of today alone until then.
    day = asked or max(on, date.fromisoformat(terms.valid_from))
    if day < earliest:
        raise _rewrites(day, earliest)
    stands = contract.version_on(day.isoformat())
    assert stands is not None, "the first version applies by then"
    return Place(day, stands)


def begun(
    id: str, customer_id: str, terms: Terms, asked: date | None, zones: Iterable[str]
) -> tuple[Contract, Version]:
    """A new contract, which applies from ``asked`` or as long as it is valid."""
    version = _version(1, terms, asked or date.fromisoformat(terms.valid_from), zones)
    return Contract(id, customer_id, 1, terms, (version,)), version


def changed(
    contract: Contract, terms: Terms, place: Place, zones: Iterable[str], now: datetime
) -> tuple[Contract, Version]:
    """The contract with one more version, instead of another of the same day."""
    number = max(contract.revision, *(each.revision for each in contract.dated)) + 1
    version = _version(number, terms, place.day, zones)
    day = version.applies_from
    if place.anew:
        kept = [each for each in contract.dated[1:] if each.applies_from > day]
    else:
        kept = [each for each in contract.dated if each.applies_from != day]
    versions = tuple(sorted((*kept, version), key=lambda each: each.applies_from))
    after = replace(contract, versions=versions)
    if after.present(now) == version:
        after = replace(after, revision=number, terms=terms)
    return after, version


def recorded(
    contract: Contract, version: Version, terms: Terms, *, replaces: int | None, author: str, now: datetime
) -> ContractRevision:
    """The record to keep of a version."""
    return ContractRevision(
        revision_id(contract.id, version.revision),
        contract.id,
        contract.customer_id,
        version.revision,
        terms,
        applies_from=version.applies_from,
        replaces=replaces,
        author=author,
        recorded_at=now,
    )


def replaced_by(revision: ContractRevision) -> str | None:
    """The revision whose terms these replaced; before that was kept, the one written before."""
    number = revision.replaces
    if number is None and revision.applies_from is None and revision.revision > 1:
        number = revision.revision - 1
    return None if number is None else revision_id(revision.contract_id, number)


@dataclass(frozen=True)
class Difference:
    """``path`` names the field with dots; None is what is not there."""

    path: str
    before: Any
    after: Any


def differences(before: Any, after: Any, path: str = "") -> Iterator[Difference]:
    """What two JSON values say differently, leaf by leaf; lists whose members have names by these."""
    before, after = _by_name(before), _by_name(after)
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in sorted({*before, *after}):
            inner = f"{path}.{name}" if path else name
            yield from differences(before.get(name), after.get(name), inner)
    elif before != after:
        yield Difference(path, before, after)


def _by_name(value: Any) -> Any:
    if (
        isinstance(value, list)
        and value
        and all(isinstance(each, Mapping) and "name" in each for each in value)
    ):
        return {each["name"]: {k: v for k, v in each.items() if k != "name"} for each in value}
    return value


def _version(revision: int, terms: Terms, day: date, zones: Iterable[str]) -> Version:
    return Version(
        revision, day.isoformat(), begins(day, zones), terms.valid_from, terms.valid_to, terms.sites
    )


def _rewrites(asked: date, earliest: date) -> Refusal:
    return Refusal(
        "rewrites-the-past",
        Text(
            f"applies_from is {asked}, but what applied before {earliest} stays as it was: give that day "
            "or a later one, or leave it out.",
            f"applies_from vaut {asked}, mais ce qui valait avant le {earliest} ne change plus : donnez "
            "ce jour-là ou un jour ultérieur, ou omettez-le.",
        ),
        applies_from=asked.isoformat(),
        earliest=earliest.isoformat(),
    )
