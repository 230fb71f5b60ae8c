"""Until when makers support what they have sold."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cycle:
    """A release line of a product. Days are ISO 8601; None is not known, or not set yet.

    ``ends_on``: from then on nobody mends security holes of it. ``over`` says that this is so where no day is
    told. ``extended_until``: until when who pays for it is supported still.
    """

    name: str
    label: str
    ends_on: str | None = None
    over: bool = False
    active_until: str | None = None
    extended_until: str | None = None
    latest: str | None = None


@dataclass(frozen=True)
class Product:
    """The id is endoflife.date's (``windows-server``), or the firm's own. ``names``: as machines call it.

    ``own``: the firm wrote it down itself, and a file leaves it as it is.
    """

    id: str
    label: str
    cycles: tuple[Cycle, ...]
    names: tuple[str, ...] = ()
    own: bool = False


NOTHING = "none"
"""The product of names that are no product's with an end."""


@dataclass(frozen=True)
class ProductNames:
    """What else the firm knows a product by; the id is the product's, or ``NOTHING``."""

    id: str
    names: tuple[str, ...] = ()
