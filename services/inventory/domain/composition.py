"""What is a part of what, and that nothing is a part of itself."""

from collections.abc import Callable
from dataclasses import dataclass

from contracts.refusal import Refusal
from contracts.text import Text

DEEPEST = 50


@dataclass(frozen=True)
class Composition:
    """One for each customer, whose id it has: it counts how often what is a part of what was changed.

    Two changes at the same time are thereby one after the other, and the second one sees the first.
    """

    id: str
    changes: int = 0


def check_no_cycle(part: str, whole: str, whole_of: Callable[[str], str | None]) -> None:
    """``whole_of`` gives what an asset is a part of. A ``Refusal`` names the way to the part."""
    chain = [whole]
    while chain[-1] != part:
        following = whole_of(chain[-1])
        if following is None or len(chain) > DEEPEST:
            if following is None:
                return
            break
        chain.append(following)
    raise Refusal(
        "part-of-itself",
        Text(
            f"{whole!r} is itself a part of {part!r}, or lies deeper than {DEEPEST} parts in others.",
            f"{whole!r} fait lui-même partie de {part!r}, ou est imbriqué à plus de {DEEPEST} niveaux.",
        ),
        chain=chain,
    )
