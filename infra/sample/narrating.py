"""The day in the words of an onlooker, who knows none of the codes."""

from collections.abc import Iterable, Mapping

from contracts.values import Outcome
from infra.sample.firm import Firm

_ENDINGS: Mapping[Outcome, str] = {
    Outcome.FIXED: "fixed",
    Outcome.WORKAROUND: "it works again for now",
    Outcome.NOT_FIXED: "not fixed",
    Outcome.PART_DEAD: "the new part was dead",
    Outcome.NO_ACCESS: "he could not get in",
    Outcome.USER_ABSENT: "nobody was there",
    Outcome.REFUSED: "he was sent away",
    Outcome.UNSAFE: "it was not safe",
    Outcome.OUT_OF_SCOPE: "not in the contract",
}


def ending(outcome: str) -> str:
    return _ENDINGS[Outcome(outcome)]


def places(firm: Firm, sites: Iterable[str]) -> str:
    """Sites by their names."""
    return ", ".join(str(firm.sites[site]["name"]) for site in sites)


def missing(firm: Firm, sku: str, location: str) -> str:
    """What is not where it should be."""
    kind, _, whose = location.partition(":")
    where = f"{whose}'s van" if kind == "van" else f"the depot of {whose}"
    return f"{firm.parts[sku]['name']} is missing from {where}"
