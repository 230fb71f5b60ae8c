"""Which cycle of endoflife.date a Windows is: they are named by release, edition and channel."""

import re

from services.inventory.domain.life_cycle import Cycle, Product

_FEATURE = re.compile(r"\d\dh\d|1[5-9]\d\d|200\d")
_LARGE = frozenset({"enterprise", "entreprise", "education"})
_SMALL = frozenset({"pro", "professional", "professionnel", "home", "famille", "family", "core"})
_LONG = frozenset({"ltsc", "ltsb"})


def windows_cycles(
    product: Product, words: tuple[str, ...], version: str | None, build: str | None
) -> tuple[Cycle, ...]:
    """All that it may be. ``words`` follow ``Windows`` in its name (``11``, ``professionnel``); the release
    is its version (``23H2``) or the number of its build (``22631.4317``, ``10.0.22631``)."""
    generation = words[0] if words else ""
    told = {
        each.casefold()
        for each in (*words[1:], *(version or "").split())
        if _FEATURE.fullmatch(each.casefold())
    }
    number = _number(build) or _number(version)
    found = [
        cycle
        for cycle in product.cycles
        if (parts := cycle.name.casefold().split("-"))[0] == generation
        and (
            bool(told & set(parts[1:]))
            or (not told and number is not None and number == _number(cycle.latest))
            or (not told and number is None and generation not in ("10", "11"))
        )
    ]
    return tuple(cycle for cycle in found if _fits(cycle, frozenset(words)))


def _fits(cycle: Cycle, words: frozenset[str]) -> bool:
    channel = set(cycle.name.casefold().split("-")[1:])
    if ("lts" in channel) != bool(words & _LONG) or ("iot" in channel) != ("iot" in words):
        return False
    if "w" in channel:
        return not words & _LARGE
    if "e" in channel and "lts" not in channel:
        return not words & _SMALL
    return True


def _number(said: str | None) -> str | None:
    """The number of a build, of five digits, wherever it stands."""
    found = re.search(r"\b\d{4,5}\b(?!\.\d+\.\d)", said or "")
    return found.group() if found else None
