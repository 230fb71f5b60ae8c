"""Which machine of the park an inventory is of; where that is in doubt a person says so."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.inventory.domain.identity import Identity, plain


class Rule(StrEnum):
    """In the order in which they are believed."""

    TAG = "asset-tag"
    SERIAL = "serial"
    UUID = "uuid"
    MAC = "mac"
    AGENT = "agent"


class Doubt(StrEnum):
    SEVERAL = "several-machines"
    """What it says of itself names different machines, or one rule names more than one."""
    OTHER_MODEL = "other-model"
    """The serial number is the same, the model is another."""
    OTHER_SERIAL = "other-serial"
    """The UUID, the tag or the adapter is the same, the serial number is another: a clone, or a new board."""
    OTHER_ADAPTERS = "other-adapters"
    """The UUID alone is the same and no adapter is: a virtual machine that was copied."""


@dataclass(frozen=True)
class Known:
    """A machine of the park as it is compared; ``by_agent`` where this agent's last inventory was of it."""

    id: str
    identity: Identity
    by_agent: bool = False


@dataclass(frozen=True)
class Candidate:
    """A machine that it may be, and the rules that say so."""

    asset_id: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Match:
    """``asset_id``: it is that machine for sure; ``doubt``: somebody has to look; else it is new."""

    asset_id: str | None = None
    rule: Rule | None = None
    doubt: Doubt | None = None
    candidates: tuple[Candidate, ...] = ()


def match(said: Identity, park: Iterable[Known]) -> Match:
    """Which of the customer's machines says that of itself.

    A rule compares only what both sides know and what is a machine's own. Every rule that finds something has
    to find the same machine, and nothing else of it may speak against it.
    """
    known = {each.id: each for each in park}
    found = {id: rules for id, each in known.items() if (rules := _rules(said, each))}
    candidates = tuple(
        Candidate(id, rules) for id, rules in sorted(found.items(), key=lambda pair: _order(pair[1], pair[0]))
    )
    if not candidates:
        return Match()
    if len(candidates) > 1:
        return Match(doubt=Doubt.SEVERAL, candidates=candidates)
    [only] = candidates
    doubt = _against(said, known[only.asset_id].identity, only.rules)
    if doubt is not None:
        return Match(doubt=doubt, candidates=candidates)
    return Match(only.asset_id, only.rules[0], candidates=candidates)


def _rules(said: Identity, known: Known) -> tuple[Rule, ...]:
    its = known.identity
    agrees: Mapping[Rule, bool] = {
        Rule.TAG: said.tag_key is not None and said.tag_key == its.tag_key,
        Rule.SERIAL: said.serial_key is not None and said.serial_key == its.serial_key,
        Rule.UUID: said.uuid_key is not None and said.uuid_key == its.uuid_key,
        Rule.MAC: bool(set(said.mac_keys) & set(its.mac_keys)),
        Rule.AGENT: known.by_agent,
    }
    return tuple(rule for rule in Rule if agrees[rule])


def _against(said: Identity, its: Identity, rules: tuple[Rule, ...]) -> Doubt | None:
    """What speaks against it. A copied machine keeps what software knows of it, never its network cards."""
    told = set(rules)
    if Rule.SERIAL in told:
        if _differ(plain(said.model), plain(its.model)):
            return Doubt.OTHER_MODEL
    elif _differ(said.serial_key, its.serial_key):
        return Doubt.OTHER_SERIAL
    if told & {Rule.TAG, Rule.MAC}:
        return None
    other_cards = bool(said.mac_keys) and bool(its.mac_keys)
    if Rule.UUID in told:
        # A new card in a machine whose agent and serial number are the same is no copy.
        return Doubt.OTHER_ADAPTERS if other_cards and not {Rule.SERIAL, Rule.AGENT} <= told else None
    if told == {Rule.AGENT} and (other_cards or _differ(said.uuid_key, its.uuid_key)):
        return Doubt.OTHER_ADAPTERS
    return None


def _differ(one: str | None, other: str | None) -> bool:
    """Both are known and they are not the same."""
    return bool(one) and bool(other) and one != other


def _order(rules: tuple[Rule, ...], id: str) -> tuple[int, str]:
    return (list(Rule).index(rules[0]), id)
